"""Registering clients: strong public keys, safe redirect URIs, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from app.domain.errors import Refusal
from app.services.clients import NotAPublicKey, disable_client, public_key, register_client
from app.store import oauth

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
KEY = ECKey.generate_key("P-256")


def register(session, **changes: Any) -> str:
    form: dict[str, Any] = {
        "client_id": "shop",
        "kind": "partner",
        "profile": "fapi2",
        "jwks": {"keys": [KEY.as_dict(private=False)]},
        "redirect_uris": ["https://shop.example/callback"],
        "scopes": ["partner"],
        "name": "商户",
        "now": NOW,
        **changes,
    }
    return register_client(session, **form)


def fault(session, **changes: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        register(session, **changes)
    assert refusal.value.code == "validation"
    return refusal.value.errors[0].pointer


@pytest.mark.parametrize(
    "uri", ["https://shop.example/cb", "http://127.0.0.1:8765/cb", "http://[::1]/cb", "com.example.shop:/cb"]
)
def test_https_loopback_and_an_apps_own_scheme_are_redirect_uris(session, uri):
    register(session, redirect_uris=[uri])
    assert oauth.client(session, "shop").redirect_uris == [uri]


@pytest.mark.parametrize(
    "uri",
    [
        "http://shop.example/cb",
        "https://shop.example/cb#x",
        "javascript:alert(1)",
        "myapp:/cb",
        "//shop.example/cb",
        "https://shop.example/长",
        "https://[",
        "",
        "https://shop.example/cb#",
        "https:///cb",
        "https://shop@evil.example/cb",
        "https://shop.example;script-src *;/cb",
        "https://shop.example;script-src/cb",
        "https://shop.example'/cb",
        'https://shop.example/cb"',
        "https://shop.example\\@evil.example/cb",
        "com.example.shop://evil.example;x/cb",
    ],
)
def test_an_unsafe_redirect_uri_is_refused(session, uri):
    assert fault(session, redirect_uris=["https://shop.example/cb", uri]) == "/redirect_uris/1"


@pytest.mark.parametrize("costly", [{"n": "_" * 2728}, {"e": "_" * 340}], ids=["16384 bits", "a long exponent"])
def test_22_a_key_that_is_made_to_cost_us_much_is_no_key(costly):
    """Whoever asks for a token brings a key in the proof; a signature by such a one takes 10 ms to check."""
    right = RSAKey.generate_key(2048).as_dict(private=False)
    assert public_key(right)
    with pytest.raises(NotAPublicKey):
        public_key({**right, **costly})


@pytest.mark.parametrize(
    "jwk",
    [
        KEY.as_dict(private=True),
        ECKey.generate_key("P-521").as_dict(private=False),
        OKPKey.generate_key("X25519").as_dict(private=False),
        OctKey.import_key(b"k" * 32).as_dict(private=True),
        {**RSAKey.generate_key(2048).as_dict(private=False), "n": "AQAB"},
        {**RSAKey.generate_key(2048).as_dict(private=False), "n": "A" * 171 + "_" * 171},
        {**RSAKey.generate_key(2048).as_dict(private=False), "n": "é" * 342},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
        {},
        "key",
    ],
)
def test_a_weak_private_or_broken_key_is_refused(session, jwk):
    assert fault(session, jwks={"keys": [jwk]}) == "/jwks/keys/0"


def test_a_public_client_has_no_keys_and_a_confidential_one_has_some(session):
    assert fault(session, kind="app", profile="app") == "/jwks"
    assert fault(session, jwks={"keys": []}) == "/jwks"
    assert fault(session, jwks={"keys": [KEY.as_dict(private=False)] * 11}) == "/jwks"


def test_a_kind_has_one_profile(session):
    assert fault(session, profile="app") == "/profile"
    assert fault(session, kind="bank") == "/kind"


def test_disabling_an_unknown_client_is_not_found(session):
    with pytest.raises(Refusal, match="not-found"):
        disable_client(session, "nobody", now=NOW)

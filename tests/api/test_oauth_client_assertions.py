"""Client assertions (RFC 7523, FAPI 2.0): the issuer as audience, five minutes, once, with a key of the client."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from app.services.clients import register_client
from tests.support.oauth import error_of, fresh_jti, sign, token, unsigned

FORM = {"grant_type": "client_credentials", "scope": "partner"}


def claims_for(partner, **changes: Any) -> dict[str, Any]:
    now = int(partner.clock())
    claims = {
        "iss": partner.client_id,
        "sub": partner.client_id,
        "aud": partner.base_url,
        "iat": now,
        "exp": now + 60,
        "jti": fresh_jti(),
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def send(partner, assertion: str):
    return token(partner, {**FORM, "client_assertion": assertion})


@pytest.mark.parametrize(
    "change",
    [
        {"aud": ["http://127.0.0.1:8000"]},
        {"aud": "http://127.0.0.1:8000/oauth/token"},
        {"aud": "http://127.0.0.1:8000/"},
        {"aud": "https://other.example"},
        {"aud": None},
        {"iss": "cafe"},
        {"iss": None},
        {"sub": "cafe"},
        {"sub": "nobody"},
        {"sub": None},
        {"sub": 5},
        {"sub": "a\0b"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": 10**400},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "\ud800"},
        {"jti": "x" * 257},
        {"iat": "now"},
    ],
)
def test_08_an_assertion_that_says_the_wrong_thing_is_refused(city, change):
    partner = city.partner()
    assertion = sign(partner.assertion_key, claims_for(partner, **change))
    assert error_of(send(partner, assertion)) == (401, "invalid_client")


@pytest.mark.parametrize(("iat", "exp"), [(0, 600), (0, 315), (-400, 30), (-60, -1), (60, 120), (0, 315_360_000)])
def test_08_an_assertion_lives_five_minutes_at_most(city, iat, exp):
    partner = city.partner()
    now = int(partner.clock())
    assertion = sign(partner.assertion_key, claims_for(partner, iat=now + iat, exp=now + exp))
    assert error_of(send(partner, assertion)) == (401, "invalid_client")


def test_08_an_assertion_works_once(city):
    partner = city.partner()
    assertion = sign(partner.assertion_key, claims_for(partner))
    assert send(partner, assertion).status_code == 200
    assert error_of(send(partner, assertion)) == (401, "invalid_client")


def test_08_an_assertion_stays_used_where_the_rest_of_the_request_was_refused(city):
    partner = city.partner()
    assertion = sign(partner.assertion_key, claims_for(partner))
    refused = token(partner, {**FORM, "client_assertion": assertion}, proof="no.proof.atall")
    assert error_of(refused) == (400, "invalid_dpop_proof")
    assert error_of(send(partner, assertion)) == (401, "invalid_client")


def test_08_the_algorithms_none_hs256_and_rs256_are_refused(city):
    partner = city.partner()
    claims = claims_for(partner)
    rsa = RSAKey.generate_key(2048)
    forged = [
        unsigned(claims),
        sign(OctKey.import_key(b"k" * 32), claims, alg="HS256"),
        sign(rsa, claims, alg="RS256"),
    ]
    for assertion in forged:
        assert error_of(send(partner, assertion)) == (401, "invalid_client")


def test_08_the_key_of_another_client_is_refused(city):
    partner = city.partner()
    for key in (city.keys["cafe"], ECKey.generate_key("P-256")):
        assert error_of(send(partner, sign(key, claims_for(partner)))) == (401, "invalid_client")


def test_13_no_header_chooses_the_key(city):
    partner, thief = city.partner(), ECKey.generate_key("P-256")
    claims = claims_for(partner)
    headers: list[dict[str, Any]] = [
        {"jwk": thief.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"kid": partner.assertion_key.kid, "jwk": thief.as_dict(private=False)},
    ]
    for header in headers:
        assert error_of(send(partner, sign(thief, claims, **header))) == (401, "invalid_client")
    critical = sign(partner.assertion_key, claims, crit=["b64"], b64=True)
    assert error_of(send(partner, critical)) == (401, "invalid_client")


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "..", "e30.e30.", "." * 9000, "e30.W10.AA"])
def test_08_what_is_no_jwt_is_refused(city, assertion):
    status, error = error_of(send(city.partner(), assertion))
    assert (status, error) in ((401, "invalid_client"), (400, "invalid_request"))


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ECKey.generate_key("P-256")),
        ("PS256", RSAKey.generate_key(2048)),
        ("EdDSA", OKPKey.generate_key("Ed25519")),
        ("Ed25519", OKPKey.generate_key("Ed25519")),
    ],
)
def test_es256_ps256_and_eddsa_are_accepted(city, session, algorithm, key):
    register_client(
        session,
        client_id="library",
        kind="department",
        profile="fapi2",
        jwks={"keys": [key.as_dict(private=False)]},
        redirect_uris=[],
        scopes=["records"],
        name="图书馆",
        now=city.kit.clock(),
    )
    session.commit()
    client = city.client("library", assertion_key=ECKey.generate_key("P-256"))
    assertion = sign(key, claims_for(client), alg=algorithm)
    form = {"grant_type": "client_credentials", "scope": "records", "client_assertion": assertion}
    assert token(client, form).json()["scope"] == "records"

"""An ID token of the real-name platform is believed only where everything in it holds."""

from __future__ import annotations

import base64
import hmac
import json

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.support.hostile_platform import HostilePlatform
from tests.support.oauth import unsigned
from tests.support.upstream import citizens, come_back, log_in, take_over, visit


@pytest.fixture
def platform(city) -> HostilePlatform:
    return take_over(city)


def test_a_right_answer_logs_in(city, platform, session):
    assert log_in(city, platform).status_code == 303
    assert citizens(session) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": ["xinyi", "other"], "azp": "xinyi"},
        {"aud": "other", "azp": "xinyi"},
        {"azp": "other"},
        {"aud": None},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": "\ud800"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"at_hash": "x"},
        {"at_hash": None},
        {"exp": None},
        {"exp": "later"},
        {"exp": float("nan")},
        {"exp": True},
        {"exp": 1e300},
        {"iat": None},
        {"iat": True},
        {"iat": "now"},
        {"nbf": "now"},
        {"auth_time": None},
        {"auth_time": True},
        {"aud": []},
        {"aud": {"xinyi": True}},
        {"aud": ["xinyi", "other"]},
        {"aud": ["xinyi", "xinyi"]},
        {"azp": None, "aud": ["xinyi", "other"]},
        {"azp": ["xinyi"]},
        {"iss": "http://127.0.0.1:8001/"},
        {"iss": ["http://127.0.0.1:8001"]},
        {"sub": "x" * 256},
        {"nonce": ["n"]},
        {"nonce": ""},
    ],
)
def test_17_an_id_token_that_says_something_else_is_refused(city, platform, session, claims):
    platform.claims = claims
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(
    ("claim", "seconds"),
    [("exp", -31), ("iat", -601), ("iat", 31), ("nbf", 31), ("auth_time", -631), ("auth_time", 31)],
)
def test_17_an_id_token_out_of_its_time_is_refused(city, platform, session, claim, seconds):
    platform.claims = {claim: int(platform.clock()) + seconds}
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "at+jwt"},
        {"jwk": ECKey.generate_key("P-256").as_dict(private=False)},
        {"jku": "https://evil.example"},
        {"jwk": ECKey.generate_key("P-256").as_dict(private=False), "kid": None},
        {"x5u": "https://evil.example"},
        {"x5c": ["MIIB"]},
        {"cty": "JWT"},
        {"kid": "unknown"},
        {"kid": 5},
        {"kid": "../../dev/null"},
        {"crit": ["b64"], "b64": True},
        {"crit": ["exp"]},
        {"b64": False},
    ],
)
def test_17_an_id_token_with_another_header_is_refused(city, platform, session, header):
    platform.header = header
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_alg_none_is_refused_whatever_the_metadata_says(city, platform, session):
    platform.metadata = {"id_token_signing_alg_values_supported": ["none", "HS256", "ES256"]}
    client = city.client()
    _, sent = visit(client)
    platform.nonce = sent["nonce"]
    platform.id_token = unsigned(platform.good_claims())
    assert come_back(client, platform, sent).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize("secret", ["ours", "their public key", "their public key as PEM", "empty"])
def test_17_hs256_is_refused_whatever_the_secret(city, platform, session, secret):
    client = city.client()
    _, sent = visit(client)
    platform.nonce = sent["nonce"]
    secrets = {
        "ours": city.kit.settings.upstream_client_secret.encode(),
        "their public key": json.dumps(platform.published[0]).encode(),
        "their public key as PEM": platform.key.as_pem(private=False),
        "empty": b"\0" * 32,
    }
    platform.id_token = _hs256(secrets[secret], platform.good_claims(), kid=platform.key.kid)
    assert come_back(client, platform, sent).status_code == 400
    assert citizens(session) == 0


def _hs256(secret: bytes, claims: dict, **header: str) -> str:
    """By hand: no library signs with a public key."""
    parts = [json.dumps({"alg": "HS256", **header}), json.dumps(claims)]
    signed = b".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=") for part in parts)
    tag = hmac.digest(secret, signed, "sha256")
    return (signed + b"." + base64.urlsafe_b64encode(tag).rstrip(b"=")).decode()


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "EdDSA"])
def test_17_an_algorithm_that_is_not_pinned_is_refused(city, platform, session, algorithm):
    key = OKPKey.generate_key("Ed25519", auto_kid=True) if algorithm == "EdDSA" else RSAKey.generate_key(auto_kid=True)
    platform.key, platform.signer = key, key
    platform.published.append(key.as_dict(private=False))
    platform.header = {"alg": algorithm}
    platform.metadata = {"id_token_signing_alg_values_supported": [algorithm]}
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(
    "id_token",
    ["", "x", "a.b", "a.b.c", "..", "a.b.c.d.e", "{}.{}.{}", "é.b.c", "e30.e30.", "a" * 20_000, 5, None, {}, ["x"]],
)
def test_17_what_is_no_signed_token_is_refused(city, platform, session, id_token):
    platform.tokens = {"id_token": id_token}
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize("tokens", [{"token_type": "DPoP"}, {"token_type": None}, {"access_token": "line\nbreak"}])
def test_17_an_access_token_of_another_kind_is_refused(city, platform, session, tokens):
    platform.tokens = tokens
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_a_token_changed_after_it_was_signed_is_refused(city, platform, session):
    client = city.client()
    _, sent = visit(client)
    platform.nonce = sent["nonce"]
    header, _, signature = platform.token().split(".")
    claims = json.dumps(platform.good_claims() | {"sub": "person-2"}).encode()
    platform.id_token = ".".join((header, base64.urlsafe_b64encode(claims).rstrip(b"=").decode(), signature))
    platform.userinfo = {"sub": "person-2"}
    assert come_back(client, platform, sent).status_code == 400
    assert citizens(session) == 0


def test_17_the_id_token_of_another_login_is_refused(city, platform, session):
    stolen, mine = city.client(), city.client()
    _, theirs = visit(stolen)
    platform.nonce = theirs["nonce"]
    platform.id_token = platform.token()
    _, sent = visit(mine)
    assert come_back(mine, platform, sent).status_code == 400
    assert citizens(session) == 0


def test_17_a_token_of_another_key_is_refused(city, platform, session):
    platform.signer = ECKey.generate_key("P-256")
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "person-2"},
        {"sub": None},
        {"id_number": None},
        {"id_number": "990000199001010010"},
        {"id_number": "x"},
        {"id_number": "٩٩٠٠٠٠١٩٩٠٠١٠١٠٠١٣"},
        {"name": ""},
        {"name": ["林"]},
        {"name": "林\0"},
        {"city": 5},
        {"city": "x\0"},
        {"assurance_level": "al9"},
    ],
)
def test_17_a_userinfo_that_speaks_of_another_or_of_no_one_is_refused(city, platform, session, person):
    platform.userinfo = person
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0

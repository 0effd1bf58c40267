"""DPoP (RFC 9449): a token is worth nothing without a fresh proof, by its own key, for this very request."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from auth.dpop import hash_of
from tests.support.oauth import error_of, fresh_jti, redeem, sign, token, unsigned

PATH = "/oauth/userinfo"


@pytest.fixture
def client(city):
    return city.citizen()


def claims_for(client, **changes: Any) -> dict[str, Any]:
    claims = {
        "htm": "GET",
        "htu": client.base_url + PATH,
        "iat": int(client.clock()),
        "jti": fresh_jti(),
        "ath": hash_of(client.tokens.access_token),
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def header_for(client, **changes: Any) -> dict[str, Any]:
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": client.dpop_key.as_dict(private=False), **changes}
    return {name: value for name, value in header.items() if value is not None}


def proof_of(client, claims: dict[str, Any] | None = None, header: dict[str, Any] | None = None) -> str:
    return sign(client.dpop_key, claims or claims_for(client), **(header or header_for(client)))


def call(client, proof: str | list[str], scheme: str = "DPoP"):
    proofs = [proof] if isinstance(proof, str) else proof
    headers = [("Authorization", f"{scheme} {client.tokens.access_token}"), *(("DPoP", one) for one in proofs)]
    return client.wsgi.open(PATH, base_url=client.base_url, headers=headers)


@pytest.fixture(autouse=True)
def _wsgi(city, client) -> None:
    """Two headers of one name need a client that sends them as they are."""
    client.wsgi = city.app.test_client()


def refused(answer, error: str = "invalid_dpop_proof") -> bool:
    challenge = answer.headers.get("WWW-Authenticate", "")
    return answer.status_code == 401 and challenge.startswith("DPoP ") and f'error="{error}"' in challenge


def test_a_right_proof_passes(client):
    assert call(client, proof_of(client)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"htm": "POST"},
        {"htm": "get"},
        {"htm": None},
        {"htu": "http://127.0.0.1:8000/oauth/token"},
        {"htu": "https://127.0.0.1:8000/oauth/userinfo"},
        {"htu": "http://evil.example/oauth/userinfo"},
        {"htu": 5},
        {"htu": None},
        {"ath": "x"},
        {"ath": None},
        {"jti": None},
        {"jti": ""},
        {"jti": "\ud800"},
        {"jti": ["a"]},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": float("nan")},
        {"iat": 10**400},
    ],
)
def test_10_a_proof_for_something_else_is_refused(client, change):
    assert refused(call(client, proof_of(client, claims_for(client, **change))))


@pytest.mark.parametrize("seconds", [-61, -3600, 11, 3600])
def test_10_a_stale_or_future_proof_is_refused(client, seconds):
    claims = claims_for(client, iat=int(client.clock()) + seconds)
    assert refused(call(client, proof_of(client, claims)))


@pytest.mark.parametrize("seconds", [-60, 10])
def test_the_clock_of_another_may_differ_a_little(client, seconds):
    assert call(client, proof_of(client, claims_for(client, iat=int(client.clock()) + seconds))).status_code == 200


def test_10_a_proof_works_once(client):
    proof = proof_of(client)
    assert call(client, proof).status_code == 200
    assert refused(call(client, proof))


def test_10_a_private_key_in_the_header_is_refused(client):
    header = header_for(client, jwk=client.dpop_key.as_dict(private=True))
    assert refused(call(client, proof_of(client, header=header)))


def test_10_the_algorithms_none_and_hs256_are_refused(client):
    secret = OctKey.import_key(b"k" * 32)
    symmetric = header_for(client, alg="HS256", jwk=secret.as_dict(private=True))
    rsa = RSAKey.generate_key(2048)
    rs256 = header_for(client, alg="RS256", jwk=rsa.as_dict(private=False))
    for proof in (
        unsigned(claims_for(client), **{**header_for(client), "alg": "none"}),
        sign(secret, claims_for(client), **symmetric),
        sign(rsa, claims_for(client), **rs256),
    ):
        assert refused(call(client, proof))


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "dpop+JWT", None])
def test_10_a_wrong_typ_is_refused(client, typ):
    assert refused(call(client, proof_of(client, header=header_for(client, typ=typ))))


def test_10_two_proofs_or_none_are_refused(client):
    assert refused(call(client, [proof_of(client), proof_of(client)]))
    assert refused(call(client, []))


@pytest.mark.parametrize("proof", ["", "x", "a.b.c", "e30.e30.", "." * 9000, "\xff.\xff.\xff"])
def test_10_what_is_no_proof_is_refused(client, proof):
    assert refused(call(client, proof))


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC"},
        {"kty": ["EC"], "crv": {}},
        {"kty": "RSA", "n": 5},
        {"kty": "oct", "k": "eA"},
        {"kty": "EC", "crv": "P-256", "x": "A"},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
    ],
)
def test_10_what_is_no_key_is_refused(client, jwk):
    assert refused(call(client, proof_of(client, header=header_for(client, jwk=jwk))))


def test_10_a_weak_key_is_refused(client):
    strong = RSAKey.generate_key(2048)
    jwk = strong.as_dict(private=False)
    header = header_for(client, alg="PS256", jwk={**jwk, "n": jwk["n"][:171]})
    assert refused(call(client, sign(strong, claims_for(client), **header)))


def test_13_no_other_header_chooses_the_key(client):
    thief = ECKey.generate_key("P-256")
    for extra in ({"kid": "x"}, {"jku": "https://evil.example"}, {"x5u": "https://evil.example"}):
        assert refused(call(client, sign(thief, claims_for(client), **header_for(client, **extra))))
    assert refused(call(client, proof_of(client, header=header_for(client, crit=["b64"], b64=True))))


def test_11_a_bound_token_as_bearer_is_refused(client):
    assert refused(call(client, [], "Bearer"), "invalid_token")
    assert refused(call(client, proof_of(client), "Bearer"), "invalid_token")
    assert refused(call(client, proof_of(client), "Basic"), "invalid_token")


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [("ES256", ECKey.generate_key("P-256")), ("EdDSA", OKPKey.generate_key("Ed25519"))],
)
def test_11_the_proof_of_another_key_is_refused(client, algorithm, key):
    header = header_for(client, alg=algorithm, jwk=key.as_dict(private=False))
    assert refused(call(client, sign(key, claims_for(client), **header)))


def test_a_token_request_without_a_proof_gets_no_token(city):
    partner = city.partner()
    form = {"grant_type": "client_credentials", "scope": "partner"}
    assert error_of(token(partner, form, headers={})) == (400, "invalid_dpop_proof")
    assert error_of(token(partner, form, proof="x")) == (400, "invalid_dpop_proof")


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("PS256", RSAKey.generate_key(2048)),
        ("EdDSA", OKPKey.generate_key("Ed25519")),
        ("Ed25519", OKPKey.generate_key("Ed25519")),
    ],
)
def test_other_strong_keys_prove_as_well(city, algorithm, key):
    partner = city.partner()
    claims = {
        "htm": "POST",
        "htu": city.base_url + "/oauth/token",
        "iat": int(partner.clock()),
        "jti": fresh_jti(),
        "nonce": partner.dpop_nonce,
    }
    proof = sign(key, claims, typ="dpop+jwt", alg=algorithm, jwk=key.as_dict(private=False))
    answer = token(partner, {"grant_type": "client_credentials", "scope": "partner"}, proof=proof)
    assert answer.json()["token_type"] == "DPoP"


def test_a_proof_for_another_endpoint_gets_no_token(city, client):
    proof = client.proof("POST", city.base_url + "/oauth/par")
    assert error_of(redeem(client, "code", proof=proof)) == (400, "invalid_dpop_proof")

"""Access tokens (RFC 9068): of the right type, for us, from us, ten minutes, by a key that we published."""

from __future__ import annotations

from typing import Any

import jwt as pyjwt
import pytest
import requests
from joserfc.jwk import ECKey

from app.store.keys import SigningKey
from tests.support.oauth import code_for, redeem, sign, unsigned


@pytest.fixture
def client(city):
    return city.citizen()


def content_of(client) -> dict[str, Any]:
    return pyjwt.decode(client.tokens.access_token, options={"verify_signature": False})


def forged(city, client, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token signed by our own key that says something else."""
    key: SigningKey = city.kit.keys.current("token")
    claims = {name: value for name, value in (content_of(client) | changes).items() if value is not None}
    header = {"typ": "at+jwt", "kid": key.kid, **(header or {})}
    return sign(key.private, claims, **{name: value for name, value in header.items() if value is not None})


def call(client, access_token: str) -> requests.Response:
    url = client.base_url + "/oauth/userinfo"
    return client.send("GET", url, access_token, headers={"Authorization": f"DPoP {access_token}"})


def refused(answer: requests.Response) -> bool:
    return (
        answer.status_code == 401
        and answer.json()["code"] == "invalid-token"
        and 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    )


def test_who_brings_no_token_is_told_how_to_call_and_of_no_error(city):
    answer = city.http().get(city.base_url + "/oauth/userinfo")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    assert answer.headers["WWW-Authenticate"] == 'DPoP algs="ES256 PS256 EdDSA Ed25519"'


def test_12_what_we_issue_is_an_at_jwt_of_ten_minutes_bound_to_the_key(city, client):
    header, claims = pyjwt.get_unverified_header(client.tokens.access_token), content_of(client)
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")
    assert claims["exp"] - claims["iat"] == 600
    assert (claims["iss"], claims["aud"]) == (city.base_url, city.base_url)
    assert claims["cnf"] == {"jkt": client.dpop_key.thumbprint()}
    assert call(client, forged(city, client)).status_code == 200


@pytest.mark.parametrize("typ", ["JWT", "AT+JWT", "application/at+jwt", "dpop+jwt", "", None])
def test_12_another_typ_is_refused(city, client, typ):
    assert refused(call(client, forged(city, client, header={"typ": typ})))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "https://other.example"},
        {"aud": None},
        {"iss": "https://other.example"},
        {"iss": None},
        {"exp": None},
        {"exp": "later"},
        {"iat": None},
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": 5},
        {"cnf": None},
        {"cnf": {}},
        {"cnf": "x"},
        {"jti": None},
        {"sub": None},
        {"grant_id": None},
        {"grant_id": "grt_made_up"},
        {"scope": None},
    ],
)
def test_12_a_token_that_says_something_else_is_refused(city, client, change):
    answer = call(client, forged(city, client, **change))
    assert refused(answer) or (change == {"scope": None} and answer.status_code == 403)


def test_12_a_token_of_more_than_ten_minutes_is_refused(city, client):
    assert refused(call(client, forged(city, client, exp=content_of(client)["iat"] + 601)))


def test_12_a_token_ends_after_ten_minutes(client, at):
    at(seconds=599)
    assert call(client, client.tokens.access_token).status_code == 200
    at(seconds=1)
    assert refused(call(client, client.tokens.access_token))


def test_12_an_unknown_kid_is_refused(city, client):
    for kid in ("unknown", None):
        assert refused(call(client, forged(city, client, header={"kid": kid})))


def test_12_an_id_token_is_no_access_token(city):
    client = city.client()
    id_token = redeem(client, code_for(client)).json()["id_token"]
    assert pyjwt.get_unverified_header(id_token)["kid"] == city.kit.keys.current("token").kid
    assert refused(call(client, id_token))


def test_12_what_is_no_token_is_refused(client):
    for token in ("", "x", "a.b.c", unsigned(content_of(client), typ="at+jwt"), "." * 9000, "e30.e30.e30"):
        assert refused(call(client, token))


def test_13_crit_jku_x5u_and_jwk_never_choose_the_key(city, client):
    thief = ECKey.generate_key("P-256")
    kid = city.kit.keys.current("token").kid
    for extra in (
        {"jwk": thief.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
    ):
        for named in ({}, {"kid": kid}, {"kid": thief.thumbprint()}):
            assert refused(call(client, sign(thief, content_of(client), typ="at+jwt", **extra, **named)))
    assert refused(call(client, forged(city, client, header={"crit": ["b64"], "b64": True})))


def test_a_key_that_signs_something_else_signs_no_tokens(city, client):
    for use in ("decision", "card"):
        key = city.kit.keys.current(use)
        assert refused(call(client, sign(key.private, content_of(client), typ="at+jwt", kid=key.kid)))

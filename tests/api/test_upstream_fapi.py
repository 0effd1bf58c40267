"""Towards a platform of FAPI 2.0 we push our request, sign for ourselves and use tokens bound to a key of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Response
from joserfc import jws
from joserfc.jwk import ECKey

from auth import views
from auth.jose import header_of, unverified_claims
from auth.realname.credentials import KEY
from tests.support.hostile_platform import Asked, HostilePlatform
from tests.support.upstream import citizens, come_back, leave, take_over, visit

NONCE = {"DPoP-Nonce": "n-1"}


@pytest.fixture
def platform(city) -> HostilePlatform:
    """A platform that takes pushed requests and gives DPoP tokens."""
    hostile = take_over(city)
    hostile.metadata = {"pushed_authorization_request_endpoint": f"{hostile.issuer}/par"}
    hostile.tokens = {"token_type": "DPoP"}
    return hostile


@pytest.fixture(autouse=True)
def fapi(city) -> Iterator[None]:
    """The app's connection, as `private_key_jwt` and DPoP settings make it."""
    before = city.app.extensions[views.EXTENSION]
    credentials = replace(before.credentials, method=KEY, dpop=True, client_secret="")
    city.app.extensions[views.EXTENSION] = replace(before, credentials=credentials)
    yield
    city.app.extensions[views.EXTENSION] = before


def asked(platform: HostilePlatform, endpoint: str) -> list[Asked]:
    return [one for one in platform.asked if one.endpoint == endpoint]


def log_in(city, platform: HostilePlatform) -> Response:
    """There and back; the nonce of the login is what we pushed."""
    client = city.client()
    visit(client)
    pushed = asked(platform, "par")[-1].form
    return come_back(client, platform, pushed)


def test_a_login_is_pushed_and_the_browser_carries_its_name_only(city, platform, session):
    client = city.client()
    _, carried = visit(client)
    assert carried == {"client_id": "xinyi", "request_uri": "urn:x:1"}
    pushed = asked(platform, "par")[0].form
    assert (pushed["code_challenge_method"], pushed["scope"]) == ("S256", "openid realname")
    assert come_back(client, platform, pushed).status_code == 303
    assert citizens(session) == 1


def test_we_sign_for_ourselves_with_a_key_that_we_publish(city, platform):
    assert log_in(city, platform).status_code == 303
    forms = [one.form for one in asked(platform, "par") + asked(platform, "token_endpoint")]
    assertions = [form["client_assertion"] for form in forms]
    published = city.client().http.get(f"{city.base_url}/oauth/jwks").json()["keys"]
    for assertion in assertions:
        header, claims = header_of(assertion), unverified_claims(assertion)
        key = next(jwk for jwk in published if jwk["kid"] == header["kid"])
        jws.deserialize_compact(assertion, ECKey.import_key(key), ["ES256"])
        assert (claims["iss"], claims["sub"], claims["aud"]) == ("xinyi", "xinyi", platform.issuer)
        assert claims["exp"] - claims["iat"] == 60
    assert len({unverified_claims(assertion)["jti"] for assertion in assertions}) == len(assertions) == 2
    assert not any("Authorization" in one.headers for one in asked(platform, "token_endpoint"))


def test_one_key_proves_the_code_and_the_token_and_no_other_login_uses_it(city, platform):
    for _ in range(2):
        assert log_in(city, platform).status_code == 303
    redeemed, told = asked(platform, "token_endpoint"), asked(platform, "userinfo_endpoint")
    keys = [header_of(one.headers["Dpop"])["jwk"]["x"] for one in redeemed]
    assert keys == [header_of(one.headers["Dpop"])["jwk"]["x"] for one in told]
    assert keys[0] != keys[1]
    assert told[0].headers["Authorization"].startswith("DPoP ")
    assert "ath" in unverified_claims(told[0].headers["Dpop"])


@pytest.mark.parametrize("endpoint", ["token_endpoint", "userinfo_endpoint"])
def test_a_nonce_that_is_asked_for_is_given_once(city, platform, session, endpoint):
    platform.answers[endpoint] = Response('{"error": "use_dpop_nonce"}', 401, NONCE)
    assert log_in(city, platform).status_code == 400
    proofs = [one.headers["Dpop"] for one in asked(platform, endpoint)]
    assert [unverified_claims(proof).get("nonce") for proof in proofs] == [None, "n-1"]
    assert len({unverified_claims(proof)["jti"] for proof in proofs}) == 2
    assert citizens(session) == 0


@pytest.mark.parametrize("nonce", ["", "n" * 5000, "n 1", 'n"1'])
def test_a_strange_nonce_is_no_error_of_ours(city, platform, nonce):
    platform.answers["token_endpoint"] = Response('{"error": "use_dpop_nonce"}', 400, {"DPoP-Nonce": nonce})
    assert log_in(city, platform).status_code in (400, 503)


@pytest.mark.parametrize("token_type", ["Bearer", None, 5, "MAC"])
def test_17_a_token_that_is_not_bound_to_our_key_is_refused(city, platform, session, token_type):
    platform.tokens = {"token_type": token_type}
    assert log_in(city, platform).status_code == 400
    assert not asked(platform, "userinfo_endpoint")
    assert citizens(session) == 0


def test_17_at_hash_may_be_missing_where_the_token_is_bound_and_is_never_wrong(city, platform, session):
    platform.claims = {"at_hash": "x"}
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0
    platform.claims = {"at_hash": None}
    assert log_in(city, platform).status_code == 303
    assert citizens(session) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Response('{"error": "invalid_client"}', 401),
        Response('{"request_uri": "urn:x:1"}', 302, {"Location": "https://evil.example"}),
        Response('{"request_uri": "urn:x:1"}', 400),
        Response('{"request_uri": 5}', 201),
        Response('{"request_uri": ""}', 201),
        Response('{"request_uri": "' + "x" * 513 + '"}', 201),
        Response('{"request_uri": "\\ud800"}', 201),
        Response('{"request_uri": "urn:x:\\r\\n1"}', 201),
        Response("{}", 201),
        Response("oops", 500),
    ],
    ids=str,
)
def test_a_request_that_was_not_taken_sends_no_one_anywhere(city, platform, answer):
    platform.answers["par"] = answer
    left = leave(city.client())[1]
    assert left.status_code in (400, 503)
    assert "Location" not in left.headers

"""A crash or a failover of PostgreSQL empties the unlogged memory of what was used: nothing comes twice even then."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from app.store.oauth import UsedToken, UsedTokensSince
from tests.support.oauth import error_of, fresh_jti, sign, token

FORM = {"grant_type": "client_credentials", "scope": "partner"}


@pytest.fixture
def crash(session):
    """What a crash of PostgreSQL leaves of its unlogged tables: nothing."""

    def lose() -> None:
        session.execute(delete(UsedToken))
        session.execute(delete(UsedTokensSince))
        session.commit()

    return lose


def assertion_of(shop, **changes) -> dict[str, str]:
    now = int(shop.clock())
    claims = {"iss": "shop", "sub": "shop", "aud": shop.base_url, "iat": now, "exp": now + 240, "jti": fresh_jti()}
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return {**FORM, "client_assertion": sign(shop.assertion_key, claims, alg="ES256")}


@pytest.mark.parametrize("changes", [{}, {"iat": None}], ids=["with iat", "without iat"])
def test_08_an_assertion_from_before_the_crash_comes_no_second_time(city, crash, at, changes):
    shop = city.partner()
    stolen = assertion_of(shop, **changes)
    assert token(shop, stolen).status_code == 200
    crash()
    for _ in range(2):
        assert token(shop, stolen).status_code == 503
    at(seconds=30)
    assert token(shop, stolen).status_code == 503


def test_10_a_proof_from_before_the_crash_comes_no_second_time(city, crash, at):
    lin = city.citizen()
    url = lin.base_url + "/oauth/userinfo"
    headers = {
        "Authorization": f"DPoP {lin.tokens.access_token}",
        "DPoP": lin.proof("GET", url, access_token=lin.tokens.access_token),
    }
    assert lin.http.get(url, headers=headers).status_code == 200
    crash()
    for _ in range(2):
        assert lin.http.get(url, headers=headers).status_code == 503
    at(seconds=30)
    assert lin.http.get(url, headers=headers).status_code == 503
    assert lin.request("GET", "/oauth/userinfo").status_code == 200


def test_a_crash_keeps_no_one_out_for_longer_than_clocks_may_differ(city, crash, at):
    shop = city.partner()
    crash()
    answer = token(shop, FORM)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    at(seconds=9)
    assert token(shop, FORM).status_code == 503
    at(seconds=1)
    answer = token(shop, assertion_of(shop))
    assert answer.status_code == 200
    assert error_of(token(shop, {**FORM, "scope": "nothing"})) == (400, "invalid_scope")

"""An authorization code: once, for a minute, for its client, its verifier, its redirect URI and its key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from app.cli.client import OAuthError
from app.services import factors
from app.store.consents import ConsentRow
from app.store.operators import Operator
from app.web.kit import EXTENSION
from tests.support.identity import TOTP_SECRET, build_city
from tests.support.oauth import (
    agree,
    answer_of,
    authorize_url,
    browser,
    code_for,
    error_of,
    log_in,
    log_in_at,
    par,
    redeem,
    token,
)


def test_04_a_wrong_or_missing_verifier_is_invalid_grant_and_uses_the_code_up(city):
    client = city.client()
    for wrong in ({"code_verifier": "w" * 64}, {"code_verifier": "short"}, {"code_verifier": ""}):
        code = code_for(client)
        status, error = error_of(redeem(client, code, **wrong))
        assert (status, error) in ((400, "invalid_grant"), (400, "invalid_request"))
        assert error_of(redeem(client, code)) == (400, "invalid_grant")


def test_07_an_operators_code_dies_with_their_factor(city, session):
    desk = city.desk()
    here = browser(desk)
    page = log_in_at(here, authorize_url(desk, par(desk, scope="openid operator")), "zhao")
    otp = factors.code_at(TOTP_SECRET, city.kit.clock().timestamp())
    code = answer_of(here.submit(page, page.form_with("otp"), otp=otp))["code"]
    factors.revoke(session, session.scalars(select(Operator.id)).one(), city.kit.clock())
    session.commit()
    assert error_of(redeem(desk, code)) == (400, "invalid_grant")


def test_05_a_code_is_bound_to_its_redirect_uri(city):
    client = city.client()
    assert error_of(redeem(client, code_for(client), redirect_uri=client.redirect_uri + "/")) == (400, "invalid_grant")
    assert error_of(redeem(client, code_for(client), redirect_uri="")) == (400, "invalid_grant")


def test_06_a_code_is_used_once_under_twenty_parallel_redemptions(real_app, tmp_path):
    kit = real_app.extensions[EXTENSION]
    with sessionmaker(kit.engine)() as session:
        city = build_city(real_app, session, tmp_path)
    client = city.client()
    code = code_for(client)
    keys = client.dpop_key

    def redeem_once(_: int):
        return redeem(city.client(dpop_key=keys), code)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(redeem_once, range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    access_token = next(answer.json()["access_token"] for answer in answers if answer.status_code == 200)
    url = city.base_url + "/oauth/userinfo"
    headers = {"Authorization": f"DPoP {access_token}", "DPoP": client.proof("GET", url, access_token)}
    assert client.http.get(url, headers=headers).status_code == 401


def test_06_the_reuse_of_a_code_revokes_the_tokens_of_its_first_use(city):
    client = city.client()
    code = code_for(client)
    tokens = client.redeem(code, "v" * 64)
    assert client.request("GET", "/oauth/userinfo").status_code == 200
    assert error_of(redeem(client, code)) == (400, "invalid_grant")
    assert client.request("GET", "/oauth/userinfo").status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    assert error_of(token(client, form)) == (400, "invalid_grant")


def test_06_the_reuse_of_a_partners_code_ends_the_consent_too(city, session):
    shop = city.partner()
    code = code_for(shop)
    shop.redeem(code, "v" * 64)
    assert [row.ended_at for row in session.scalars(select(ConsentRow))] == [None]
    assert error_of(redeem(shop, code)) == (400, "invalid_grant")
    session.expire_all()
    assert all(row.ended_at for row in session.scalars(select(ConsentRow)))


def test_07_a_code_lives_for_sixty_seconds(city, at):
    client = city.client()
    code = code_for(client)
    at(seconds=59)
    assert redeem(client, code).status_code == 200
    code = code_for(client)
    at(seconds=60)
    assert error_of(redeem(client, code)) == (400, "invalid_grant")


def test_a_code_is_useless_to_another_client(city):
    shop, cafe = city.partner("shop"), city.partner("cafe")
    code = code_for(shop)
    assert error_of(redeem(cafe, code)) == (400, "invalid_grant")
    assert redeem(shop, code).status_code == 200


def test_a_code_is_bound_to_the_key_that_pushed_its_request(city):
    client = city.client()
    thumbprint = client.dpop_key.thumbprint()
    thief = city.client(dpop_key=ECKey.generate_key("P-256"))
    assert error_of(redeem(thief, code_for(client, dpop_jkt=thumbprint))) == (400, "invalid_grant")
    assert redeem(client, code_for(client, dpop_jkt=thumbprint)).status_code == 200


def test_09_iss_is_in_every_answer_and_in_every_error(city):
    partner = city.partner()
    answers = [
        answer_of(agree(partner, log_in(partner))),
        answer_of(agree(partner, log_in(partner, prompt="login"), decision="deny")),
        answer_of(browser(city.partner()).get(authorize_url(partner, par(partner, prompt="none")))),
    ]
    assert [answer["iss"] for answer in answers] == [city.base_url] * 3
    assert [answer["state"] for answer in answers] == ["s-1"] * 3
    assert [answer.get("error") for answer in answers] == [None, "access_denied", "login_required"]


def test_09_our_own_client_refuses_an_answer_of_another_issuer(city):
    client = city.client()
    for answer in ("code=c&state=s", "code=c&state=s&iss=https://evil.example", "code=c&state=x&iss=" + city.base_url):
        with pytest.raises(OAuthError, match="invalid_response"):
            client.code_from(f"{client.redirect_uri}?{answer}", "s")


def test_prompt_none_answers_without_a_page(city):
    client = city.client()
    assert log_in(client).stopped
    silent = browser(client).get(authorize_url(client, par(client, prompt="none")))
    assert "code" in answer_of(silent)


def test_prompt_login_and_max_age_ask_again(city, at):
    client = city.client()
    log_in(client)
    at(seconds=1)
    assert browser(client).get(authorize_url(client, par(client))).stopped
    assert not browser(client).get(authorize_url(client, par(client, prompt="login"))).stopped
    at(seconds=120)
    assert not browser(client).get(authorize_url(client, par(client, max_age="60"))).stopped
    assert browser(client).get(authorize_url(client, par(client, max_age="300"))).stopped


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "lin", "password": "x"}, "unsupported_grant_type"),
        ({"grant_type": 'a"b\\c'}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "made-up"}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "made-up"}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
    ],
)
def test_a_token_request_that_is_not_understood_is_refused(city, form, error):
    assert error_of(token(city.client(), form)) == (400, error)


def test_the_token_endpoint_reads_nothing_from_the_query(city):
    client = city.client()
    answer = redeem(client, code_for(client), params={"grant_type": "authorization_code"})
    assert error_of(answer) == (400, "invalid_request")


@pytest.mark.parametrize("scope", ["citizen", "records", "operator", "partner citizen", "eligibility:xm-bike-rental"])
def test_a_partner_gets_no_scope_of_others(city, scope):
    assert error_of(token(city.partner(), {"grant_type": "client_credentials", "scope": scope})) == (
        400,
        "invalid_scope",
    )

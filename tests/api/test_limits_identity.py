"""Limits at the door (quality.md, line 22): PAR, tokens and logins; nobody can lock out another person."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest
from flask import Flask

from app.factory import build_kit, create_app
from tests.support.identity import TOTP_SECRET, City
from tests.support.limits import ELSEWHERE, HERE, from_address, limit, placed
from tests.support.oauth import answer_of, authorize_url, browser, form_for_par, log_in, log_in_at, par, redeem, token
from tests.support.upstream import come_back, leave, take_over, visit


def client_at(city: City, address: str, client_id: str = "xinyi-app"):
    """A client in a browser of its own, at this address."""
    client = city.partner(client_id) if client_id in city.keys else city.client(client_id)
    client.http.mount(city.base_url, from_address(city.app, address))
    return client


def test_22_par_is_limited_by_client_and_says_so_as_oauth_does(city):
    limit(city.app, par_client="2/minute")
    shop, cafe = client_at(city, HERE, "shop"), client_at(city, HERE, "cafe")
    answers = [par(shop) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].json() == {
        "error": "temporarily_unavailable",
        "error_description": "par-client: try again in 60 seconds.",
    }
    assert answers[2].headers["Retry-After"] == "60"
    assert '"par-client";q=2;w=60' in answers[2].headers["RateLimit-Policy"]
    assert '"par-client";r=1;t=60' in answers[0].headers["RateLimit"]
    assert par(cafe).status_code == 201


def test_22_who_only_claims_to_be_a_client_uses_up_nothing_of_it(city):
    limit(city.app, par_client="1/minute", token_client="1/minute")
    impostor, shop = client_at(city, ELSEWHERE, "cafe"), client_at(city, HERE, "shop")
    for _ in range(3):
        assert par(impostor, client_id="shop").status_code == 401
        assert token(impostor, {"grant_type": "client_credentials", "client_id": "shop"}).status_code == 401
    assert par(shop).status_code == 201
    assert token(shop, {"grant_type": "client_credentials", "scope": "partner"}).status_code == 200


def test_22_failures_are_counted_by_address_and_stop_before_anything_is_checked(city):
    limit(city.app, par_address="2/minute")
    stranger, shop = client_at(city, HERE), client_at(city, ELSEWHERE, "shop")
    form = {**form_for_par(stranger), "client_id": "nobody"}
    tries = [stranger.http.post(city.base_url + "/oauth/par", data=form).status_code for _ in range(4)]
    assert tries == [401, 401, 429, 429]
    assert stranger.http.post(city.base_url + "/oauth/par", data="{").status_code == 429
    assert par(shop).status_code == 201


def test_22_tokens_of_a_partner_are_limited_by_client(city, at):
    limit(city.app, token_client="1/minute")
    shop, form = client_at(city, HERE, "shop"), {"grant_type": "client_credentials", "scope": "partner"}
    assert [token(shop, form).status_code for _ in range(2)] == [200, 429]
    assert token(client_at(city, HERE, "cafe"), form).status_code == 200
    at(seconds=60)
    assert token(shop, form).status_code == 200


def test_22_tokens_of_the_app_are_limited_by_device_as_all_citizens_share_its_name(city):
    limit(city.app, token_subject="2/minute", token_client="1/minute")
    broken, fine = client_at(city, HERE), client_at(city, HERE)
    assert [redeem(broken, "x").status_code for _ in range(3)] == [400, 400, 429]
    assert redeem(fine, "x").status_code == 400


def test_22_introspection_and_revocation_are_limited_by_client(city):
    limit(city.app, token_state_client="1/minute")
    shop = client_at(city, HERE, "shop")
    answers = [
        shop.http.post(f"{city.base_url}/oauth/{path}", data={**form_for_par(shop), "token": "x"}).status_code
        for path in ("introspect", "revoke")
    ]
    assert answers == [200, 429]


@pytest.mark.parametrize(("accepted", "words"), [("zh", "请在 1 分钟后再试"), ("en", "try again in 1 min.")])
def test_22_login_pages_are_limited_by_address_and_calm_about_it(city, accepted, words):
    limit(city.app, login_address="1/minute")
    client, other = client_at(city, HERE), client_at(city, ELSEWHERE)
    client.http.headers["Accept-Language"] = accepted
    assert browser(client).get(authorize_url(client, par(client))).status == 429
    answer = client.http.get(city.base_url + "/oauth/requests/arq_none")
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert words in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert browser(other).get(city.base_url + "/oauth/requests/arq_none").status == 400


def test_22_a_browser_is_counted_apart_from_its_neighbours(city):
    limit(city.app, login_subject="3/minute")
    greedy, neighbour = client_at(city, HERE), client_at(city, HERE)
    page = browser(greedy).get(authorize_url(greedy, par(greedy)))
    assert [browser(greedy).get(page.url).status for _ in range(3)] == [200, 200, 429]
    assert browser(neighbour).get(authorize_url(neighbour, par(neighbour))).status == 200


def test_22_failed_logins_stop_this_browser_and_lock_no_person_out(city, at):
    platform = take_over(city)
    limit(city.app, failed_login_subject="2/10minute")
    attacker, victim = client_at(city, ELSEWHERE), client_at(city, HERE)
    for _ in range(2):
        _, sent = visit(attacker)
        assert come_back(attacker, platform, sent, code=None, error="access_denied").status_code == 400
    _, stopped = leave(attacker)
    assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, "600")
    _, sent = visit(victim)
    assert come_back(victim, platform, sent).status_code == 303
    at(seconds=600)
    assert leave(attacker)[1].status_code == 303


def test_22_failed_logins_of_an_address_with_fresh_browsers_are_counted_together(city):
    platform = take_over(city)
    limit(city.app, failed_login_address="2/10minute")
    for _ in range(2):
        attacker = client_at(city, ELSEWHERE)
        _, sent = visit(attacker)
        come_back(attacker, platform, sent, code=None, error="access_denied")
    assert leave(client_at(city, ELSEWHERE))[1].status_code == 429
    assert leave(client_at(city, HERE))[1].status_code == 303


def test_22_a_login_that_succeeds_is_no_failure(city):
    limit(city.app, failed_login_subject="1/10minute", failed_login_address="1/10minute")
    for _ in range(3):
        assert log_in(client_at(city, HERE)).stopped


def test_22_codes_of_an_operator_are_counted_whichever_browser_brings_them(city, at):
    limit(city.app, second_factor_subject="2/10minute")
    for stopped in (False, False, True):
        here, page = desk_at_its_code(city)
        page = here.submit(page, page.form_with("otp"), otp="000000")
        assert (page.status, "请在 10 分钟后再试" in page.html) == ((429, True) if stopped else (400, False))
    at(seconds=600)
    here, page = desk_at_its_code(city)
    otp = pyotp.TOTP(TOTP_SECRET).at(int(city.kit.clock().timestamp()))
    assert "code" in answer_of(here.submit(page, page.form_with("otp"), otp=otp))


def desk_at_its_code(city: City):
    """The desk's login in a fresh browser, up to its second step."""
    client = city.desk()
    here = browser(client)
    return here, log_in_at(here, authorize_url(client, par(client, scope="openid operator")), "zhao")


def test_22_two_workers_count_together_and_a_refused_request_has_counted(settings, real_db, clock):
    strict = replace(settings, limits="token-address=4/minute", limit_scale=1)
    workers: list[Flask] = [create_app(kit=build_kit(strict, engine=real_db, clock=clock)) for _ in range(2)]
    form = {"grant_type": "client_credentials", "client_id": "nobody"}
    tries = [workers[n % 2].test_client().post("/oauth/token", data=form, **placed(HERE)).status_code for n in range(8)]
    assert tries == [401, 401, 401, 401, 429, 429, 429, 429]
    assert workers[0].test_client().post("/oauth/token", data=form, **placed(ELSEWHERE)).status_code == 401

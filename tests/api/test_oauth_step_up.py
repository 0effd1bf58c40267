"""Step-up (RFC 9470): what cannot be taken back needs a login of the last five minutes, and says so."""

from __future__ import annotations

import pytest

from tests.support.callers import as_citizen
from tests.support.oauth import agree, answer_of, authorize_url, browser, code_for, error_of, log_in, par, redeem
from tests.support.people import make_citizen

LEAVE = "/citizen/v1/enrolment"
SCORE = "openid eligibility:xm-bike-rental score:read"


@pytest.fixture
def me(app, session, kit):
    return as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=950))


def test_leaving_needs_a_login_of_the_last_five_minutes(me, at):
    at(seconds=301)
    answer = me.delete(LEAVE)
    assert (answer.status_code, answer.json["code"]) == (401, "insufficient-user-authentication")
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith('DPoP error="insufficient_user_authentication"')
    assert 'max_age="300"' in challenge
    assert me.get("/citizen/v1/home").status_code == 200


def test_leaving_within_five_minutes_of_a_login_is_not_asked_again(me, at):
    at(seconds=300)
    assert me.delete(LEAVE).status_code == 200


def test_who_lacks_the_scope_is_told_so_before_being_sent_to_log_in(app, session, kit, at):
    caller = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=951), ["openid"])
    at(seconds=301)
    assert caller.delete(LEAVE).status_code == 403


def test_a_refresh_makes_no_login_younger(city, at):
    client = city.citizen()
    at(minutes=8)
    client.refresh()
    assert client.request("DELETE", LEAVE).json()["code"] == "insufficient-user-authentication"
    client.login_citizen("lin", "demo-lin")
    assert client.request("DELETE", LEAVE).status_code == 200


def test_max_age_asks_for_a_login_where_the_last_one_is_older(city, at):
    client = city.client()
    code_for(client)
    at(seconds=290)
    assert browser(client).get(authorize_url(client, par(client, max_age="300"))).stopped
    at(seconds=11)
    page = browser(client).get(authorize_url(client, par(client, max_age="300")))
    assert page.form_with("start_login")
    assert "请再登录一次" in page.html
    assert error_of_silent(client, max_age="300") == "login_required"


def test_max_age_of_nought_is_met_by_a_login_on_a_slow_line(city, at):
    client = city.client()
    client.http.hooks["response"].append(lambda *_, **__: at(seconds=4) and None)
    assert "code" in answer_of(log_in(client, max_age="0"))


def error_of_silent(client, **parameters) -> str:
    return answer_of(browser(client).get(authorize_url(client, par(client, prompt="none", **parameters))))["error"]


def test_the_score_is_given_only_by_one_who_logged_in_lately(city, at):
    partner = city.partner()
    assert log_in(partner).form_with("decision")
    at(seconds=301)
    assert browser(partner).get(authorize_url(partner, par(partner))).form_with("decision")
    assert error_of_silent(partner, scope=SCORE) == "login_required"
    assert browser(partner).get(authorize_url(partner, par(partner, scope=SCORE))).form_with("start_login")


def test_a_consent_page_left_open_gives_no_score_before_another_login(city, at):
    partner = city.partner()
    page = log_in(partner, scope=SCORE)
    at(seconds=301)
    again = agree(partner, page, score_read="yes")
    assert again.form_with("start_login")
    assert not again.form_with("decision")


def test_tokens_say_when_and_how_surely_someone_logged_in(city, at):
    client, partner = city.client(), city.partner()
    login = int(city.kit.clock().timestamp())
    code = code_for(partner, acr_values="urn:xinyi:al2 urn:xinyi:al9")
    token = redeem(partner, code).json()["access_token"]
    told = partner._post(client.base_url + "/oauth/introspect", {"token": token})
    assert (told["acr"], told["auth_time"]) == ("urn:xinyi:al2", login)


@pytest.mark.parametrize(
    ("wanted", "given"), [("urn:xinyi:al1", True), ("urn:xinyi:al2", True), ("urn:xinyi:al3", False)]
)
def test_acr_values_are_met_or_refused_and_never_ignored(city, wanted, given):
    answer = answer_of(log_in(city.client(), acr_values=wanted))
    assert answer["iss"] == city.base_url
    assert ("code" in answer) is given
    assert given or answer["error"] == "unmet_authentication_requirements"


def test_a_class_of_login_that_no_one_knows_is_refused_at_once(city):
    assert error_of(par(city.client(), acr_values="urn:example:gold")) == (400, "unmet_authentication_requirements")

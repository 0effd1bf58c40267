"""Operators prove themselves twice: a real name, and a one-time code that works once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services import factors
from app.services.operators import add_operator
from app.store.logins import BrowserSession
from auth.acr import OPERATOR_OTP
from tests.support.callers import APP_SCOPES, _caller, make_client
from tests.support.desk import DESK, at_the_code, code, type_in
from tests.support.identity import TOTP_SECRET, build_city
from tests.support.oauth import answer_of, authorize_url, browser, log_in_at, par, redeem
from tests.support.people import id_number, make_citizen


def test_a_desk_token_says_how_its_operator_proved_themselves(city):
    desk = city.operator()
    assert (desk.tokens.claims["acr"], desk.tokens.claims["amr"]) == (OPERATOR_OTP, ["otp"])
    assert desk.request("GET", "/operator/v1/partners").status_code == 200
    desk.refresh()
    assert desk.request("GET", "/operator/v1/partners").status_code == 200


def test_without_a_code_there_is_no_way_to_the_desk(city):
    client, here, page = at_the_code(city)
    assert not page.stopped
    again = here.get(page.url)
    assert again.form_with("otp")
    assert client.tokens is None


def test_a_silent_request_is_told_that_a_person_is_needed(city):
    client, here, page = at_the_code(city)
    assert answer_of(type_in(here, page, otp=code(city)))["code"]
    silent = here.get(authorize_url(client, par(client, scope=DESK, prompt="none")))
    assert answer_of(silent)["error"] == "interaction_required"


def test_every_login_of_the_desk_asks_for_a_code_of_its_own(city, at):
    client, here, page = at_the_code(city)
    type_in(here, page, otp=code(city))
    at(seconds=30)
    assert here.get(authorize_url(client, par(client, scope=DESK))).form_with("otp")


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_phone_may_be_half_a_minute_off(city, steps):
    _, here, page = at_the_code(city)
    assert "code" in answer_of(type_in(here, page, otp=code(city, steps=steps)))


@pytest.mark.parametrize("steps", [-20, -2, 2, 20])
def test_a_phone_that_is_further_off_is_refused(city, steps):
    _, here, page = at_the_code(city)
    refused = type_in(here, page, otp=code(city, steps=steps))
    assert (refused.status, refused.stopped) == (400, False)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5x", "\0" * 6, "9" * 5000])
def test_what_is_no_code_is_refused_in_words(city, typed):
    _, here, page = at_the_code(city)
    refused = type_in(here, page, otp=typed)
    assert refused.status == 400
    assert "验证码不对" in refused.html


def test_a_code_works_once(city):
    _, here, page = at_the_code(city)
    used = code(city)
    type_in(here, page, otp=used)
    _, other, second = at_the_code(city)
    assert type_in(other, second, otp=used).status == 400


def test_an_older_code_is_dead_once_a_newer_one_was_taken(city):
    _, here, page = at_the_code(city)
    type_in(here, page, otp=code(city, steps=1))
    for steps in (-1, 0, 1):
        _, other, second = at_the_code(city)
        assert type_in(other, second, otp=code(city, steps=steps)).status == 400


def test_another_operators_code_is_nothing(city, session):
    other = add_operator(
        session, city.kit.pii, id_number=id_number(1), name="林", roles=["office"], now=city.kit.clock()
    )
    theirs = pyotp.random_base32()
    factors.enrol(session, city.kit.pii, other, theirs, city.kit.clock())
    session.commit()
    _, here, page = at_the_code(city, "zhao")
    assert type_in(here, page, otp=code(city, secret=theirs)).status == 400


def test_five_wrong_codes_and_the_login_begins_anew(city):
    client, here, page = at_the_code(city)
    for _ in range(4):
        page = type_in(here, page, otp="000000")
        assert page.form_with("otp")
    over = type_in(here, page, otp="000000")
    assert "输错次数太多" in over.html
    late = here.submit(page, page.form_with("otp"), otp=code(city))
    assert late.form_with("start_login"), "a right code after that is too late"
    back = log_in_at(here, page.url.removesuffix("/second-factor"), "zhao")
    assert "code" in answer_of(type_in(here, back, otp=code(city)))
    assert client.tokens is None


def test_wrong_codes_sent_at_once_are_counted_one_by_one(real_app, real_db, tmp_path):
    with Session(real_db) as session:
        city = build_city(real_app, session, tmp_path)
    client, _, page = at_the_code(city)
    url, form = page.url.removesuffix("/second-factor") + "/second-factor", page.form_with("otp")

    def wrong(_: int) -> str:
        return client.http.post(url, data={**form.fields, "otp": "000000"}, allow_redirects=False).text

    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(wrong, range(12)))
    assert sum("验证码不对" in text for text in told) == 4
    with Session(real_db) as session:
        assert max(session.scalars(select(BrowserSession.wrong_codes))) == 5


def test_a_code_from_another_page_or_browser_is_refused(city):
    _, here, page = at_the_code(city)
    form = page.form_with("otp")
    assert here.submit(page, form, otp=code(city), form_token="0" * 64).status == 400
    stranger = browser(city.desk())
    assert stranger.submit(page, form, otp=code(city)).status == 400
    assert "code" in answer_of(type_in(here, page, otp=code(city)))


def test_a_citizens_login_never_meets_the_second_step(city):
    client = city.client()
    here = browser(client)
    page = log_in_at(here, authorize_url(client, par(client)), "zhao")
    assert page.stopped
    assert redeem(client, answer_of(page)["code"]).json()["access_token"]


def test_a_desk_may_be_asked_for_by_its_class_and_the_app_may_not(city):
    _, here, page = at_the_code(city, acr_values=OPERATOR_OTP)
    assert "code" in answer_of(type_in(here, page, otp=code(city)))
    client = city.client()
    page = log_in_at(browser(client), authorize_url(client, par(client, acr_values=OPERATOR_OTP)), "zhao")
    assert answer_of(page)["error"] == "unmet_authentication_requirements"


def test_one_who_is_no_operator_is_denied_before_any_code(city):
    assert answer_of(at_the_code(city, "lin")[2])["error"] == "access_denied"


def test_a_code_sent_ten_times_at_once_is_taken_once(real_db, kit, clock):
    with Session(real_db) as session, session.begin():
        factors.enrol(session, kit.pii, "opr_1", TOTP_SECRET, clock())
    now = clock()
    typed = factors.code_at(TOTP_SECRET, now.timestamp())

    def take(_: int) -> bool:
        with Session(real_db) as session, session.begin():
            return factors.take(session, kit.pii, "opr_1", typed, now)

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(take, range(10))) == [False] * 9 + [True]


def test_a_desk_token_without_the_second_factor_is_told_which_login_is_missing(app, session, kit, clock):
    person = make_citizen(session, kit.pii, clock(), serial=950)
    make_client(session, kit, client_id="xinyi-desk", kind="desk", scopes=["openid", "operator"])
    plain = _caller(app, session, "xinyi-desk", [*APP_SCOPES, "operator"], person)
    answer = plain.get("/operator/v1/partners")
    assert (answer.status_code, answer.json["code"]) == (401, "second-factor-missing")
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert f'acr_values="{OPERATOR_OTP}"' in challenge

"""The consent page of standing orders: caps in plain words and in yuan, which the citizen lowers and never raises."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.offer import Standing
from app.store.consents import ConsentRow
from tests.support.oauth import agree, answer_of, authorize_url, browser, error_of, log_in, par, redeem
from tests.support.standing import publish

SCOPE = "openid orders:xm-bike-rental"
MOST = Standing(per_order_fen=5_000, per_day_fen=12_050)


def held(session) -> list[ConsentRow]:
    session.expire_all()
    return list(session.scalars(select(ConsentRow).where(ConsentRow.ended_at.is_(None))))


@pytest.fixture
def partner(city, monkeypatch):
    publish(monkeypatch, MOST)
    return city.partner()


def test_the_page_says_up_to_how_much_and_that_each_is_told(city, partner):
    page = log_in(partner, scope=SCOPE, ui_locales="zh-CN")
    for words in ("不再逐笔请您确认", "每笔不超过 50 元", "每天合计不超过 120.50 元", "每笔都会通知您", "可以调低"):
        assert words in page.html, words
    english = log_in(city.partner(), scope=SCOPE, ui_locales="en")
    assert "up to 50 yuan each and 120.50 yuan a day" in english.html


def test_what_was_published_is_agreed_to_unless_it_is_lowered(partner, session):
    code = answer_of(agree(partner, log_in(partner, scope=SCOPE)))["code"]
    assert redeem(partner, code).json()["scope"] == SCOPE
    (consent,) = held(session)
    assert (consent.scope, consent.per_order_fen, consent.per_day_fen) == ("orders:xm-bike-rental", 5_000, 12_050)


def test_the_citizen_lowers_them_and_the_partner_does_not_learn_it(partner, session):
    page = agree(partner, log_in(partner, scope=SCOPE), per_order_yuan="1.5", per_day_yuan="3")
    tokens = redeem(partner, answer_of(page)["code"]).json()
    (consent,) = held(session)
    assert (consent.per_order_fen, consent.per_day_fen) == (150, 300)
    assert not {"150", "300", "1.5"} & {str(value) for value in tokens.values()}
    assert "caps" not in tokens


@pytest.mark.parametrize("yuan", ["", "0", "-1", "1e3", "999999", "1.234", "一百", "１", "1 0"])
@pytest.mark.parametrize("name", ["per_order_yuan", "per_day_yuan"])
def test_no_amount_and_too_much_are_asked_again(partner, session, name, yuan):
    page = agree(partner, log_in(partner, scope=SCOPE), **{name: yuan})
    assert page.form_with("decision")
    assert 'role="alert"' in page.html
    assert held(session) == []


@pytest.mark.parametrize(
    "scope",
    [
        "openid orders:xm-bike-rental eligibility:xm-bike-rental",
        "openid orders:xm-bike-rental score:read",
        "openid orders:xm-bike-rental orders:xm-library-loans",
        "openid orders:hz-library-card",
        "openid orders:nothing",
        "openid orders:",
    ],
)
def test_it_is_asked_alone_and_where_the_scenario_offers_it(partner, scope):
    assert error_of(par(partner, scope=scope)) == (400, "invalid_scope")


def test_a_scenario_that_publishes_no_caps_cannot_be_asked_for(partner, monkeypatch):
    publish(monkeypatch, None)
    assert error_of(par(partner, scope=SCOPE)) == (400, "invalid_scope")


def test_caps_that_are_no_more_published_when_the_citizen_agrees_are_none(partner, session, monkeypatch):
    page = log_in(partner, scope=SCOPE)
    publish(monkeypatch, None)
    assert answer_of(agree(partner, page))["error"] == "access_denied"
    assert held(session) == []


def test_it_needs_a_login_of_the_last_five_minutes(partner, at):
    log_in(partner)
    at(seconds=301)
    page = browser(partner).get(authorize_url(partner, par(partner, scope=SCOPE)))
    assert page.form_with("start_login")
    plain = browser(partner).get(authorize_url(partner, par(partner)))
    assert plain.form_with("decision")

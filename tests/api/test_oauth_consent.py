"""A consent is a grant: one partner, one scenario, one term; the score only where it is ticked apart."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.services import partners
from app.store.consents import ConsentRow
from tests.support.oauth import agree, answer_of, browser, error_of, log_in, par, redeem

BOTH = "openid eligibility:xm-bike-rental score:read"


def consents_of(session) -> list[ConsentRow]:
    session.expire_all()
    return list(session.scalars(select(ConsentRow).where(ConsentRow.ended_at.is_(None)).order_by(ConsentRow.scope)))


def test_the_page_says_who_asks_for_what_and_what_they_never_learn(city):
    page = log_in(city.partner(), ui_locales="zh-CN")
    told = ("shop 商户", "共享自行车免押金租用", "姓名、证件号码、分数、等级、原因")
    for words in (*told, "30 天", "180 天", "365 天", "林**"):
        assert words in page.html
    assert "林小满" not in page.html


def test_the_page_speaks_english(city):
    page = log_in(city.partner(), ui_locales="en")
    assert "shop merchant asks for your consent" in page.html
    assert 'lang="en"' in page.html


def test_a_consent_holds_for_the_chosen_term(city, session):
    tokens = city.partner().login_citizen("lin", "demo-lin", "openid eligibility:xm-bike-rental", term_days=180)
    (consent,) = consents_of(session)
    assert (consent.id, consent.citizen_ref, consent.scope) == (
        tokens.consent_id,
        tokens.sub,
        "eligibility:xm-bike-rental",
    )
    assert (consent.expires_at - consent.granted_at).days == 180


def test_the_score_is_a_consent_of_its_own_that_ends_alone(city, session):
    citizen, partner = city.citizen(), city.partner()
    tokens = partner.login_citizen("lin", "demo-lin", BOTH)
    assert [row.scope for row in consents_of(session)] == ["eligibility:xm-bike-rental", "score:read"]
    citizen.request("POST", f"/citizen/v1/consents/{tokens.score_consent_id}/end", json={})
    assert [row.id for row in consents_of(session)] == [tokens.consent_id]
    assert partner.request("GET", "/oauth/userinfo").status_code == 200


def test_the_score_is_not_given_unless_it_is_ticked(city, session):
    partner = city.partner()
    code = answer_of(agree(partner, log_in(partner, scope=BOTH)))["code"]
    assert redeem(partner, code).json()["scope"] == "openid eligibility:xm-bike-rental"
    assert [row.scope for row in consents_of(session)] == ["eligibility:xm-bike-rental"]


def test_a_suspended_partner_asks_no_one_for_anything_from_that_moment_on(city, session):
    partner = city.partner()
    page = log_in(partner, scope=BOTH)
    partners.set_status(session, city.partner_ids["shop"], active=False)
    session.commit()
    late = agree(partner, page, score_read="yes")
    assert (late.status, late.stopped) == (400, False)
    for scope in (BOTH, "openid score:read"):
        assert error_of(par(partner, scope=scope)) == (400, "invalid_scope")
    assert consents_of(session) == []


def test_no_is_an_answer_and_leaves_nothing(city, session):
    partner = city.partner()
    answer = answer_of(agree(partner, log_in(partner), decision="deny"))
    assert (answer["error"], "code" in answer) == ("access_denied", False)
    assert consents_of(session) == []


def test_a_consent_arises_when_the_partner_learns_of_it_and_not_before(city, session):
    partner = city.partner()
    code = answer_of(agree(partner, log_in(partner)))["code"]
    assert consents_of(session) == []
    assert redeem(partner, code).json()["consent_id"] == consents_of(session)[0].id


def test_a_later_consent_replaces_an_earlier_one(city, session):
    first, second = (
        city.partner().login_citizen("lin", "demo-lin", "eligibility:xm-bike-rental").consent_id for _ in range(2)
    )
    assert first != second
    assert [row.id for row in consents_of(session)] == [second]


@pytest.mark.parametrize("term", ["", "1", "36500", "-30", "thirty"])
def test_a_term_that_was_not_offered_is_asked_again(city, session, term):
    partner = city.partner()
    assert agree(partner, log_in(partner), term_days=term).form_with("decision")
    assert consents_of(session) == []


def test_a_form_from_elsewhere_decides_nothing(city, session):
    partner = city.partner()
    page = log_in(partner)
    assert agree(partner, page, form_token="0" * 64).status == 400
    form = page.form_with("decision")
    forged = partner.http.post(
        city.base_url + form.action,
        data={**form.fields, "decision": "allow", "term_days": "30"},
        headers={"Origin": "https://evil.example"},
    )
    assert forged.status_code == 400
    assert consents_of(session) == []


def test_another_browser_cannot_answer_the_request(city):
    partner, other = city.partner(), city.partner()
    page = log_in(partner)
    log_in(other, "wang")
    form = page.form_with("decision")
    assert browser(other).submit(page, form, decision="allow", term_days="30").status == 400
    assert browser(other).get(page.url).status == 400


def test_a_request_is_answered_once(city):
    partner = city.partner()
    page = log_in(partner)
    assert "code" in answer_of(agree(partner, page))
    assert agree(partner, page).status == 400


def test_one_may_log_in_as_oneself_where_another_is_logged_in(city):
    partner = city.partner()
    page = log_in(partner, "wang")
    assert "王**" in page.html
    here = browser(partner)
    platform = here.submit(page, page.form_with("start_login"), start_login="1")
    back = here.submit(platform, platform.form_with("password"), login="lin", password="demo-lin")
    assert "林**" in back.html


def test_a_partner_asks_only_for_what_it_serves(city, session):
    assert par(city.partner(), scope="openid eligibility:hz-library-card").status_code == 400

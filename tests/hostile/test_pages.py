"""What others call themselves, and what stands in an address, is text on our pages and never markup."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.store.oauth import OAuthClient
from app.store.partners import Partner
from tests.support.identity import City
from tests.support.oauth import answer_of, authorize_url, browser, log_in, par

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>"
QUERIES = (
    "/oauth/authorize?client_id={}&request_uri={}",
    "/oauth/login/callback?state={}&error={}&error_description={}",
    "/oauth/requests/{}",
    "/app/callback?code={}&state={}",
    "/app?{}",
    "/problems/{}",
    "/{}",
)


@pytest.fixture
def evil_names(city: City, session: Session) -> City:
    session.execute(update(Partner).values(name_zh=EVIL, name_en=EVIL))
    session.execute(update(OAuthClient).values(name=EVIL))
    session.commit()
    return city


def test_a_name_is_text_on_the_login_and_the_consent_page(evil_names: City) -> None:
    partner = evil_names.partner()
    before = browser(partner).get(authorize_url(partner, par(partner)))
    consent = log_in(partner)
    assert before.form_with("start_login")
    assert consent.form_with("decision")
    for page in (before, consent):
        assert "&lt;script&gt;alert(1)" in page.html
        assert "<script>alert" not in page.html
        assert "<img src=x" not in page.html


def test_what_stands_in_an_address_is_on_no_page(city: City) -> None:
    client = city.app.test_client()
    for query in QUERIES:
        answer = client.get(query.replace("{}", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"))
        assert "<script>alert" not in answer.text, query


def test_a_state_comes_back_as_it_was_and_adds_no_parameter(city: City) -> None:
    """It goes into an address, so what could end a value there is encoded."""
    state = 'a&code=evil#b?c=%0d%0aSet-Cookie: x=y;"<>'
    partner = city.partner()
    answered = answer_of(browser(partner).get(authorize_url(partner, par(partner, state=state, prompt="none"))))
    assert (answered["state"], set(answered)) == (state, {"error", "state", "iss"})

"""Authorization requests are pushed by a known client, opened once, and lead only where the client registered."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.services.clients import disable_client
from app.store.logins import BrowserSession
from tests.support.identity import APP_CALLBACK, PARTNER_CALLBACK
from tests.support.oauth import authorize_url, browser, error_of, par


def test_01_authorize_without_a_pushed_request_gives_no_code(city):
    client = city.client()
    query = "client_id=xinyi-app&response_type=code&redirect_uri=" + APP_CALLBACK
    for rest in ("", query, query + "&request_uri=urn:ietf:params:oauth:request_uri:made-up"):
        answer = client.http.get(f"{city.base_url}/oauth/authorize?{rest}", allow_redirects=False)
        assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize("form", [{}, {"client_assertion": None, "client_assertion_type": None, "client_id": "shop"}])
def test_02_par_without_client_authentication_is_refused_to_a_fapi2_client(city, form):
    partner = city.partner()
    form = form or {"client_assertion": None}
    assert error_of(par(partner, **form)) == (401, "invalid_client")


def test_02_a_public_client_that_brings_an_assertion_is_refused(city):
    partner = city.partner()
    assert error_of(par(partner, client_id="xinyi-app")) == (401, "invalid_client")


def test_03_a_request_uri_opens_once(city):
    client = city.client()
    url = authorize_url(client, par(client))
    assert browser(client).get(url).status == 200
    assert browser(client).get(url).status == 400
    assert browser(city.client()).get(url).status == 400


def test_03_a_preview_of_the_link_does_not_use_it_up(city):
    client = city.client()
    url = authorize_url(client, par(client))
    assert city.app.test_client().head(url).status_code == 200
    assert browser(client).get(url).status == 200


def test_03_strangers_with_made_up_links_leave_no_rows(city, session):
    url = f"{city.base_url}/oauth/authorize?client_id=xinyi-app&request_uri=made-up"
    assert browser(city.client()).get(url).status == 400
    assert session.scalar(select(func.count()).select_from(BrowserSession)) == 0


def test_03_a_request_uri_opens_for_its_client_only(city):
    client = city.client()
    url = authorize_url(client, par(client))
    assert browser(client).get(url.replace("client_id=xinyi-app", "client_id=shop")).status == 400
    assert browser(client).get(url).status == 200


def test_03_a_request_uri_opens_for_sixty_seconds(city, at):
    client = city.client()
    pushed = par(client)
    assert pushed.json()["expires_in"] == 60
    url, late = authorize_url(client, pushed), authorize_url(client, par(client))
    at(seconds=59)
    assert browser(client).get(url).status == 200
    at(seconds=1)
    assert browser(client).get(late).status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"code_challenge": "*" * 43},
    ],
)
def test_04_pkce_is_s256_or_nothing(city, change):
    assert error_of(par(city.client(), **change)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "uri",
    [
        PARTNER_CALLBACK + "/",
        PARTNER_CALLBACK + "?a=1",
        PARTNER_CALLBACK + "#a",
        PARTNER_CALLBACK.replace("https:", "http:"),
        PARTNER_CALLBACK.replace(".example", ".example:8443"),
        PARTNER_CALLBACK.replace("/callback", "/Callback"),
        PARTNER_CALLBACK.replace("shop.", "shop.evil."),
        'https://shop.example/"\\',
        None,
    ],
)
def test_05_redirect_uris_match_exactly_and_a_wrong_one_is_no_redirect(city, uri):
    answer = par(city.partner(), redirect_uri=uri)
    assert error_of(answer) == (400, "invalid_request")
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": 'code "'}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "urn:x"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": "openid eligibility:no-such"}, "invalid_scope"),
        ({"scope": "openid eligibility:zs-bike-rental"}, "invalid_scope"),
        ({"scope": "eligibility:xm-bike-rental eligibility:xm-library-loans"}, "invalid_scope"),
        ({"scope": "eligibility:xm-bike-rental citizen"}, "invalid_scope"),
        ({"scope": "eligibility:xm-bike-rental partner"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"state": "s" * 513}, "invalid_request"),
        ({"state": "小"}, "invalid_request"),
        ({"nonce": "n\0"}, "invalid_request"),
        ({"dpop_jkt": "x"}, "invalid_request"),
        ({"client_id": "cafe"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
    ],
)
def test_a_request_that_is_not_understood_is_refused_where_it_is_pushed(city, change, error):
    assert error_of(par(city.partner(), **change))[1] == error


@pytest.mark.parametrize("scope", ["openid operator", "openid partner", "citizen eligibility:xm-bike-rental"])
def test_the_citizen_app_may_not_ask_for_what_is_not_its_own(city, scope):
    assert error_of(par(city.client(), scope=scope)) == (400, "invalid_scope")


def test_nothing_comes_from_the_query_and_nothing_twice(city):
    client = city.client()
    url = city.base_url + "/oauth/par"
    form = [("client_id", "xinyi-app"), ("scope", "openid"), ("scope", "citizen")]
    assert error_of(client.http.post(url, data=form)) == (400, "invalid_request")
    assert error_of(client.http.post(url + "?client_id=xinyi-app", data={})) == (400, "invalid_request")
    assert error_of(client.http.post(url, json={"client_id": "xinyi-app"})) == (400, "invalid_request")


def test_a_client_that_was_disabled_is_no_one(city, session):
    disable_client(session, "shop", now=city.kit.clock())
    session.commit()
    assert error_of(par(city.partner())) == (401, "invalid_client")

"""A visit to the real-name platform belongs to one browser and one request, and ends well or says why not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from auth.realname.platform import Platform
from auth.realname.provider import LoginRefused
from tests.support.hostile_platform import HostilePlatform
from tests.support.oauth import browser
from tests.support.upstream import citizens, come_back, log_in, take_over, visit


@pytest.fixture
def platform(city) -> HostilePlatform:
    return take_over(city)


def test_09_an_answer_without_iss_or_of_another_issuer_is_refused(city, platform, session):
    for iss in (None, "https://evil.example", ""):
        assert log_in(city, platform, iss=iss).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize("supported", [True, False, None, "no"])
def test_09_iss_is_asked_for_whatever_the_metadata_says(city, platform, session, supported):
    platform.metadata = {"authorization_response_iss_parameter_supported": supported}
    assert log_in(city, platform, iss=None).status_code == 400
    assert log_in(city, platform, iss="https://evil.example").status_code == 400
    assert citizens(session) == 0
    assert log_in(city, platform).status_code == 303


def test_09_an_error_of_another_issuer_is_not_believed_either(city, platform, caplog):
    answer = log_in(city, platform, code=None, error="access_denied", iss=None)
    assert (answer.status_code, "access_denied" in caplog.text) == (400, False)


def test_18_state_belongs_to_one_browser(city, platform, session):
    victim, attacker = city.client(), city.client()
    visit(victim)
    _, sent = visit(attacker)
    assert come_back(victim, platform, sent).status_code == 400
    assert come_back(city.client(), platform, sent).status_code == 400
    assert citizens(session) == 0


def test_18_state_works_once(city, platform):
    client = city.client()
    _, sent = visit(client)
    assert come_back(client, platform, sent).status_code == 303
    assert come_back(client, platform, sent).status_code == 400


def test_18_a_state_that_was_refused_is_used_up(city, platform, session):
    client = city.client()
    _, sent = visit(client)
    platform.claims = {"nonce": "another"}
    assert come_back(client, platform, sent).status_code == 400
    platform.claims = {}
    assert come_back(client, platform, sent).status_code == 400
    assert citizens(session) == 0


def test_18_the_nonce_of_one_login_is_nothing_to_another(city, platform, session):
    client = city.client()
    _, first = visit(client)
    _, second = visit(client)
    mixed = {**second, "nonce": first["nonce"]}
    assert come_back(client, platform, mixed).status_code == 400
    assert citizens(session) == 0


def test_18_a_state_ends_after_ten_minutes(city, platform, at):
    client = city.client()
    _, sent = visit(client)
    at(minutes=10)
    assert come_back(client, platform, sent).status_code == 400


@pytest.mark.parametrize("state", ["", "made-up", "\0", "x" * 5000, "长"])
def test_18_an_unknown_state_is_refused(city, platform, state):
    client = city.client()
    _, sent = visit(client)
    assert come_back(client, platform, sent, state=state).status_code == 400


def test_18_the_login_cookie_says_nothing_and_changes_at_login(city, platform):
    client = city.client()
    _, sent = visit(client)
    before = client.http.cookies["xinyi_login"]
    come_back(client, platform, sent)
    after = client.http.cookies["xinyi_login"]
    assert before != after
    assert not {sent["state"], sent["nonce"]} & {before, after}


def test_a_refusal_of_the_platform_is_said_and_can_be_tried_again(city, platform):
    client = city.client()
    page_url, sent = visit(client)
    refused = come_back(client, platform, sent, code=None, error="access_denied")
    assert refused.status_code == 400
    assert urlsplit(page_url).path in refused.text
    assert browser(client).get(page_url).form_with("start_login")


def test_production_refuses_the_sandbox_platform(city):
    platform = Platform(city.kit.settings.upstream_issuer, production=True)
    platform.http.mount(platform.issuer, city.platform)
    with pytest.raises(LoginRefused, match="sandbox"):
        platform.metadata()


def test_the_same_person_is_the_same_citizen(city, session):
    city.citizen()
    city.citizen()
    assert citizens(session) == 1

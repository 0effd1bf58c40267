"""The real-name platform is believed only where everything it says holds, for the browser that asked, once."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask import Response
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import func, select

from app.store.citizens import Citizen
from auth import views
from auth.realname.oidc import OidcProvider
from auth.realname.provider import LoginRefused
from tests.support.hostile_platform import HostilePlatform
from tests.support.oauth import authorize_url, browser, par, sign, unsigned
from tests.support.wire import Away, WsgiAdapter


@pytest.fixture
def platform(city) -> HostilePlatform:
    settings = city.kit.settings
    clock = city.kit.clock
    hostile = HostilePlatform(settings.upstream_issuer, settings.upstream_client_id, lambda: clock().timestamp())
    mount(city, WsgiAdapter(hostile.app))
    return hostile


def mount(city, adapter) -> None:
    provider = city.app.extensions[views.EXTENSION]
    provider.http = requests.Session()
    provider.http.mount(city.kit.settings.upstream_issuer, adapter)
    provider.forget()


def visit(client) -> tuple[str, dict[str, str]]:
    """Start a login; returns the request's page and what the browser carries to the platform."""
    page = browser(client).get(authorize_url(client, par(client)))
    form = page.form_with("start_login")
    left = client.http.post(client.base_url + form.action, data=form.fields, allow_redirects=False)
    assert left.status_code == 303, left.text
    query = parse_qs(urlsplit(left.headers["Location"]).query)
    return page.url, {name: values[0] for name, values in query.items()}


def come_back(client, platform: HostilePlatform, sent: dict[str, str], **changes: str | None) -> requests.Response:
    platform.nonce = sent["nonce"]
    answer = {"code": "c", "state": sent["state"], "iss": platform.issuer, **changes}
    query = urlencode({name: value for name, value in answer.items() if value is not None})
    return client.http.get(f"{client.base_url}/oauth/login/callback?{query}", allow_redirects=False)


def log_in(city, platform: HostilePlatform, **changes: str | None) -> requests.Response:
    client = city.client()
    _, sent = visit(client)
    return come_back(client, platform, sent, **changes)


def citizens(session) -> int:
    return session.scalar(select(func.count()).select_from(Citizen))


def test_a_right_answer_logs_in(city, platform, session):
    assert log_in(city, platform).status_code == 303
    assert citizens(session) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": ["xinyi", "other"], "azp": "xinyi"},
        {"aud": "other", "azp": "xinyi"},
        {"azp": "other"},
        {"aud": None},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": "\ud800"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"at_hash": "x"},
        {"at_hash": None},
        {"exp": None},
        {"exp": "later"},
        {"exp": float("nan")},
        {"iat": None},
        {"iat": True},
    ],
)
def test_17_an_id_token_that_says_something_else_is_refused(city, platform, session, claims):
    platform.claims = claims
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -31), ("iat", -601), ("iat", 31), ("nbf", 31)])
def test_17_an_id_token_out_of_its_time_is_refused(city, platform, session, claim, seconds):
    platform.claims = {claim: int(platform.clock()) + seconds}
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "at+jwt"},
        {"jwk": ECKey.generate_key("P-256").as_dict(private=False)},
        {"jku": "https://evil.example"},
        {"kid": "unknown"},
        {"crit": ["b64"], "b64": True},
    ],
)
def test_17_an_id_token_with_another_header_is_refused(city, platform, session, header):
    platform.header = header
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_alg_none_is_refused_whatever_the_metadata_says(city, platform, session):
    platform.metadata = {"id_token_signing_alg_values_supported": ["none", "HS256", "ES256"]}
    client = city.client()
    _, sent = visit(client)
    platform.nonce = sent["nonce"]
    platform.id_token = unsigned(platform.good_claims())
    assert come_back(client, platform, sent).status_code == 400
    assert citizens(session) == 0


def test_17_hs256_with_our_own_secret_is_refused(city, platform, session):
    client = city.client()
    _, sent = visit(client)
    platform.nonce = sent["nonce"]
    secret = OctKey.import_key(city.kit.settings.upstream_client_secret)
    platform.id_token = sign(secret, platform.good_claims(), alg="HS256")
    assert come_back(client, platform, sent).status_code == 400
    assert citizens(session) == 0


def test_17_a_token_of_another_key_is_refused(city, platform, session):
    platform.signer = ECKey.generate_key("P-256")
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_a_new_key_of_the_platform_is_found(city, platform):
    assert log_in(city, platform).status_code == 303
    platform.key = platform.signer = ECKey.generate_key("P-256", auto_kid=True)
    platform.published.append(platform.key.as_dict(private=False))
    provider: OidcProvider = city.app.extensions[views.EXTENSION]
    before, provider.monotonic = provider.monotonic, lambda: before() + 11
    assert log_in(city, platform).status_code == 303
    provider.monotonic = before


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "person-2"},
        {"sub": None},
        {"id_number": None},
        {"id_number": "990000199001010010"},
        {"id_number": "x"},
        {"id_number": "٩٩٠٠٠٠١٩٩٠٠١٠١٠٠١٣"},
        {"name": ""},
        {"name": ["林"]},
        {"name": "林\0"},
        {"city": 5},
        {"city": "x\0"},
        {"assurance_level": "al9"},
    ],
)
def test_17_a_userinfo_that_speaks_of_another_or_of_no_one_is_refused(city, platform, session, person):
    platform.userinfo = person
    assert log_in(city, platform).status_code == 400
    assert citizens(session) == 0


def test_17_metadata_of_another_issuer_is_refused(city, platform):
    platform.metadata = {"issuer": "https://evil.example"}
    client = city.client()
    page = browser(client).get(authorize_url(client, par(client)))
    left = browser(client).submit(page, page.form_with("start_login"), start_login="1")
    assert left.status == 400


def test_09_an_answer_without_iss_or_of_another_issuer_is_refused(city, platform, session):
    for iss in (None, "https://evil.example", ""):
        assert log_in(city, platform, iss=iss).status_code == 400
    assert citizens(session) == 0


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


def test_an_outage_says_so_and_those_logged_in_go_on(city):
    logged_in = city.citizen()
    mount(city, Away())
    page = browser(client := city.client()).get(authorize_url(client, par(client)))
    away = browser(client).submit(page, page.form_with("start_login"), start_login="1")
    assert (away.status, "实名认证平台暂时无法访问" in away.html) == (503, True)
    assert logged_in.request("GET", "/oauth/userinfo").status_code == 200
    assert logged_in.refresh().access_token


@pytest.mark.parametrize(
    "answer",
    [
        Response("oops", 502),
        Response("not json", 200),
        Response("[]", 200),
        Response("x" * 100_000, 200),
        Response("{}", 302, {"Location": "https://evil.example"}),
        Response('{"error": "invalid_grant"}', 400),
        Response('{"access_token": 5, "id_token": []}', 200),
    ],
)
def test_a_broken_answer_is_an_outage_or_a_refusal_never_an_error_of_ours(city, platform, session, answer):
    platform.answer = answer
    assert log_in(city, platform).status_code in (400, 503)
    assert citizens(session) == 0


def test_a_refusal_of_the_platform_is_said_and_can_be_tried_again(city, platform):
    client = city.client()
    page_url, sent = visit(client)
    refused = come_back(client, platform, sent, code=None, error="access_denied")
    assert refused.status_code == 400
    assert urlsplit(page_url).path in refused.text
    assert browser(client).get(page_url).form_with("start_login")


def test_production_refuses_the_sandbox_platform(city):
    settings: dict[str, Any] = {"issuer": city.kit.settings.upstream_issuer, "client_id": "xinyi", "client_secret": "s"}
    provider = OidcProvider(**settings, algorithms=("ES256",), redirect_uri="x", production=True)
    provider.http.mount(settings["issuer"], city.platform)
    with pytest.raises(LoginRefused, match="sandbox"):
        provider._metadata()


def test_the_same_person_is_the_same_citizen(city, session):
    city.citizen()
    city.citizen()
    assert citizens(session) == 1

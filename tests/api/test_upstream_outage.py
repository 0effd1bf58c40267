"""Where the real-name platform is away, slow or broken, logins wait and nothing else does; none of it is believed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from flask import Response
from requests.adapters import BaseAdapter

from app.web.kit import EXTENSION
from auth import views
from auth.realname import circuit
from auth.realname import platform as wire
from auth.realname.platform import Platform
from tests.support.hostile_platform import HostilePlatform
from tests.support.identity import build_city
from tests.support.limits import limit
from tests.support.oauth import browser
from tests.support.upstream import citizens, come_back, leave, log_in, mount, take_over, visit
from tests.support.wire import Away, WsgiAdapter

ENDPOINTS = ("metadata", "jwks_uri", "token_endpoint", "userinfo_endpoint")


@pytest.fixture
def platform(city) -> HostilePlatform:
    return take_over(city)


@pytest.fixture
def moments(city, monkeypatch) -> list[float]:
    """The monotonic clock of the platform's wire; its last value is now."""
    values = [1000.0]
    monkeypatch.setattr(city.app.extensions[views.EXTENSION].platform, "monotonic", lambda: values[-1])
    return values


class Counting(Away):
    """A server that does not answer, and how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.asked += 1
        return super().send(request, **options)


def test_an_outage_says_so_and_those_logged_in_go_on(city):
    logged_in = city.citizen()
    mount(city, Away())
    page_url, away = leave(client := city.client())
    assert (away.status_code, "实名认证平台暂时无法访问" in away.text) == (503, True)
    assert "已经登录的设备不受影响" in away.text
    assert 0 < int(away.headers["Retry-After"]) <= 60
    assert browser(client).get(page_url).form_with("start_login")
    assert logged_in.request("GET", "/oauth/userinfo").status_code == 200
    assert logged_in.refresh().access_token


def test_an_outage_on_the_way_back_can_be_tried_again(city, platform, session):
    client = city.client()
    page_url, sent = visit(client)
    platform.answers["token_endpoint"] = Response("oops", 502)
    away = come_back(client, platform, sent)
    assert (away.status_code, "Retry-After" in away.headers, page_url.split("/")[-1] in away.text) == (503, True, True)
    platform.answers.clear()
    _, sent = visit(client)
    assert come_back(client, platform, sent).status_code == 303
    assert citizens(session) == 1


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "answer",
    [
        Response("oops", 502),
        Response("not json", 200),
        Response("[]", 200),
        Response("[" * 50_000, 200),
        Response("x" * 100_000, 200),
        Response("{}", 200, {"Content-Encoding": "gzip"}),
        Response("{}", 302, {"Location": "https://evil.example"}),
        Response("{}", 307, {"Location": "http://169.254.169.254/"}),
        Response('{"error": "invalid_grant"}', 400),
        Response('{"error": "\\ud800"}', 400),
        Response('{"keys": {}, "access_token": 5, "id_token": [], "sub": []}', 200),
    ],
    ids=lambda answer: f"{answer.status_code}-{answer.get_data(as_text=True)[:12]}",
)
def test_17_a_broken_answer_is_an_outage_or_a_refusal_and_never_an_error_of_ours(
    city, platform, session, endpoint, answer
):
    platform.answers[endpoint] = answer
    client = city.client()
    _, left = leave(client)
    if left.status_code == 303:
        left = log_in(city, platform)
    assert left.status_code in (400, 503)
    assert citizens(session) == 0


@pytest.mark.parametrize("status", [201, 302, 404])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_17_the_right_words_with_the_wrong_status_are_not_believed(city, platform, session, endpoint, status):
    platform.statuses[endpoint] = status
    client = city.client()
    left = leave(client)[1]
    if left.status_code == 303:
        left = log_in(city, platform)
    assert left.status_code in (400, 503)
    assert citizens(session) == 0


def test_every_call_has_a_time_limit_and_follows_no_redirect(city, platform):
    limits = []

    class Watched(WsgiAdapter):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            limits.append(options["timeout"])
            return super().send(request, **options)

    mount(city, Watched(platform.app))
    platform.metadata = {"pushed_authorization_request_endpoint": f"{platform.issuer}/par"}
    client = city.client()
    _, left = leave(client)
    assert left.status_code == 303
    city.app.extensions[views.EXTENSION].platform.call("GET", f"{platform.issuer}/userinfo_endpoint")
    assert limits == [wire.TIMEOUT_SECONDS] * 4


def test_a_body_that_trickles_is_given_up(city, moments):
    class Trickle(BaseAdapter):
        def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
            answer = requests.Response()
            answer.status_code = 200
            answer.raw = SimpleNamespace(read1=self._part, close=lambda: None)
            return answer

        def _part(self, *_: Any, **__: Any) -> bytes:
            moments.append(moments[-1] + 1)
            return b" "

        def close(self) -> None:
            """Nothing was opened."""

    mount(city, Trickle())
    assert leave(city.client())[1].status_code == 503
    assert moments[-1] - moments[0] == wire.BODY_SECONDS + 1


def test_after_failures_in_a_row_the_platform_is_left_alone_for_a_while(city, moments):
    mount(city, away := Counting())
    for _ in range(circuit.FAILURES_MOST + 3):
        assert leave(city.client())[1].status_code == 503
    assert away.asked == circuit.FAILURES_MOST
    moments.append(moments[-1] + circuit.REST_SECONDS)
    for _ in range(3):
        assert leave(city.client())[1].status_code == 503
    assert away.asked == circuit.FAILURES_MOST + 1


def test_when_it_is_back_everyone_logs_in_again(city, platform, moments, session):
    platform.answers = dict.fromkeys(ENDPOINTS, Response("oops", 503))
    for _ in range(circuit.FAILURES_MOST + 1):
        assert leave(city.client())[1].status_code == 503
    platform.answers = {}
    assert leave(city.client())[1].status_code == 503
    moments.append(moments[-1] + circuit.REST_SECONDS)
    assert [log_in(city, platform).status_code for _ in range(5)] == [303] * 5
    assert citizens(session) == 1


def test_a_refusal_is_no_outage(city, platform, moments, session):
    platform.answers["token_endpoint"] = Response('{"error": "invalid_grant"}', 400)
    for _ in range(circuit.FAILURES_MOST + 1):
        assert log_in(city, platform).status_code == 400
    platform.answers.clear()
    assert log_in(city, platform).status_code == 303


BLOCKED = Response("<html>Blocked by the firewall</html>", 403, mimetype="text/html")


def test_22_whoever_sends_strange_codes_keeps_no_one_else_from_logging_in(city, platform, moments, session):
    """A code is what its sender likes it to be; what stands before the platform answers some with a page of its own."""
    platform.answers["token_endpoint"] = BLOCKED
    for _ in range(circuit.FAILURES_MOST + 1):
        assert log_in(city, platform, code="' or 1=1 --").status_code == 400
    platform.answers.clear()
    assert log_in(city, platform).status_code == 303


@pytest.mark.parametrize("code", ["", "\0", "码", "a\nb", "x" * 3000 + "\x7f"])
def test_17_what_is_no_code_is_not_sent_on(city, platform, code):
    assert log_in(city, platform, code=code).status_code == 400
    assert "token_endpoint" not in [asked.endpoint for asked in platform.asked]


def test_22_a_platform_that_asks_us_to_slow_down_is_away_and_no_one_failed_to_log_in(city, platform, moments):
    limit(city.app, failed_login_subject="1/10minute")
    client = city.client()
    for _ in range(2):
        platform.answers["token_endpoint"] = Response('{"error": "slow_down"}', 429)
        assert come_back(client, platform, visit(client)[1]).status_code == 503
    platform.answers.clear()
    assert come_back(client, platform, visit(client)[1]).status_code == 303


def test_22_a_login_that_the_platform_would_not_begin_is_no_failure_of_its_person(city, platform):
    limit(city.app, failed_login_subject="1/10minute", failed_login_address="1/10minute")
    platform.metadata = {"issuer": "https://evil.example"}
    client = city.client()
    assert [leave(client)[1].status_code for _ in range(3)] == [400] * 3


def test_the_platform_leaves_no_cookie_with_us_which_the_next_citizens_login_would_carry(city, platform):
    platform.metadata = {"pushed_authorization_request_endpoint": f"{platform.issuer}/par"}
    platform.app.after_request(lambda answer: answer.set_cookie("session", "of-lin") or answer)
    leave(city.client())
    leave(city.client())
    assert len(platform.asked) == 4
    assert not [asked for asked in platform.asked if "Cookie" in asked.headers]


def test_who_waits_for_another_to_read_the_metadata_does_not_wait_long(city, platform, monkeypatch):
    monkeypatch.setattr(wire, "WAIT_SECONDS", 0.01)
    known: Platform = city.app.extensions[views.EXTENSION].platform
    with known._lock:
        assert leave(city.client())[1].status_code == 503
    assert leave(city.client())[1].status_code == 303


class Hanging(WsgiAdapter):
    """A platform that takes every request and answers none before it is let go."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.let_go = threading.Event()
        self.arrived = threading.Semaphore(0)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.arrived.release()
        assert self.let_go.wait(60)
        return super().send(request, **options)


def test_a_platform_that_hangs_holds_half_the_threads_of_a_process_and_no_more(real_app, tmp_path, monkeypatch):
    monkeypatch.setattr(circuit, "WAIT_SECONDS", 0.01)
    with real_app.extensions[EXTENSION].sessions() as session:
        city = build_city(real_app, session, tmp_path)
    platform = take_over(city)
    platform.metadata = {"pushed_authorization_request_endpoint": f"{platform.issuer}/par"}
    assert leave(city.client())[1].status_code == 303
    hanging = Hanging(platform.app)
    city.app.extensions[views.EXTENSION].platform.http.mount(platform.issuer, hanging)
    with ThreadPoolExecutor(8) as threads:
        held = [threads.submit(leave, city.client()) for _ in range(circuit.AT_ONCE)]
        for _ in held:
            assert hanging.arrived.acquire(timeout=60)
        others = [threads.submit(leave, city.client()) for _ in range(8)]
        assert [other.result()[1].status_code for other in others] == [503] * 8
        assert not any(one.done() for one in held)
        assert city.client().http.get(f"{city.base_url}/healthz").status_code == 200
        hanging.let_go.set()
        assert [one.result()[1].status_code for one in held] == [303] * circuit.AT_ONCE

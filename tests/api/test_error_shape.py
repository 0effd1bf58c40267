"""One shape of errors (RFC 9457, api.md): whatever goes wrong, wherever it goes wrong."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.test import TestResponse

from app.web.errors import PROBLEMS
from tests.support.operations import OPERATIONS
from tests.support.people import id_number

SECRET = id_number(7)
ALWAYS = {"type", "title", "status", "detail", "code", "request_id", "retryable"}


def test_every_problem_has_the_same_members(client: FlaskClient) -> None:
    for answer in some_problems(client):
        assert answer.mimetype == "application/problem+json"
        body: dict[str, Any] = answer.json or {}
        assert ALWAYS <= set(body) <= {*ALWAYS, "errors", "allowed_actions"}
        assert (body["status"], PROBLEMS[body["code"]].status) == (answer.status_code, answer.status_code)
        assert body["request_id"] == answer.headers["X-Request-Id"]
        assert answer.headers["Cache-Control"] == "no-store"


def some_problems(client: FlaskClient) -> list[TestResponse]:
    return [
        client.get("/nowhere"),
        client.get("/citizen/v1/nowhere"),
        client.get("/citizen/v1/home"),
        client.patch("/citizen/v1/home"),
        client.get("/partner/v1/time?now=1"),
        client.post("/partner/v1/counter-devices", data="{", content_type="application/json"),
        client.post("/partner/v1/counter-devices", json={}),
    ]


def test_its_type_opens_to_a_page_that_people_can_read(client: FlaskClient) -> None:
    for code in PROBLEMS:
        page = client.get(f"/problems/{code}", headers={"Accept-Language": "en"})
        assert page.status_code == 200, code
        assert PROBLEMS[code].title_en.split("{")[0] in page.get_data(as_text=True).replace("&#39;", "'"), code
    said = client.get("/citizen/v1/home").json or {}
    assert re.fullmatch(r"https?://[^/]+/problems/invalid-token", said["type"])


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("zh-CN", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
        ("zh-TW;q=1", "zh-CN"),
    ],
)
def test_its_words_follow_the_language_and_its_code_does_not(client: FlaskClient, asked: str, given: str) -> None:
    answer = client.get("/citizen/v1/home", headers={"Accept-Language": asked})
    known = PROBLEMS["invalid-token"]
    assert answer.headers["Content-Language"] == given
    assert answer.json is not None
    assert answer.json["title"] == (known.title_en if given == "en" else known.title_zh)
    assert answer.json["code"] == "invalid-token"


def test_a_request_id_is_kept_where_it_is_one(client: FlaskClient) -> None:
    assert client.get("/nowhere", headers={"X-Request-Id": "abc-12345"}).headers["X-Request-Id"] == "abc-12345"
    assert client.get("/nowhere", headers={"X-Request-Id": "a b\tc"}).headers["X-Request-Id"].startswith("req_")


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (RuntimeError(f"secret {SECRET}"), "internal-error", 500),
        (ValueError(f"A string literal cannot contain {SECRET}"), "internal-error", 500),
        (OperationalError("select 1", {"id": SECRET}, RuntimeError(SECRET)), "temporarily-unavailable", 503),
        (NoConnectionFree("QueuePool limit of size 8 overflow 4 reached"), "temporarily-unavailable", 503),
    ],
)  # fmt: skip
def test_our_own_fault_tells_nothing_but_its_number(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: Exception,
    code: str,
    status: int,
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setitem(app.view_functions, "pages.landing", fall)
    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().get("/")
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype, (answer.json or {})["code"]) == (
        status,
        "application/problem+json",
        code,
    )
    assert not [word for word in (SECRET, "Traceback", "select", "RuntimeError", ".py") if word in text]
    assert (answer.json or {})["retryable"] is True
    assert (status == 503) == ("Retry-After" in answer.headers)
    assert type(fault).__name__ in caplog.text or status == 503
    assert SECRET not in caplog.text


def test_a_database_that_is_away_is_a_503_to_those_who_bring_a_proof_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("select 1", {}, RuntimeError("away"))

    monkeypatch.setitem(app.view_functions, "pages.landing", away)
    monkeypatch.setattr("auth.nonces.current", away)
    answer = app.test_client().get("/", headers={"DPoP": "a proof"})
    assert (answer.status_code, (answer.json or {})["code"]) == (503, "temporarily-unavailable")


def test_no_answer_of_any_route_is_a_5xx_without_a_token(client: FlaskClient) -> None:
    for operation in OPERATIONS:
        answer = client.open(operation.url, method=operation.method)
        assert answer.status_code < 500, operation.id


@pytest.mark.parametrize("path", ["/%00", "/a/../../b", "/%2e%2e/", "/citizen/v1/", "/.git/config", "/%ff"])
def test_a_path_that_is_none_is_a_404(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")

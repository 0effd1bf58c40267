"""Requests at the edge of HTTP and JSON: refused as what they are, or without effect; never a failure of ours."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support import ledger
from tests.support.everything import Everything, make_everything
from tests.support.operations import AUDIENCES, OPERATIONS

ENROLMENT = "/citizen/v1/enrolment"


@pytest.fixture
def everything(app: Flask, session: Session) -> Everything:
    return make_everything(app, session)


@pytest.fixture
def citizen(everything: Everything) -> Any:
    return everything.callers["citizen"]


def code(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json", answer.data[:200]
    return answer.status_code, answer.json["code"]


STRANGE_JSON = [
    ('{"notice_version": ' + "9" * 5000 + "}", (400, "malformed-request")),
    ('{"notice_version": ' + "[" * 50_000 + "}", (400, "malformed-request")),
    ('{"notice_version": ' + "[" * 900 + "]" * 900 + "}", (400, "malformed-request")),
    ('{"notice_version": 1e999}', (422, "validation")),
    ('{"notice_version": NaN}', (422, "validation")),
    ('{"notice_version": "1", "notice_version": 5}', (422, "validation")),
    ('{"notice_version": "\\u0000"}', (422, "validation")),
    ('{"notice_version": "\\ud800"}', (422, "validation")),
    ('\ufeff{"notice_version": "1"}', (400, "malformed-request")),
    ("[" + '{"a":1},' * 20_000 + "{}]", (422, "validation")),
]


def test_json_that_is_endless_deep_or_strange_is_refused(citizen: Any) -> None:
    for body, expected in STRANGE_JSON:
        answer = citizen.post(ENROLMENT, data=body.encode(), content_type="application/json")
        assert code(answer) == expected, body[:60]


def test_a_form_of_another_site_changes_nothing(citizen: Any, session: Session) -> None:
    """A browser sends these without asking first (cross-site request forgery); JSON it does not."""
    before = ledger.rows(session)
    for media in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = citizen.post("/citizen/v1/score/simulations", data=b'{"changes": []}', content_type=media)
        assert code(answer) == (415, "unsupported-media-type"), media
    assert ledger.rows(session) == before


def test_a_query_parameter_that_comes_twice_is_refused(citizen: Any) -> None:
    repeated = {"code": "repeated", "detail": "This query parameter came twice."}
    for query in ("limit=1&limit=2", "cursor=eA%3D%3D&cursor=eQ%3D%3D"):
        answer = citizen.get("/citizen/v1/orders?" + query)
        assert code(answer) == (422, "validation")
        assert answer.json["errors"] == [{"pointer": "/" + query.split("=")[0], **repeated}]


def test_no_header_changes_the_method(citizen: Any, session: Session) -> None:
    before = ledger.rows(session)
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert citizen.get(ENROLMENT, headers={header: "DELETE"}).status_code == 200
    assert citizen.get(ENROLMENT + "?_method=DELETE").status_code == 422
    after = ledger.rows(session)
    assert {table for table in after if after[table] < before[table]} == set()


def test_head_is_guarded_as_get_is_and_options_and_trace_tell_nothing(app: Flask) -> None:
    client = app.test_client()
    for operation in OPERATIONS:
        if operation.guarded:
            assert operation.method != "GET" or client.head(operation.url).status_code == 401, operation.id
            asked, traced = client.options(operation.url), client.open(operation.url, method="TRACE")
            assert (asked.data, traced.status_code) == (b"", 405), operation.id
            assert not {"Access-Control-Allow-Origin", "Set-Cookie"} & set(asked.headers), operation.id


def test_two_authorization_headers_are_none(citizen: Any) -> None:
    headers = [("Authorization", f"DPoP {citizen.token}"), ("Authorization", "DPoP x"), ("DPoP", "x")]
    assert code(citizen.client.get("/citizen/v1/home", headers=headers)) == (401, "invalid-token")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}])
def test_no_host_header_gets_into_an_answer(app: Flask, headers: dict[str, str]) -> None:
    """What is linked to in an answer is ours, whoever asked for whom."""
    client = app.test_client()
    known = ("/citizen/v1/home", "/oauth/authorize", "/.well-known/openid-configuration", "/app")
    for path in (*known, "/nothing", "/oauth//jwks", "/app/", "//evil/app", "/citizen//v1/home"):
        answer = client.get(path, headers=headers)
        assert b"evil.example" not in answer.data, path
        assert "evil.example" not in str(answer.headers), path
        assert "Location" not in answer.headers, path


@pytest.mark.parametrize("path", ["..%2f..%2fconfig.py", "%2e%2e/%2e%2e/config.py", "....//config.py", "%00", "a%0ab"])
def test_static_files_are_those_that_are_there(app: Flask, path: str) -> None:
    folder = str(app.static_url_path)
    assert app.test_client().get(f"{folder}/{path}").status_code == 404


def named(everything: Everything, name: str) -> TestResponse:
    """The answer to the proposal of a new partner of this name."""
    body = {"name_zh": name, "name_en": "Shop", "scenarios": ["xm-bike-rental"]}
    answer: TestResponse = everything.callers["operator"].post("/operator/v1/partners", json=body)
    return answer


def test_a_name_that_shows_as_another_is_refused(everything: Everything) -> None:
    for name in ("\u202e店商", "a\u2066b", "a\u0085b", "a\u2028b", "a\x00b", "a\nb"):
        answer = named(everything, name)
        assert code(answer) == (422, "validation")
        assert answer.json["errors"][0]["pointer"] == "/name_zh"


def test_a_name_of_any_other_kind_comes_back_as_it_was(everything: Everything) -> None:
    for name in ("👩‍🚒🏳️‍🌈", "林\u3000小满", "'; drop table partners; --", "100%_", "<script>alert(1)</script>"):
        answer = named(everything, name)
        assert (answer.status_code, answer.json["data"]["name_zh"]) == (202, name)


def test_no_header_and_no_path_writes_lines_into_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    evil = "x%0a2026-11-20 INFO operator logged in"
    headers = {"User-Agent": "evil agent", "X-Request-Id": "evil id", "Accept-Language": "evil-language"}
    client = app.test_client()
    for path in (f"/problems/{evil}", f"/oauth/login/callback?error={evil}&state={evil}", f"/app?{evil}", f"/{evil}"):
        client.get(path, headers=headers)
    assert caplog.messages
    assert not [line for line in caplog.messages if "\n2026" in line or "operator logged in" in line or "evil" in line]


def test_what_is_personal_is_not_stored_and_not_sniffed(everything: Everything) -> None:
    """On every guarded route, whatever it answers (docs/security.md, line 25)."""
    for operation in OPERATIONS:
        if operation.guarded and operation.method == "GET" and operation.audience in AUDIENCES:
            public = {"item": "administrative_penalty_general", "version": 1, "day": "2026-11-20"}
            path = operation.path.format(**everything.ids, **public)
            answer = everything.callers[operation.audience].get(path)
            assert answer.headers["Cache-Control"] == "no-store", operation.id
            assert answer.headers["X-Content-Type-Options"] == "nosniff", operation.id
            assert answer.mimetype != "text/html", operation.id

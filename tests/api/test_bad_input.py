"""Bad input, for every route of openapi.yaml: a problem document that names the fault, and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.errors import PROBLEMS
from tests.support import ledger
from tests.support.callers import TestCaller
from tests.support.hostile import Fault, faults, texts
from tests.support.operations import OPERATIONS, SPEC, Operation

JSON = "application/json"
WITH_BODY = [operation for operation in OPERATIONS if operation.schema is not None]
WITH_QUERY = [operation for operation in OPERATIONS if operation.query]
MALFORMED = ('{"a": ', "{]", " ", "\x00", '{"a": 1}}', "[" * 2000 + "]" * 2000, '{"a":' * 500 + "1" + "}" * 500)
NOT_AN_OBJECT = ("[]", '"x"', "5", "null", "true", "NaN")
OTHER_TYPES = ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "", "json")
WRONG_QUERY = ("", "x" * 5000, "-1", "0", "101", "1e3", "NaN", "9" * 40, "%00", "%ff", "%F0%9F%98%80", "a&{0}=b")


def by_id(operation: Operation) -> str:
    return operation.id


@pytest.fixture
def unchanged(session: Session) -> Iterator[None]:
    """The tables hold after the test what they held before."""
    before = ledger.rows(session)
    yield
    assert ledger.rows(session) == before


@pytest.fixture
def caller(app: Flask, session: Session, callers: dict[str, TestCaller]) -> Callable[[Operation], TestCaller]:
    return lambda operation: callers[operation.audience]


def refused(answer: TestResponse, *codes: str) -> bool:
    """Whether it is a 4xx problem document whose code is documented (and one of `codes`)."""
    if not 400 <= answer.status_code < 500 or answer.mimetype != "application/problem+json" or answer.json is None:
        return False
    code = answer.json["code"]
    return code in PROBLEMS and PROBLEMS[code].status == answer.status_code and (not codes or code in codes)


def names(answer: TestResponse, pointer: str) -> bool:
    """Whether the problem names the field, or one inside it."""
    errors = (answer.json or {}).get("errors", [])
    return any(error["pointer"] == pointer or error["pointer"].startswith(f"{pointer}/") for error in errors)


def said(answer: TestResponse) -> str:
    return f"{answer.status_code} {answer.get_data(as_text=True)[:160]}"


@pytest.mark.parametrize("operation", WITH_BODY, ids=by_id)
def test_each_wrong_field_is_named(operation: Operation, caller: Any, unchanged: None) -> None:
    strange = []
    for fault in faults(SPEC, operation.schema or {}):
        answer = caller(operation).request(operation.method, operation.url, data=_json(fault), content_type=JSON)
        if not (refused(answer, "validation") and names(answer, fault.pointer)):
            strange.append(f"{fault.pointer} {fault.what}: {said(answer)}")
    assert not strange, "\n".join(strange)


def _json(fault: Fault) -> str:
    return json.dumps(fault.body)


@pytest.mark.parametrize("operation", WITH_BODY, ids=by_id)
def test_a_body_that_is_no_json_object_is_refused(operation: Operation, caller: Any, unchanged: None) -> None:
    strange = []
    for raw in (*MALFORMED, *NOT_AN_OBJECT, b"\xff\xfe{", b'{"a": "\xff"}', b"\x1f\x8b\x08\x00"):
        answer = caller(operation).request(operation.method, operation.url, data=raw, content_type=JSON)
        if not refused(answer, "malformed-request", "validation", "unsupported-media-type"):
            strange.append(f"{raw[:20]!r}: {said(answer)}")
    assert not strange, "\n".join(strange)


@pytest.mark.parametrize("operation", [one for one in WITH_BODY if one.body_required], ids=by_id)
def test_no_body_at_all_is_refused(operation: Operation, caller: Any, unchanged: None) -> None:
    answer = caller(operation).request(operation.method, operation.url)
    assert refused(answer, "validation"), said(answer)


@pytest.mark.parametrize("operation", WITH_BODY, ids=by_id)
def test_another_media_type_is_refused(operation: Operation, caller: Any, unchanged: None) -> None:
    for media in OTHER_TYPES:
        answer = caller(operation).request(operation.method, operation.url, data='{"a": 1}', content_type=media)
        assert refused(answer, "unsupported-media-type"), (media, said(answer))


@pytest.mark.parametrize("operation", WITH_BODY, ids=by_id)
def test_an_oversized_body_is_refused_unread(operation: Operation, caller: Any, unchanged: None) -> None:
    body = json.dumps({"a": "x" * 2_000_000})
    answer = caller(operation).request(operation.method, operation.url, data=body, content_type=JSON)
    assert refused(answer, "body-too-large"), said(answer)


@pytest.mark.parametrize("operation", WITH_BODY, ids=by_id)
def test_no_text_makes_it_fall_over(operation: Operation, caller: Any) -> None:
    for fault in texts(SPEC, operation.schema or {}):
        answer = caller(operation).request(operation.method, operation.url, data=_json(fault), content_type=JSON)
        assert answer.status_code < 400 or refused(answer), (fault.pointer, fault.body, said(answer))


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if not one.page and not one.protocol], ids=by_id)
def test_an_unknown_query_parameter_is_refused(operation: Operation, caller: Any, unchanged: None) -> None:
    url = f"{operation.url}?no_such=1"
    answer = caller(operation).request(operation.method, url, data=operation.example(), content_type=JSON)
    assert refused(answer, "validation"), said(answer)
    assert names(answer, "/no_such"), said(answer)


@pytest.mark.parametrize("operation", WITH_QUERY, ids=by_id)
def test_a_wrong_query_parameter_is_refused(operation: Operation, caller: Any, unchanged: None) -> None:
    strange = []
    for name in operation.query:
        for value in WRONG_QUERY:
            url = f"{operation.url}?{name}={value.format(name)}"
            answer = caller(operation).request(operation.method, url)
            if not refused(answer) and not (answer.status_code == 200 and operation.takes_any_text(name)):
                strange.append(f"{url[:80]}: {said(answer)}")
    assert not strange, "\n".join(strange)


HOSTILE_IDS = (
    "nobody", "x" * 10_000, "..%2F..%2Fetc%2Fpasswd", "%00", "ord_%00", "%0D%0AX-Evil:%201", "%FF%FE", "%F0%9F%98%80",
    "长" * 300, "'%20or%201=1--", "%25s%25n", "${jndi}", "-1", "ord_" + "0" * 32, "%E2%80%AE", " ",
)  # fmt: skip


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.ids and not one.protocol], ids=by_id)
def test_an_id_of_nothing_is_a_404(operation: Operation, caller: Any, unchanged: None) -> None:
    strange = []
    for value in HOSTILE_IDS:
        url = operation.with_id(value)
        answer = caller(operation).request(operation.method, url, data=operation.example(), content_type=JSON)
        if not refused(answer) and not operation.page and answer.status_code not in operation.ok_for_nothing:
            strange.append(f"{value[:30]}: {said(answer)}")
        if operation.page and answer.status_code not in (404, 422):
            strange.append(f"{value[:30]}: {said(answer)}")
    assert not strange, "\n".join(strange)

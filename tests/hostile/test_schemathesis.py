"""Schemathesis over all of openapi.yaml, with a live token of each role: nothing undocumented, nothing of ours fails.

XINYI_FUZZ_EXAMPLES is how many requests each operation gets of those that fit the document, and of those that do not
(`make fuzz` sends many). The ids are those of real objects in every second request. What a request does is undone
before the next, so each is answered by the same city, and the same requests are sent in every run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.support.everything import Everything, make_everything
from tests.support.identity import City
from tests.support.oauth import credentials, log_in
from tests.support.operations import AUDIENCES, SPEC

EXAMPLES = int(os.environ.get("XINYI_FUZZ_EXAMPLES", "5"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OURS_ALONE = frozenset({"authorization", "dpop", "user-agent", "accept-encoding", "connection"})
"""Headers that the caller sets, or that say nothing."""
FUZZ = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SCHEMA = schemathesis.openapi.from_dict(SPEC)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
Send = Callable[[Case], Any]


@pytest.fixture(autouse=True)
def _compared_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemathesis compares each answer with the document; the tests' client need not do so as well."""
    monkeypatch.setattr(app, "test_client_class", FlaskClient)
    monkeypatch.setattr(SCHEMA, "app", app)


def audience_of(path: str) -> str:
    start = path.split("/")[1]
    return start if start in (*AUDIENCES, "oauth", ".well-known") else "anyone"


def faults(operation: Any, mode: GenerationMode, send: Send, connection: Connection, examples: int) -> list[str]:
    """What is wrong with the first bad answer to the requests of a mode, or nothing."""

    @settings(FUZZ, max_examples=examples)
    @given(operation.as_strategy(generation_mode=mode))
    def answered(case: Case) -> None:
        with connection.begin_nested() as undone:
            answer = send(case)
            undone.rollback()
        case.validate_response(answer, checks=CHECKS)

    try:
        answered()
    except FailureGroup as found:
        return [f"{operation.label}: {found}"]
    return []


def has_input(operation: Any) -> bool:
    """Whether it can be asked wrongly; an id of a path is any text."""
    headers = [header for header in operation.headers if header.name != "Xinyi-Version"]  # any text is one, or a 400
    body = [one for one in operation.body if not one.media_type.startswith("image/")]  # any bytes fit the document
    return bool(body or operation.query or headers)


def request_of(case: Case) -> dict[str, Any]:
    """A generated request as werkzeug's client takes it; `path` is encoded."""
    made = case.as_transport_kwargs(base_url="http://localhost")
    headers = {name: value for name, value in made["headers"].items() if name.lower() not in OURS_ALONE}
    body = {name: made[name] for name in ("json", "data") if made.get(name) is not None}
    return {"path": made["path"], "headers": headers, "query_string": made["query_string"], **body}


def with_token(everything: Everything, role: str) -> Send:
    """Send with the role's token and proof; every second request speaks of objects that are there."""
    caller, count = everything.callers[role], iter(range(10**9))

    def real(values: Any) -> Any:
        known = {name: value for name, value in everything.ids.items() if isinstance(values, dict) and name in values}
        return {**values, **known} if known else values

    def send(case: Case) -> Any:
        if next(count) % 2:
            case.path_parameters = real(case.path_parameters)
            case.body = real(case.body)
        made = request_of(case)
        return caller.request(case.method, made.pop("path"), **made)

    return send


def all_faults(
    send: Send,
    connection: Connection,
    wanted: Callable[[str], bool],
    modes: Sequence[GenerationMode] = tuple(GenerationMode),
    examples: int = EXAMPLES,
) -> list[str]:
    """Those of every operation of the audiences that are `wanted`."""
    operations = [operation for operation in OPERATIONS if wanted(audience_of(operation.path))]
    assert operations
    return [
        fault
        for operation in operations
        for mode in modes
        if mode.is_positive or has_input(operation)
        for fault in faults(operation, mode, send, connection, examples)
    ]


@pytest.mark.parametrize("role", [*AUDIENCES, "anyone"])
def test_every_answer_is_a_documented_one(app: Flask, session: Session, connection: Connection, role: str) -> None:
    send = with_token(make_everything(app, session), role)
    assert all_faults(send, connection, lambda audience: audience == role) == []


@pytest.mark.parametrize("role", [*AUDIENCES, "counter", "anyone"])
def test_every_role_gets_a_documented_answer_everywhere(
    app: Flask, session: Session, connection: Connection, role: str
) -> None:
    send = with_token(make_everything(app, session), role)
    fitting = [GenerationMode.POSITIVE]
    assert all_faults(send, connection, lambda audience: audience != role, fitting, max(1, EXAMPLES // 5)) == []


def waiting_consent(city: City) -> tuple[str, str, dict[str, str]]:
    """A consent page that waits for an answer: the request's id, the browser's cookie, the form's fields."""
    client = city.partner()
    page = log_in(client)
    form = page.form_with("decision")
    assert form is not None
    cookie = "; ".join(f"{one.name}={one.value}" for one in client.http.cookies)
    return page.url.rpartition("/")[2], cookie, form.fields


def test_oauth_answers_as_documented_to_clients_who_prove_themselves(city: City, connection: Connection) -> None:
    """And to a browser in the middle of a login."""
    clients, count = [city.partner(), city.client()], iter(range(10**9))
    request_id, cookie, fields = waiting_consent(city)

    def send(case: Case) -> Any:
        client = clients[next(count) % 2]
        if "request_id" in (case.path_parameters or {}):
            case.path_parameters = {"request_id": request_id}
        made = request_of(case)
        sent = made.get("data")
        made["data"] = {**(sent if isinstance(sent, dict) else {}), **credentials(client), **fields}
        made["headers"] |= {"DPoP": client.proof(case.method, city.base_url + case.formatted_path), "Cookie": cookie}
        browser = city.app.test_client(use_cookies=False)
        return browser.open(method=case.method, base_url=city.base_url, **made)

    assert all_faults(send, connection, lambda audience: audience == "oauth") == []

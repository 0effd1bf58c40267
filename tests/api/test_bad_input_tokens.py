"""Wrong tokens, wrong methods, wrong headers, for every route of openapi.yaml."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey

from app.web.errors import PROBLEMS
from auth import dpop, nonces
from tests.support.operations import OPERATIONS, Operation

GUARDED = [operation for operation in OPERATIONS if operation.guarded]
PATHS = sorted({operation.path for operation in OPERATIONS})
STRANGE_HEADERS = (
    {
        "Accept-Language": "\xff",
        "X-Request-Id": "x" * 5000,
        "If-None-Match": '"',
        "Accept": "application/xml",
        "Accept-Encoding": "br;q=x, gzip;q=-1",
        "X-Forwarded-For": "127.0.0.1, ::1",
        "Range": "bytes=0-0,5-2",
    },
    {
        "Accept-Language": "*;q=banana, en-" + "x" * 300,
        "X-Request-Id": "é, a b",
        "If-None-Match": 'W/"' + "x" * 5000,
        "Accept": "x" * 5000,
        "Accept-Encoding": "identity;q=0, *;q=0",
        "X-Forwarded-For": "x" * 5000,
        "Range": "x",
    },
)


def proof(caller: Any, operation: Operation, key: ECKey | None = None, token: str | None = None) -> str:
    return dpop.prove(
        key or caller.key,
        method=operation.method,
        url=caller.kit.settings.base_url + operation.url,
        now=caller.kit.clock(),
        jti=uuid.uuid4().hex,
        access_token=caller.token if token is None else token,
        nonce=nonces.current(caller.kit.pii, caller.kit.clock()),
    )


def tries(caller: Any, operation: Operation) -> dict[str, dict[str, str]]:
    """Headers that must not open the door, by what is wrong with them."""
    good, stranger = caller.token, ECKey.generate_key("P-256")
    header, payload, signature = good.split(".")
    return {
        "none": {"Authorization": "", "DPoP": ""},
        "bearer": {"Authorization": f"Bearer {good}", "DPoP": proof(caller, operation)},
        "basic": {"Authorization": "Basic YTpi"},
        "garbage": {"Authorization": "DPoP \xff\xfe"},
        "ten kilobytes": {"Authorization": f"DPoP {'x' * 10_000}"},
        "three dots": {"Authorization": "DPoP ..."},
        "broken signature": {"Authorization": f"DPoP {header}.{payload}.{signature[::-1]}"},
        "no signature": {"Authorization": f"DPoP {header}.{payload}."},
        "no proof": {"Authorization": f"DPoP {good}", "DPoP": ""},
        "garbage proof": {"Authorization": f"DPoP {good}", "DPoP": "x.y.z"},
        "another's key": {"Authorization": f"DPoP {good}", "DPoP": proof(caller, operation, stranger)},
        "another token's proof": {"Authorization": f"DPoP {good}", "DPoP": proof(caller, operation, token="other")},
    }


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.id)
def test_a_wrong_token_opens_nothing(operation: Operation, callers: dict[str, Any]) -> None:
    caller = callers["citizen" if operation.audience == "anyone" else operation.audience]
    strange = {}
    for what, headers in tries(caller, operation).items():
        answer = caller.request(operation.method, operation.url, headers=headers, data=operation.example())
        if answer.status_code != 401 or not answer.headers.get("WWW-Authenticate", "").startswith("DPoP "):
            strange[what] = answer.status
        elif answer.json is None or answer.json["code"] not in ("invalid-token", "invalid-dpop-proof"):
            strange[what] = answer.get_data(as_text=True)[:100]
    assert not strange


def test_an_expired_token_opens_nothing(callers: dict[str, Any], clock: Any) -> None:
    clock.advance(minutes=10, seconds=61)
    for operation in GUARDED:
        caller = callers["citizen" if operation.audience == "anyone" else operation.audience]
        answer = caller.request(operation.method, operation.url, data=operation.example())
        assert answer.status_code == 401, operation.id
        assert answer.json["code"] == "invalid-token", operation.id


def test_a_proof_opens_once(callers: dict[str, Any]) -> None:
    """Whatever the route answers the first time, the second time is a 401."""
    for operation in GUARDED:
        caller = callers["citizen" if operation.audience == "anyone" else operation.audience]
        headers = {"DPoP": proof(caller, operation)}
        first = caller.request(operation.method, operation.url, headers=headers, data="{")
        second = caller.request(operation.method, operation.url, headers=headers, data="{")
        assert (first.status_code != 401, second.status_code) == (True, 401), operation.id


@pytest.mark.parametrize("path", PATHS)
def test_another_method_is_a_405_that_names_the_right_ones(path: str, client: FlaskClient) -> None:
    taken = {operation.method for operation in OPERATIONS if operation.path == path}
    url = next(operation.url for operation in OPERATIONS if operation.path == path)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - taken:
        answer = client.open(url, method=method, data="{", content_type="application/json")
        assert answer.status_code == 405, (method, answer.status)
        assert answer.mimetype == "application/problem+json", method
        assert answer.json is not None
        assert answer.json["code"] == "method-not-allowed"
        assert taken <= {allowed.strip() for allowed in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("headers", STRANGE_HEADERS, ids=["first", "second"])
def test_strange_headers_change_no_answer(headers: dict[str, str], callers: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        if operation.method == "GET":
            usual = callers[operation.audience].request("GET", operation.url)
            answer = callers[operation.audience].request("GET", operation.url, headers=headers)
            assert answer.status_code == usual.status_code, operation.id


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "é", "你好", "a\tb"])
def test_an_idempotency_key_that_is_none_is_refused(key: str, callers: dict[str, Any], app: Flask) -> None:
    for operation in OPERATIONS:
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.said.get("parameters", [])):
            headers = {"Idempotency-Key": key.encode().decode("latin-1")}
            answer = callers[operation.audience].request(
                operation.method, operation.url, headers=headers, data="{}", content_type="application/json"
            )
            refused = "idempotency-key-missing" if operation.guarded else answer.json["code"]
            assert (answer.status_code, answer.json["code"]) == (PROBLEMS[refused].status, refused), operation.id

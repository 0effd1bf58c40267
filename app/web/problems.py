"""Answers in application/problem+json for every refusal, bad input and failure."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, g, json
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from app.domain.errors import FieldError, Refusal
from app.store.data_keys import WrongMasterSecret
from app.web.errors import PROBLEMS
from app.web.kit import kit
from app.web.texts import language

log = logging.getLogger(__name__)

_HTTP_CODES = {
    400: "bad-request",
    401: "invalid-token",
    403: "insufficient-scope",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "unsupported-media-type",
    422: "validation",
    501: "not-built",
    503: "temporarily-unavailable",
}


def problem(refusal: Refusal, headers: dict[str, str] | None = None) -> Response:
    """The problem document of a refusal (RFC 9457), in the language of the request."""
    known = PROBLEMS[refusal.code]
    lang = language()
    detail = getattr(known, f"detail_{lang}").format_map(_Params(refusal.params))
    body: dict[str, Any] = {
        "type": f"{kit().settings.base_url}/problems/{refusal.code}",
        "title": getattr(known, f"title_{lang}"),
        "status": known.status,
        "detail": detail,
        "code": refusal.code,
        "request_id": g.get("request_id", ""),
        "retryable": known.retryable,
    }
    body.update({name: refusal.params[name] for name in known.members})
    if errors := list(_errors(refusal, detail)):
        body["errors"] = errors
    if refusal.allowed_actions is not None:
        body["allowed_actions"] = list(refusal.allowed_actions)
    answer = Response(json.dumps(body), known.status, content_type="application/problem+json")
    answer.headers["Content-Language"] = {"zh": "zh-CN"}.get(lang, lang)
    if refusal.code == "temporarily-unavailable":
        answer.headers["Retry-After"] = "5"
    answer.headers.update(headers or {})
    return answer


class _Params(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def _errors(refusal: Refusal, detail: str) -> Iterable[dict[str, str]]:
    if refusal.field is not None:
        yield {"pointer": refusal.field, "code": refusal.code, "detail": detail}
    for error in refusal.errors:
        yield {"pointer": error.pointer, "code": error.code, "detail": error.detail}


def field_errors(messages: object, pointer: str = "") -> list[FieldError]:
    """marshmallow's nested messages as a flat list with JSON Pointers (RFC 6901)."""
    if isinstance(messages, dict):
        found: list[FieldError] = []
        for key, value in messages.items():
            at = pointer if key == "_schema" else f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            found += field_errors(value, at)
        return found
    if isinstance(messages, (list, tuple)):
        return [error for message in messages for error in field_errors(message, pointer)]
    return [FieldError(pointer or "/", "invalid", str(messages))]


def install(app: Flask) -> None:
    """Answer every error of this app with a problem document."""
    app.register_error_handler(Refusal, problem)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(NoConnectionFree, _database_away)
    app.register_error_handler(WrongMasterSecret, _sealed_otherwise)
    app.register_error_handler(Exception, _unexpected)


def from_http(error: HTTPException) -> Response:
    """A werkzeug or webargs error as a problem document."""
    code = _HTTP_CODES.get(error.code or 500, "bad-request" if (error.code or 500) < 500 else "internal-error")
    messages = (getattr(error, "data", None) or {}).get("messages", {})
    errors = [e for location in messages.values() for e in field_errors(location)] if messages else []
    refusal = getattr(error, "refusal", None) or Refusal(code, errors=errors)
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return problem(refusal, kept)


def _database_away(error: OperationalError | NoConnectionFree) -> Response:
    log.error("database: %s", type(getattr(error, "orig", error)).__name__)
    return problem(Refusal("temporarily-unavailable"), {"Retry-After": "5"})


def _sealed_otherwise(error: WrongMasterSecret) -> Response:
    log.error("%s", error)
    return problem(Refusal("temporarily-unavailable"), {"Retry-After": "60"})


def _unexpected(error: Exception) -> Response:
    """Where it happened and what kind it was; not its message, which may hold what the database was given."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s unexpected %s\n%s", g.get("request_id", "-"), type(error).__name__, where)
    return problem(Refusal("internal-error"))

"""The credit office in tests: operators with tokens, and what two of them do together."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.store.operators import put
from app.web.kit import EXTENSION
from tests.support.callers import TestCaller, as_operator
from tests.support.people import make_citizen

OFFICE = "/operator/v1"


def operator(app: Flask, session: Session, *roles: str, serial: int = 901, name: str = "王专员") -> TestCaller:
    """An operator at the desk; another `serial` is another person."""
    kit = app.extensions[EXTENSION]
    moment = kit.clock()
    person = make_citizen(session, kit.pii, moment, serial=serial)
    caller = as_operator(app, session, person, put(session, f"idn_{serial}", name, list(roles), moment))
    session.commit()
    return caller


def both(one: TestCaller, other: TestCaller, path: str, body: dict[str, Any] | None = None) -> TestResponse:
    """`one` proposes by a POST to a risky route, `other` approves; the answer to the approval."""
    asked = one.post(OFFICE + path, json=body or {})
    assert asked.status_code in (201, 202), asked.json
    return other.post(f"{OFFICE}/approvals/{asked.json['id']}/approve", json={})

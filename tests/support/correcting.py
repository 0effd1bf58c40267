"""Corrections in tests: a member with records who asks, and the office that answers."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.cli.worker import Worker
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member

MINE, DESK = "/citizen/v1/corrections", "/operator/v1/corrections"
ZH = {"Accept-Language": "zh-CN"}


def member_with_records(app: Flask, session: Session, kit: Kit) -> TestCaller:
    """A member with a volunteer's record V-1 and a penalty P-1."""
    citizen_id = make_member(session, kit)
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
    file_rows(session, kit, "transport", a_penalty("P-1", days_ago(kit), serious=True))
    return as_citizen(app, session, citizen_id)


def record_of(caller: TestCaller, number: str) -> dict[str, Any]:
    """My newest record under this number of its department."""
    rows = caller.get("/citizen/v1/records").json["data"]
    found: dict[str, Any] = next(row for row in rows if row["source_record_id"] == number)
    return found


def ask(caller: TestCaller, record_id: str, field: str = "event_on", statement: str = "日期写错了") -> dict[str, Any]:
    body = {"about": "record", "record_id": record_id, "field": field, "statement": statement}
    answer = caller.post(MINE, json=body)
    assert answer.status_code == 201, answer.text
    asked: dict[str, Any] = answer.json
    return asked


def say(desk: TestCaller, correction_id: str, **said: Any) -> TestResponse:
    return desk.post(
        f"{DESK}/{correction_id}/answer", json={"outcome": "accepted", "reason": "经核实，确有错误", **said}
    )


def agreed(desk: TestCaller, second: TestCaller, kit: Kit, correction_id: str, **said: Any) -> None:
    """One operator answers so that a record changes, another agrees, the worker does it."""
    answer = say(desk, correction_id, **said)
    assert (answer.status_code, answer.json["status"]) == (200, "received"), answer.text
    approved = second.post(f"/operator/v1/approvals/{answer.json['approval_id']}/approve", json={})
    assert approved.status_code == 200, approved.text
    Worker(kit).work()


def score(caller: TestCaller) -> int:
    return int(caller.get("/citizen/v1/score").json["score"])

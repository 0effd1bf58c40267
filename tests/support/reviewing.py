"""Reviews in tests: a person who asks about a decision or an item, and the office that answers."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.cli.worker import Worker
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.checks import World

DESK = "/operator/v1/reviews"
LIBRARY = "hz-library-card"


def decided(world: World, citizen_id: str) -> tuple[TestCaller, dict[str, Any]]:
    """The citizen and a check of theirs at the library."""
    check = world.check(world.partner(LIBRARY), citizen_id, LIBRARY).json
    return as_citizen(world.app, world.session, citizen_id), check


def ask(caller: TestCaller, kind: str, subject: str, text: str = "请人工看一看") -> dict[str, Any]:
    """Ask that a person looks at a `decisions` or `records` of mine."""
    answer = caller.post(f"/citizen/v1/{kind}/{subject}/reviews", json={"text": text})
    assert answer.status_code == 201, answer.text
    asked: dict[str, Any] = answer.json
    return asked


def say(desk: TestCaller, review_id: str, outcome: str, reason: str = "看过了") -> TestResponse:
    return desk.post(f"{DESK}/{review_id}/answer", json={"outcome": outcome, "reason": reason})


def agreed(app: Flask, session: Session, kit: Kit, desk: TestCaller, second: TestCaller, review_id: str) -> None:
    """One operator changes it, another agrees, the worker does it."""
    answer = say(desk, review_id, "changed", "材料齐全，应予支持")
    assert (answer.status_code, answer.json["status"]) == (200, "received"), answer.text
    approved = second.post(f"/operator/v1/approvals/{answer.json['approval_id']}/approve", json={})
    assert approved.status_code == 200, approved.text
    Worker(kit).work()

"""A member whose score can be added up by hand, and what the white box says of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.web.kit import Kit
from tests.support.callers import TestCaller
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member


def scored_member(session: Session, kit: Kit) -> str:
    """A Xiamen member: two volunteer sessions (+6), a donation (+15), a serious penalty (-120): 501."""
    citizen_id = make_member(session, kit)
    file_rows(session, kit, "social_work", *(a_row(f"V{n}", "volunteer_service", days_ago(kit)) for n in (1, 2)))
    file_rows(session, kit, "blood_center", a_row("B1", "blood_donation", days_ago(kit)))
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit), serious=True))
    return citizen_id


def score_of(me: TestCaller, path: str = "") -> Any:
    """What `/citizen/v1/score` says, or what is below it."""
    answer = me.get("/citizen/v1/score" + path)
    assert answer.status_code == 200, answer.json
    return answer.json


def said(moved: list[dict[str, Any]]) -> list[tuple[str, int | None, list[str]]]:
    """What moved: its name, by how much, and why."""
    return [(move["name"], move.get("units"), [each["name"] for each in move["because"]]) for move in moved]

"""People who hand out cards by shake: what their phones ask, and where they stand."""

from __future__ import annotations

from typing import Any

from app.domain.coordinates import Point
from tests.support.callers import TestCaller

SHAKES = "/citizen/v1/name-card/shakes"
NAMES = "/citizen/v1/name-cards"
HERE: Point = (24.4798123, 118.0894567)
FAR: Point = (24.4898123, 118.0894567)
"""A kilometre north of HERE."""
PLAIN = {"name_kind": "masked", "fields": ["verified"]}


def north_of(point: Point, metres: float) -> Point:
    """The point so many metres further north."""
    return point[0] + metres / 111_195, point[1]


def place_at(point: Point) -> dict[str, Any]:
    """The place in a body, with the person's word that it may be used."""
    return {"latitude": point[0], "longitude": point[1], "agreed": True}


def wish(role: str, nickname: str | None = None, point: Point = HERE, **more: Any) -> dict[str, Any]:
    """The body that begins a session."""
    named = {"nickname": nickname} if nickname else {}
    return {"role": role, "place": place_at(point), **named, **more}


def begin(caller: TestCaller, role: str, nickname: str = "晓雨", point: Point = HERE, **more: Any) -> dict[str, Any]:
    """A fresh session of this person."""
    answer = caller.post(SHAKES, json=wish(role, nickname, point, **more))
    assert answer.status_code == 201, answer.json
    body: dict[str, Any] = answer.json
    return body


def look(caller: TestCaller, shake: dict[str, Any]) -> dict[str, Any]:
    """The session as it is now."""
    body: dict[str, Any] = caller.get(f"{SHAKES}/{shake['id']}").json
    return body


def confirm(caller: TestCaller, mine: dict[str, Any], other: dict[str, Any], **more: Any) -> Any:
    """The answer to saying yes to the session `other`, with the number on its screen."""
    body = {"other": other["id"], "number": other["number"], **more}
    return caller.post(f"{SHAKES}/{mine['id']}/confirm", json=body)


def hand_over(giver: TestCaller, receiver: TestCaller, **give: Any) -> dict[str, Any]:
    """A card given by shake from one to the other: the receiver's session, over."""
    given, taken = begin(giver, "give", "老师", **give), begin(receiver, "receive", "学生")
    assert confirm(receiver, taken, given).status_code == 200
    done = confirm(giver, given, taken)
    assert done.status_code == 200, done.json
    return look(receiver, taken)


def cards_of(caller: TestCaller) -> list[str]:
    """The names on the cards that this person holds."""
    return [held["card"]["display_name"] for held in caller.get(NAMES).json["data"]]


def refused(answer: Any, code: str, status: int = 409) -> bool:
    """Whether this was refused, and by this code."""
    return (answer.status_code, answer.json["code"]) == (status, code)

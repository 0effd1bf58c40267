"""Repair (NDRC Order 36 of 2025): by class and minimum term, decided by the department, gone at once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.domain.calendar import add_months
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.correcting import record_of, score
from tests.support.members import days_ago
from tests.support.remedying import SOURCE, member

MINE, THEIRS = "/citizen/v1/repairs", "/department/v1/repairs"
SAID = {"reason": "已改正", "document": "信用中国〔2026〕8号"}


@pytest.fixture
def department(app: Flask, session: Session) -> TestCaller:
    return as_department(app, session, SOURCE)


def one(app: Flask, session: Session, kit: Kit, **penalty: Any) -> TestCaller:
    return as_citizen(app, session, member(session, kit, **penalty))


def ask(me: TestCaller, number: str = "P-1") -> Any:
    return me.post(f"/citizen/v1/records/{record_of(me, number)['id']}/repairs", json={"statement": "已缴清 ✅"})


@pytest.mark.parametrize(("days", "serious", "months"), [(80, False, 3), (200, True, 12)])
def test_too_early_says_from_which_day(
    app: Flask, session: Session, kit: Kit, days: int, serious: bool, months: int
) -> None:
    me = one(app, session, kit, days=days, serious=serious)
    answer = ask(me)
    day = add_months(days_ago(kit, days), months).isoformat()
    assert (answer.status_code, answer.json["code"], answer.json["possible_from"]) == (409, "repair-too-early", day)
    remedies = me.get(f"/citizen/v1/records/{record_of(me, 'P-1')['id']}").json["remedies"]
    assert remedies["repairable_from"] == day
    assert "repair" not in remedies["allowed_actions"]


@pytest.mark.parametrize(("days", "serious"), [(100, False), (370, True)])
def test_a_repaired_record_leaves_calculation_and_display_at_once(
    app: Flask, session: Session, kit: Kit, department: TestCaller, days: int, serious: bool
) -> None:
    me = one(app, session, kit, days=days, serious=serious)
    before, record, asked = score(me), record_of(me, "P-1"), ask(me).json
    assert (asked["status"]["code"], asked["due_on"]) == ("submitted", "2026-12-10")
    assert department.get(f"{THEIRS}/{asked['id']}").json["statement"] == "已缴清 ✅"
    done = department.post(f"{THEIRS}/{asked['id']}/answer", json={"outcome": "repaired", **SAID})
    assert (done.status_code, done.json["status"]) == (200, "repaired"), done.text
    assert score(me) > before
    assert record["id"] not in [row["id"] for row in me.get("/citizen/v1/records").json["data"]]
    assert record["id"] not in me.get("/citizen/v1/score/explanation").text
    own = me.get(f"/citizen/v1/records/{record['id']}").json
    assert (own["status"]["code"], own["remedies"]["allowed_actions"]) == ("repaired", [])
    assert "repaired" in [event["kind"]["code"] for event in own["events"]]
    Worker(kit).work()
    assert "repair.repaired" in [row["kind"] for row in me.get("/citizen/v1/events").json["data"]]


def test_what_the_department_refuses_stays_and_can_be_asked_again(
    app: Flask, session: Session, kit: Kit, department: TestCaller
) -> None:
    me = one(app, session, kit)
    before, asked = score(me), ask(me).json
    assert ask(me).json["code"] == "repair-open"
    department.post(f"{THEIRS}/{asked['id']}/answer", json={"outcome": "refused", **SAID})
    mine = me.get(f"{MINE}/{asked['id']}").json
    assert (mine["status"]["code"], mine["reason"], score(me)) == ("refused", SAID["reason"], before)
    assert ask(me).status_code == 201


def test_a_notice_of_repair_is_entered_by_the_department_itself(
    app: Flask, session: Session, kit: Kit, department: TestCaller
) -> None:
    me = one(app, session, kit, days=20)
    record = record_of(me, "P-1")
    for number in ("P-1", "P-1", "no-such"):
        answer = department.post(f"/department/v1/records/{number}/repair", json=SAID)
        assert answer.status_code == 200, "whether we hold it is not told"
    own = me.get(f"/citizen/v1/records/{record['id']}").json
    assert (own["status"]["code"], own["events"][-1]["document"]) == ("repaired", SAID["document"])


def test_its_notice_grants_what_was_asked(app: Flask, session: Session, kit: Kit, department: TestCaller) -> None:
    me = one(app, session, kit)
    asked = ask(me).json
    department.post("/department/v1/records/P-1/repair", json=SAID)
    mine = me.get(f"{MINE}/{asked['id']}").json
    assert (mine["status"]["code"], mine["document"]) == ("repaired", SAID["document"])


def test_a_repaired_fact_takes_no_correction_and_no_other_remedy(
    app: Flask, session: Session, kit: Kit, department: TestCaller
) -> None:
    me = one(app, session, kit)
    record = record_of(me, "P-1")["id"]
    department.post("/department/v1/records/P-1/repair", json=SAID)
    for path, body in (
        ("disputes", {"ground": "untrue", "statement": "x"}),
        ("repairs", {"statement": "x"}),
        ("statements", {"text": "x"}),
    ):
        assert me.post(f"/citizen/v1/records/{record}/{path}", json=body).json["code"] == "record-settled"


def test_only_an_adverse_record_that_nobody_disputes_is_repaired(app: Flask, session: Session, kit: Kit) -> None:
    me = one(app, session, kit)
    assert ask(me, "V-1").json["code"] == "repair-not-needed"
    record = record_of(me, "P-1")["id"]
    me.post(f"/citizen/v1/records/{record}/disputes", json={"ground": "untrue", "statement": "x"})
    assert ask(me).json["code"] == "dispute-open"


def test_it_can_be_taken_back(app: Flask, session: Session, kit: Kit, department: TestCaller) -> None:
    me = one(app, session, kit)
    asked = ask(me).json
    for _ in range(2):
        assert me.post(f"{MINE}/{asked['id']}/withdraw").json["status"]["code"] == "retracted"
    late = department.post(f"{THEIRS}/{asked['id']}/answer", json={"outcome": "repaired", **SAID})
    assert late.json["code"] == "remedy-answered"
    assert department.get(THEIRS).json["data"] == []

"""Disputes: the citizen opens and follows, the department reads and answers, the desk takes on what is late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.store.remedies import DisputeRow
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.correcting import ZH, record_of, score
from tests.support.members import a_penalty, days_ago
from tests.support.office import operator
from tests.support.remedying import SOURCE, member

MINE, THEIRS, DESK = "/citizen/v1/disputes", "/department/v1/disputes", "/operator/v1/disputes"
SAID = {"reason": "经核实", "document": "交函〔2026〕8号"}
WORDS = {"ground": "untrue", "statement": "没有发生 🙅"}


@pytest.fixture
def me(app: Flask, session: Session, kit: Kit) -> TestCaller:
    return as_citizen(app, session, member(session, kit))


@pytest.fixture
def department(app: Flask, session: Session) -> TestCaller:
    return as_department(app, session, SOURCE, name="交通局")


def opened(me: TestCaller, **changes: Any) -> dict[str, Any]:
    answer = me.post(f"/citizen/v1/records/{record_of(me, 'P-1')['id']}/disputes", json={**WORDS, **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def answered(department: TestCaller, dispute_id: str, outcome: str, **said: Any) -> Any:
    return department.post(f"{THEIRS}/{dispute_id}/answer", json={"outcome": outcome, **SAID, **said})


def kinds(me: TestCaller) -> list[str]:
    return [row["kind"] for row in me.get("/citizen/v1/events").json["data"]]


def test_it_is_put_to_the_department_with_its_day_and_counts_for_nothing_at_once(me: TestCaller) -> None:
    before, asked = score(me), opened(me)
    assert (asked["status"]["code"], asked["due_on"], asked["allowed_actions"]) == (
        "submitted", "2026-12-10", ["withdraw"],
    )  # fmt: skip
    assert score(me) > before
    record = me.get(f"/citizen/v1/records/{asked['record_id']}").json
    assert (record["status"]["code"], record["counts"], record["remedies"]["dispute_id"]) == (
        "disputed", False, asked["id"],
    )  # fmt: skip
    assert me.get(f"{MINE}/{asked['id']}").json == asked
    assert me.get(MINE).json["data"] == [asked]


def test_what_i_write_is_encrypted_at_rest(me: TestCaller, session: Session) -> None:
    opened(me, statement="我叫司马当事人", new_evidence="司马的证据")
    row = session.scalars(select(DisputeRow)).one()
    assert row.sealed_evidence
    assert "司马".encode() not in row.sealed_statement + row.sealed_evidence


def test_its_department_finds_it_in_its_list_and_nothing_of_the_person_there(
    me: TestCaller, department: TestCaller, app: Flask, session: Session
) -> None:
    asked = opened(me)
    (row,) = department.get(THEIRS).json["data"]
    assert (row["id"], row["source_record_id"], row["overdue"]) == (asked["id"], "P-1", False)
    assert set(row) == {"id", "livemode", "source_record_id", "status", "ground", "asked_at", "due_on", "overdue"}
    assert as_department(app, session, "library").get(THEIRS).json["data"] == []
    assert me.get("/citizen/v1/access-log").json["data"][0]["action"]["code"] != "dispute.read"


def test_reading_it_is_a_look_and_the_person_sees_that_it_is_checked(me: TestCaller, department: TestCaller) -> None:
    asked = opened(me)
    case = department.get(f"{THEIRS}/{asked['id']}").json
    assert (case["statement"], case["record"]["item"]) == (WORDS["statement"], record_of(me, "P-1")["item"]["code"])
    assert not {"name", "id_number"} & set(case["record"])
    look = me.get("/citizen/v1/access-log", headers=ZH).json["data"][0]
    assert (look["actor"]["name"], look["action"]["name"]) == ("交通局", "查看了您的异议及所涉记录")
    assert me.get(f"{MINE}/{asked['id']}").json["status"]["code"] == "verifying"


@pytest.mark.parametrize(
    ("outcome", "record_status"), [("upheld", "active"), ("withdrawn", "withdrawn"), ("corrected", "corrected")]
)
def test_each_outcome_reaches_record_person_and_department(
    me: TestCaller, department: TestCaller, kit: Kit, outcome: str, record_status: str
) -> None:
    asked = opened(me)
    row = {name: value for name, value in a_penalty("P-1", days_ago(kit, 200)).items() if name != "source_record_id"}
    more = {"record": row | {"class": "general"}} if outcome == "corrected" else {}
    answer = answered(department, asked["id"], outcome, **more)
    assert (answer.status_code, answer.json["status"]) == (200, outcome), answer.text
    Worker(kit).work()
    mine = me.get(f"{MINE}/{asked['id']}").json
    assert (mine["status"]["code"], mine["reason"], mine["document"]) == (outcome, SAID["reason"], SAID["document"])
    assert me.get(f"/citizen/v1/records/{asked['record_id']}").json["status"]["code"] == record_status
    assert f"dispute.{outcome}" in kinds(me)
    over = department.get(f"{THEIRS}?status=over").json["data"]
    assert [(row["status"], row["reason"]) for row in over] == [(outcome, SAID["reason"])]
    assert "statement" not in department.get(f"{THEIRS}/{asked['id']}").json, "what is over is no longer read"
    assert answered(department, asked["id"], "upheld").json["code"] == "remedy-answered"


def test_the_same_answer_twice_is_one(me: TestCaller, department: TestCaller) -> None:
    asked, key = opened(me), {"Idempotency-Key": "k1"}
    body = {"outcome": "upheld", **SAID}
    first, again = (department.post(f"{THEIRS}/{asked['id']}/answer", json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.json, again.headers["Idempotent-Replayed"]) == (200, first.json, "true")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"ground": "because"}, "/ground"),
        ({"statement": ""}, "/statement"),
        ({"statement": " \u3000\u200b"}, "/statement"),
        ({"new_evidence": "   "}, "/new_evidence"),
        ({"statement": "长" * 1001}, "/statement"),
        ({"statement": "a\u202eb"}, "/statement"),
        ({"new_evidence": None}, "/new_evidence"),
        ({"points": 5}, "/points"),
    ],
)
def test_a_bad_dispute_is_refused_by_field_and_changes_nothing(
    me: TestCaller, body: dict[str, Any], pointer: str
) -> None:
    record = record_of(me, "P-1")
    answer = me.post(f"/citizen/v1/records/{record['id']}/disputes", json={**WORDS, **body})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert record_of(me, "P-1") == record


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"outcome": "corrected"}, "/record"),
        ({"outcome": "upheld", "record": {"name": "张测试", "id_number": "1", "event_on": "2026-01-01"}}, "/record"),
        ({"outcome": "retracted"}, "/outcome"),
        ({"outcome": "upheld", "reason": "长" * 201}, "/reason"),
        ({"outcome": "upheld", "document": ""}, "/document"),
        (
            {"outcome": "corrected", "record": {"name": "张测试", "id_number": "99", "event_on": "2026-01-01"}},
            "/record/item",
        ),
    ],
)
def test_a_bad_answer_is_refused_by_field_and_settles_nothing(
    me: TestCaller, department: TestCaller, said: dict[str, Any], pointer: str
) -> None:
    asked = opened(me)
    answer = department.post(f"{THEIRS}/{asked['id']}/answer", json={**SAID, **said})
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json["errors"]], answer.text
    assert me.get(f"{MINE}/{asked['id']}").json == asked


def late(me: TestCaller, kit: Kit, at: Callable[..., Any]) -> dict[str, Any]:
    asked = opened(me)
    at(days=21)
    for _ in range(2):
        Worker(kit).work()
    return asked


def test_unanswered_it_goes_to_the_desk_and_still_counts_for_nothing(
    me: TestCaller, app: Flask, session: Session, kit: Kit, at: Callable[..., Any]
) -> None:
    asked = late(me, kit, at)
    desk = operator(app, session, "office")
    (row,) = desk.get(DESK).json["data"]
    assert (row["id"], set(row)) == (asked["id"], {"id", "source", "status", "asked_at", "due_on"})
    citizen_id = session.scalars(select(DisputeRow.citizen_id)).one()
    again = as_citizen(app, session, citizen_id)
    assert "dispute.unanswered" in kinds(again)
    assert again.get(f"/citizen/v1/records/{asked['record_id']}").json["status"]["code"] == "disputed"
    Worker(kit).work()
    assert kinds(again).count("dispute.unanswered") == 1


@pytest.mark.parametrize(("outcome", "document"), [("withdrawn", None), ("upheld", "交函〔2026〕9号")])
def test_the_office_ends_it_by_two_peoples_word(
    me: TestCaller, app: Flask, session: Session, kit: Kit, at: Callable[..., Any], outcome: str, document: str | None
) -> None:
    asked = late(me, kit, at)
    desk, second = operator(app, session, "office"), operator(app, session, "office", serial=904)
    assert desk.get(f"{DESK}/{asked['id']}").json["statement"] == WORDS["statement"]
    said = {"outcome": outcome, "reason": "部门未举证"} | ({"document": document} if document else {})
    approval = desk.post(f"{DESK}/{asked['id']}/answer", json=said).json["approval_id"]
    path = f"/operator/v1/approvals/{approval}/approve"
    assert desk.post(path, json={}).json["code"] == "approval-own"
    assert second.get(f"{DESK}/{asked['id']}").json["proposed"] == said
    assert second.post(path, json={}).status_code == 200
    Worker(kit).work()
    again = as_citizen(app, session, session.scalars(select(DisputeRow.citizen_id)).one())
    assert again.get(f"{MINE}/{asked['id']}").json["status"]["code"] == outcome
    assert desk.get(DESK).json["data"] == []


def test_the_office_lets_nothing_stand_without_the_departments_document(
    me: TestCaller, app: Flask, session: Session, kit: Kit, at: Callable[..., Any]
) -> None:
    asked, desk = late(me, kit, at), operator(app, session, "office")
    answer = desk.post(f"{DESK}/{asked['id']}/answer", json={"outcome": "upheld", "reason": "可信"})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/document"]


def test_before_its_day_the_office_sees_nothing_of_it(me: TestCaller, app: Flask, session: Session) -> None:
    asked, desk = opened(me), operator(app, session, "office")
    said = {"outcome": "withdrawn", "reason": "快"}
    assert desk.get(DESK).json["data"] == []
    for answer in (desk.get(f"{DESK}/{asked['id']}"), desk.post(f"{DESK}/{asked['id']}/answer", json=said)):
        assert answer.status_code == 404

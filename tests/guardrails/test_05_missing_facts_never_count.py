"""Guardrail 5, in the score: whatever is missing, nobody stands below where everyone begins."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.pack import Kind, Pack, PackError
from app.domain.pack_file import parse_pack
from app.domain.record import Record
from app.domain.score import explain
from app.packs import load_packs
from app.store.records import RecordSource
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.members import days_ago, make_member
from tests.support.packs import TINY
from tests.support.people import id_number, make_citizen

TODAY = date(2026, 6, 15)
PACKS = list(load_packs().values())


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.code)
def test_someone_without_facts_begins_in_an_ordinary_band(pack: Pack) -> None:
    explanation = explain(pack, [], TODAY)
    assert explanation.score == pack.base
    assert pack.grades.index(explanation.grade) >= 1


@given(
    st.sampled_from(PACKS).flatmap(lambda pack: st.tuples(st.just(pack), st.lists(st.sampled_from(list(pack.items())))))
)
def test_only_an_adverse_fact_leads_below_it(drawn: tuple[Pack, list]) -> None:  # type: ignore[type-arg]
    pack, items = drawn
    facts = [Record(f"rec_{n}", item.code, TODAY, TODAY) for n, item in enumerate(items)]
    adverse = any(item.kind is Kind.ADVERSE for item in items)
    assert adverse or explain(pack, facts, TODAY).score >= pack.base


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("floor = 0\nceiling = 25", "floor = 5\nceiling = 25"),
        ("floor = -600\nceiling = 0", "floor = -600\nceiling = -1"),
        ("from_points = 450", "from_points = 501"),
    ],
)
def test_a_pack_in_which_absence_would_count_does_not_load(old: str, new: str) -> None:
    with pytest.raises(PackError, match="guardrail 5"):
        parse_pack(TINY.replace(old, new, 1))


def test_a_department_cannot_tell_members_from_others_by_entering_a_record(
    app: Flask, session: Session, kit: Kit
) -> None:
    make_member(session, kit, serial=1)
    make_citizen(session, kit.pii, kit.clock(), serial=2)
    department = as_department(app, session, "library")
    answers = set()
    for serial in (1, 2, 3):
        entry = {
            "item": "returned_book",
            "name": "张测试",
            "id_number": id_number(serial),
            "event_on": days_ago(kit).isoformat(),
        }
        answer = department.put("/department/v1/records/B-1", json=entry)
        answers.add((answer.status_code, answer.data))
    assert len(answers) == 1


@pytest.fixture
def members_and_others(session: Session, kit: Kit) -> dict[str, int]:
    """A member whose record P-1 was sent, and whose P-2 was taken back; someone who never agreed; nobody at all."""
    make_member(session, kit, serial=1)
    make_citizen(session, kit.pii, kit.clock(), serial=2)
    return {"a member": 1, "someone else": 2, "nobody": 900}


CHANGES: dict[str, dict[str, object]] = {
    "a new fact": {"number": "N-1"},
    "under a wrong name": {"number": "N-2", "name": "谁"},
    "the same again": {"number": "P-1"},
    "otherwise": {"number": "P-1", "event": 40},
    "under another person's number": {"number": "P-0"},
    "after it was taken back": {"number": "P-2", "event": 40},
}


def fact_of(kit: Kit, serial: int, said: dict[str, object]) -> dict[str, str]:
    return {
        "item": "returned_book",
        "name": str(said.get("name", "张测试")),
        "id_number": id_number(serial),
        "event_on": days_ago(kit, int(str(said.get("event", 30)))).isoformat(),
    }


def prepared(app: Flask, session: Session, kit: Kit, serial: int) -> TestCaller:
    """The department has sent P-1 and P-2 of this person and P-0 of a member, and took P-2 back."""
    make_member(session, kit, serial=77)
    department = as_department(app, session, "library")
    for number, of in (("P-0", 77), ("P-1", serial), ("P-2", serial)):
        assert department.put(f"/department/v1/records/{number}", json=fact_of(kit, of, {})).status_code == 200
    department.post("/department/v1/records/P-2/withdraw", json={"reason": "录入有误"})
    return department


@pytest.mark.parametrize("change", CHANGES)
def test_an_entry_is_answered_alike_whoever_it_is_about(
    app: Flask, session: Session, kit: Kit, members_and_others: dict[str, int], change: str
) -> None:
    """Whatever it says of a person: also a wrong name, and a number that is taken or settled."""
    said, answers = CHANGES[change], set()
    for serial in members_and_others.values():
        department = prepared(app, session, kit, serial)
        answer = department.put(f"/department/v1/records/{said['number']}", json=fact_of(kit, serial, said))
        answers.add((answer.status_code, answer.data))
        session.execute(delete(RecordSource))
    assert {status for status, _ in answers} == {200}
    assert len(answers) == 1


def test_a_file_is_reported_alike_whoever_its_rows_are_about(
    app: Flask, session: Session, kit: Kit, members_and_others: dict[str, int]
) -> None:
    """Nothing in the report, the list or the refused rows tells of one row, or of all, whether its person is one."""
    reports = set()
    for serial in members_and_others.values():
        department = prepared(app, session, kit, serial)
        rows = [fact_of(kit, serial, said) | {"source_record_id": str(said["number"])} for said in CHANGES.values()]
        lines = "\n".join(json.dumps(row) for row in [*rows, *rows[:1], {"item": "moonwalk"}])
        sent = department.post("/department/v1/batches", data=lines.encode(), content_type="application/x-ndjson").json
        batch = f"/department/v1/batches/{sent['id']}"
        seen = [sent, department.get(batch).json, department.get("/department/v1/batches?limit=1").json["data"]]
        refused = department.get(f"{batch}/refusals").json["data"]
        assert [row["line"] for row in refused] == [len(rows) + 2]
        reports.add(json.dumps([seen, refused]).replace(sent["id"], "bat"))
        session.execute(delete(RecordSource))
    assert len(reports) == 1


def test_a_score_that_is_not_there_yet_is_pending_and_no_number(app: Flask, session: Session, kit: Kit) -> None:
    caller = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock()))
    caller.post("/citizen/v1/enrolment", json={"notice_version": "2026-2"})
    answer = caller.get("/citizen/v1/score").json
    assert (answer["status"], "score" in answer, "grade" in answer) == ("pending", False, False)


def test_how_rows_divide_is_counted_in_large_files_only(app: Flask, session: Session, kit: Kit) -> None:
    make_member(session, kit, serial=1)
    department = as_department(app, session, "library")
    for rows, told in ((19, False), (20, True)):
        facts = [fact_of(kit, 1, {}) | {"source_record_id": f"{rows}-{number}"} for number in range(rows)]
        lines = "\n".join(map(json.dumps, facts)).encode()
        sent = department.post("/department/v1/batches", data=lines, content_type="application/x-ndjson").json
        assert sent["accepted"] == rows
        assert ("not_stored" in sent, "duplicates" in sent) == (told, told)

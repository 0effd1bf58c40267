"""A department answers corrections of its own records itself, and hears of nothing else (PIPL article 46)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.correcting import MINE, ZH, ask, record_of, score
from tests.support.members import a_penalty, days_ago, file_rows
from tests.support.remedying import SOURCE, member

THEIRS = "/department/v1/corrections"
SAID = {"reason": "经核实", "document": "交函〔2026〕8号"}


@pytest.fixture
def me(app: Flask, session: Session, kit: Kit) -> TestCaller:
    return as_citizen(app, session, member(session, kit))


@pytest.fixture
def department(app: Flask, session: Session) -> TestCaller:
    return as_department(app, session, SOURCE, name="交通局")


def answer(department: TestCaller, correction_id: str, outcome: str, **said: Any) -> Any:
    return department.post(f"{THEIRS}/{correction_id}/answer", json={"outcome": outcome, **SAID, **said})


def test_it_finds_those_about_its_records_and_no_other(me: TestCaller, department: TestCaller) -> None:
    mine, other = ask(me, record_of(me, "P-1")["id"]), ask(me, record_of(me, "V-1")["id"])
    identity = me.post(MINE, json={"about": "identity", "field": "name", "statement": "字错了"}).json
    (row,) = department.get(THEIRS).json["data"]
    assert (row["id"], row["source_record_id"], row["field"]) == (mine["id"], "P-1", "event_on")
    assert "statement" not in row
    for hidden in (other, identity):
        assert department.get(f"{THEIRS}/{hidden['id']}").status_code == 404
        assert answer(department, hidden["id"], "refused").status_code == 404


def test_reading_one_is_a_look(me: TestCaller, department: TestCaller) -> None:
    asked = ask(me, record_of(me, "P-1")["id"], statement="日期写错了")
    case = department.get(f"{THEIRS}/{asked['id']}").json
    assert (case["statement"], case["record"]["status"]) == ("日期写错了", "active")
    look = me.get("/citizen/v1/access-log", headers=ZH).json["data"][0]
    assert (look["actor"]["name"], look["action"]["code"]) == ("交通局", "correction.read")


@pytest.mark.parametrize(
    ("outcome", "status", "record_status"),
    [("corrected", "accepted", "corrected"), ("withdrawn", "accepted", "withdrawn"), ("refused", "refused", "active")],
)
def test_each_answer_reaches_record_and_person(
    me: TestCaller, department: TestCaller, kit: Kit, outcome: str, status: str, record_status: str
) -> None:
    before, record = score(me), record_of(me, "P-1")["id"]
    asked = ask(me, record)
    row = {name: value for name, value in a_penalty("P-1", days_ago(kit, 200)).items() if name != "source_record_id"}
    more = {"record": row | {"class": "general"}} if outcome == "corrected" else {}
    done = answer(department, asked["id"], outcome, **more)
    assert (done.status_code, done.json["status"]) == (200, status), done.text
    mine = me.get(f"{MINE}/{asked['id']}").json
    assert (mine["status"]["code"], mine["reason"], mine["document"]) == (status, SAID["reason"], SAID["document"])
    assert me.get(f"/citizen/v1/records/{record}").json["status"]["code"] == record_status
    assert (score(me) != before) == (outcome == "withdrawn") or outcome == "corrected"
    Worker(kit).work()
    assert f"correction.{status}" in [event["kind"] for event in me.get("/citizen/v1/events").json["data"]]
    assert answer(department, asked["id"], "refused").json["code"] == "correction-answered"
    assert department.get(THEIRS).json["data"] == []


@pytest.mark.parametrize("said", [{"outcome": "corrected"}, {"outcome": "refused", "record": {"name": "张"}}, {}])
def test_a_bad_answer_changes_nothing(me: TestCaller, department: TestCaller, said: dict[str, Any]) -> None:
    asked = ask(me, record_of(me, "P-1")["id"])
    assert department.post(f"{THEIRS}/{asked['id']}/answer", json={**SAID, **said}).status_code == 422
    assert me.get(f"{MINE}/{asked['id']}").json == asked


def test_once_it_is_answered_the_department_reads_its_outcome_alone(me: TestCaller, department: TestCaller) -> None:
    asked = ask(me, record_of(me, "P-1")["id"])
    answer(department, asked["id"], "refused")
    looks = len(me.get("/citizen/v1/access-log").json["data"])
    case = department.get(f"{THEIRS}/{asked['id']}").json
    assert (case["status"], case["reason"], case["overdue"]) == ("refused", SAID["reason"], False)
    assert not {"statement", "record"} & set(case)
    assert len(me.get("/citizen/v1/access-log").json["data"]) == looks


@pytest.mark.parametrize("outcome", ["withdrawn", "corrected"])
def test_a_request_about_an_earlier_version_changes_nothing_of_the_later_one(
    me: TestCaller, department: TestCaller, session: Session, kit: Kit, outcome: str
) -> None:
    asked = ask(me, record_of(me, "P-1")["id"])
    file_rows(session, kit, SOURCE, a_penalty("P-1", days_ago(kit, 140)))
    now, before = record_of(me, "P-1"), score(me)
    row = {name: value for name, value in a_penalty("P-1", days_ago(kit, 200)).items() if name != "source_record_id"}
    more = {"record": row | {"class": "general"}} if outcome == "corrected" else {}
    refused = answer(department, asked["id"], outcome, **more)
    assert (refused.status_code, refused.json["code"]) == (409, "record-settled")
    assert (record_of(me, "P-1"), score(me)) == (now, before)
    assert answer(department, asked["id"], "corrected").json["status"] == "accepted", "as it was, meanwhile"
    assert (record_of(me, "P-1"), score(me)) == (now, before)
    assert "remedy" not in me.get(f"{MINE}/{asked['id']}").json

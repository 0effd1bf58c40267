"""A statement goes with its record (征信业管理条例 §16); a pledge is for oneself alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.records import RecordRow
from app.store.statements import PledgeRow, StatementRow
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.correcting import ask, record_of, score
from tests.support.members import a_penalty, days_ago, file_rows
from tests.support.office import operator
from tests.support.remedying import SOURCE, member

PLEDGES = "/citizen/v1/pledges"
BIKE = "xm-bike-rental"


@pytest.fixture
def me(app: Flask, session: Session, kit: Kit) -> TestCaller:
    return as_citizen(app, session, member(session, kit))


def test_a_statement_is_shown_with_its_record_wherever_that_is_shown(
    me: TestCaller, app: Flask, session: Session
) -> None:
    record = record_of(me, "P-1")["id"]
    path = f"/citizen/v1/records/{record}/statements"
    assert me.post(path, json={"text": "已经缴清 🙏"}).status_code == 201
    assert record_of(me, "P-1")["statement"] == "已经缴清 🙏"
    assert me.get(f"/citizen/v1/records/{record}").json["statement"] == "已经缴清 🙏"
    asked = me.post(f"/citizen/v1/records/{record}/disputes", json={"ground": "use", "statement": "x"}).json["id"]
    case = as_department(app, session, SOURCE).get(f"/department/v1/disputes/{asked}").json
    assert case["record_statement"] == "已经缴清 🙏"
    wrong, desk = ask(me, record)["id"], operator(app, session, "office")
    assert desk.get(f"/operator/v1/corrections/{wrong}").json["record"]["statement"] == "已经缴清 🙏"
    review = me.post(f"/citizen/v1/records/{record}/reviews", json={"text": "请看"}).json["id"]
    assert desk.get(f"/operator/v1/reviews/{review}").json["record"]["statement"] == "已经缴清 🙏"


def test_it_is_edited_and_removed_and_costs_no_point(me: TestCaller, session: Session) -> None:
    record, before = record_of(me, "P-1")["id"], score(me)
    path = f"/citizen/v1/records/{record}/statements"
    for text in ("第一版司马", "第二版"):
        me.post(path, json={"text": text})
    row = session.scalars(select(StatementRow)).one()
    assert "第二版".encode() not in row.sealed_text
    assert (record_of(me, "P-1")["statement"], score(me)) == ("第二版", before)
    for _ in range(2):
        assert me.delete(path).status_code == 204
    assert "statement" not in record_of(me, "P-1")


def test_it_stays_with_the_fact_when_its_department_corrects_it(me: TestCaller, session: Session, kit: Kit) -> None:
    before = record_of(me, "P-1")["id"]
    me.post(f"/citizen/v1/records/{before}/statements", json={"text": "已经缴清"})
    file_rows(session, kit, SOURCE, a_penalty("P-1", days_ago(kit, 140)))
    record = session.scalars(select(RecordRow.id).where(RecordRow.supersedes == before)).one()
    assert me.get(f"/citizen/v1/records/{record}").json["statement"] == "已经缴清"
    path = f"/citizen/v1/records/{record}/statements"
    assert me.post(path, json={"text": "第二版"}).status_code == 201
    assert session.scalars(select(StatementRow.record_id)).all() == [record]
    assert me.delete(path).status_code == 204
    assert session.scalars(select(StatementRow)).all() == []


def make(me: TestCaller, **said: Any) -> Any:
    return me.post(PLEDGES, json={"scenario": BIKE, "text": "按时还车", **said})


def test_a_pledge_is_kept_by_oneself_and_scored_by_nothing(me: TestCaller, session: Session) -> None:
    before, day = score(me), "2026-12-31"
    made = make(me, until_on=day).json
    assert (made["status"]["code"], made["until_on"], made["allowed_actions"]) == ("open", day, ["fulfil", "withdraw"])
    assert me.get(PLEDGES).json["data"] == [made]
    assert "按时".encode() not in session.scalars(select(PledgeRow.sealed_text)).one()
    done = me.post(f"{PLEDGES}/{made['id']}/fulfil").json
    assert (done["status"]["code"], done["allowed_actions"], score(me)) == ("fulfilled", [], before)
    assert me.post(f"{PLEDGES}/{made['id']}/withdraw").json["code"] == "pledge-closed"


def test_it_is_about_a_record_too_and_taken_back(me: TestCaller) -> None:
    record = record_of(me, "P-1")["id"]
    made = me.post(PLEDGES, json={"record_id": record, "text": "不再违停"}).json
    assert made["record_id"] == record
    for _ in range(2):
        assert me.post(f"{PLEDGES}/{made['id']}/withdraw").json["status"]["code"] == "withdrawn"


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"scenario": "moonwalk"}, "/scenario"),
        ({"record_id": "rec_x"}, "/scenario"),
        ({"until_on": "2026-01-01"}, "/until_on"),
        ({"until_on": "soon"}, "/until_on"),
        ({"text": ""}, "/text"),
        ({"text": "长" * 501}, "/text"),
        ({"public": True}, "/public"),
    ],
)
def test_a_bad_pledge_is_refused_by_field(me: TestCaller, said: dict[str, Any], pointer: str) -> None:
    answer = make(me, **said)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert me.get(PLEDGES).json["data"] == []


def test_another_ones_record_is_not_there(me: TestCaller, app: Flask, session: Session, kit: Kit) -> None:
    stranger = as_citizen(app, session, member(session, kit, serial=2, days=days_ago(kit).day + 100))
    record = record_of(me, "P-1")["id"]
    for path, body in (
        (f"/citizen/v1/records/{record}/statements", {"text": "x"}),
        (PLEDGES, {"record_id": record, "text": "x"}),
    ):
        assert stranger.post(path, json=body).status_code == 404


def test_no_more_than_twenty_are_open(me: TestCaller) -> None:
    for _ in range(20):
        assert make(me).status_code == 201
    assert make(me).json["code"] == "pledges-full"

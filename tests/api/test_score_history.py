"""The past of my score: kept with causes, told by what moved it, and worked out again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.score import POINT
from app.services import scoring
from app.store.records import RecordRow
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member
from tests.support.scored import said, score_of, scored_member


@pytest.fixture
def citizen_id(session: Session, kit: Kit) -> str:
    return scored_member(session, kit)


@pytest.fixture
def me(app: Flask, session: Session, citizen_id: str) -> TestCaller:
    return as_citizen(app, session, citizen_id)


@pytest.fixture
def after(app: Flask, session: Session, citizen_id: str, clock: Clock) -> Callable[[int], TestCaller]:
    """Let days pass, and log in again."""

    def pass_days(days: int) -> TestCaller:
        clock.advance(days=days)
        return as_citizen(app, session, citizen_id)

    return pass_days


def test_the_past_is_kept_with_causes(session: Session, kit: Kit, after: Callable[[int], TestCaller]) -> None:
    me = after(70)
    assert scoring.refresh_due(session, kit.packs, kit.clock()) == 1
    session.commit()
    past = score_of(me, "/history")["data"]
    assert [(each["score"], each["cause"]["code"]) for each in past] == [
        (525, "day-passed"),
        (501, "records"),
        (621, "records"),
        (606, "records"),
        (600, "enrolment"),
    ]
    assert len(past[0]["digest"]) == 64
    first = score_of(me, "/history?limit=2")
    rest = score_of(me, f"/history?cursor={first['next_cursor']}")
    assert [each["id"] for each in first["data"] + rest["data"]] == [each["id"] for each in past]


def test_a_past_score_is_explained_from_the_records_as_they_were(
    me: TestCaller, app: Flask, session: Session, kit: Kit
) -> None:
    department = as_department(app, session, "transport")
    department.post("/department/v1/records/P1/withdraw", json={"reason": "录入有误"})
    snapshots = score_of(me, "/history")["data"]
    assert [each["score"] for each in snapshots[:2]] == [621, 501]
    for snapshot in snapshots:
        past = score_of(me, f"/history/{snapshot['id']}")
        assert past["snapshot"] == snapshot
        assert past["proven"]
        assert past["explanation"]["score"] == snapshot["score"]
    other = as_citizen(app, session, make_member(session, kit, serial=2))
    assert other.get(f"/citizen/v1/score/history/{snapshots[0]['id']}").status_code == 404


def test_each_change_says_what_moved_it_and_by_how_much(
    session: Session, kit: Kit, after: Callable[[int], TestCaller]
) -> None:
    me = after(70)
    scoring.refresh_due(session, kit.packs, kit.clock())
    session.commit()
    past = score_of(me, "/history")["data"]
    for each in past:
        moved = sum(move["units"] for move in each["moved"])
        assert each["proven"]
        assert moved == each.get("change", each["score"]) * POINT
    assert said(past[0]["moved"]) == [("行政处罚（严重）", 24 * POINT, ["时间久了，影响变小"])]
    assert said(past[1]["moved"]) == [("行政处罚（严重）", -120 * POINT, ["收到"])]
    assert said(past[3]["moved"]) == [("志愿服务", 3 * POINT, ["收到"]), ("志愿服务", 3 * POINT, ["收到"])]
    assert said(past[4]["moved"]) == [("起始分", 600 * POINT, [])]
    assert past[1]["moved"][0]["source"] == {"code": "transport", "name": "部门transport"}


def test_a_correction_is_told_as_one(me: TestCaller, session: Session, kit: Kit) -> None:
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit)))
    last = score_of(me, "/history")["data"][0]
    assert last["change"] == 80
    assert said(last["moved"]) == [
        ("行政处罚（严重）", 120 * POINT, ["被更正"]),
        ("行政处罚（一般）", -40 * POINT, ["收到更正后的记录"]),
    ]
    assert score_of(me, f"/history/{last['id']}")["snapshot"] == last


def test_a_limit_that_cut_is_among_what_moved(me: TestCaller, session: Session, kit: Kit) -> None:
    rows = [a_row(f"B{n}", "blood_donation", days_ago(kit, n)) for n in range(2, 7)]
    file_rows(session, kit, "blood_center", *rows)
    last = score_of(me, "/history")["data"][0]
    cut = next(move for move in last["moved"] if move["place"] == "indicator")
    assert (last["change"], cut["units"], cut["part"], cut["name"]) == (
        45,
        -30 * POINT,
        "无偿献血",
        "小项的上限或下限",
    )


def test_where_a_record_was_deleted_the_total_and_its_events_remain(me: TestCaller, session: Session) -> None:
    row = session.scalar(select(RecordRow).where(RecordRow.source_record_id == "B1"))
    session.delete(row)
    session.commit()
    past = score_of(me, "/history")["data"]
    assert [(each["score"], each["proven"]) for each in past] == [(501, False), (621, False), (606, True), (600, True)]
    assert said(past[0]["moved"]) == [("行政处罚（严重）", None, ["收到"])]

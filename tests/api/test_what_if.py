"""What my score would be: facts more, records less or settled otherwise, another day. Nothing of it is kept."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.record import Status
from app.domain.score import POINT
from app.services import scoring
from app.store import records
from app.store.records import RecordRow
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.members import a_penalty, days_ago, desk, file_rows
from tests.support.scored import said, score_of, scored_member


@pytest.fixture
def citizen_id(session: Session, kit: Kit) -> str:
    return scored_member(session, kit)


@pytest.fixture
def me(app: Flask, session: Session, citizen_id: str) -> TestCaller:
    return as_citizen(app, session, citizen_id)


def test_what_if_shows_what_would_change_and_stores_nothing(me: TestCaller) -> None:
    before = score_of(me)
    answer = me.post("/citizen/v1/score/simulations", json={"add": [{"item": "blood_donation", "count": 3}]})
    assert answer.status_code == 200, answer.json
    assert (answer.json["score_today"], answer.json["difference"]) == (501, 45)
    assert answer.json["explanation"]["score"] == 546
    assert score_of(me) == before


def test_what_if_a_record_of_mine_were_gone_or_a_year_had_passed(me: TestCaller) -> None:
    penalty = next(
        each["record_id"]
        for dimension in score_of(me, "/explanation")["dimensions"]
        for indicator in dimension["indicators"]
        for each in indicator["contributions"]
        if each["item"]["code"] == "administrative_penalty_serious"
    )
    gone = me.post("/citizen/v1/score/simulations", json={"remove": [penalty]}).json
    assert gone["difference"] == 120
    later = me.post("/citizen/v1/score/simulations", json={"on": "2027-11-20"}).json
    assert (later["explanation"]["as_of"], later["difference"]) == ("2027-11-20", 67)


def test_what_if_a_dispute_ends_one_way_or_the_other(me: TestCaller, session: Session, kit: Kit) -> None:
    mine = session.scalar(select(RecordRow).where(RecordRow.source_record_id == "P1"))
    assert mine is not None
    assert settled(me, mine.id, "disputed")["difference"] == 120
    actor = desk(kit, "transport").actor
    of_mine = mine.citizen_id, mine.id
    records.change_status(session, *of_mine, Status.DISPUTED, kind="withdrawn", actor=actor, now=kit.clock())
    scoring.refresh(session, kit.packs, mine.citizen_id, now=kit.clock(), reason="records")
    session.commit()
    upheld = settled(me, mine.id, "upheld")
    assert (upheld["score_today"], upheld["difference"]) == (621, -120)
    assert said(upheld["moved"]) == [("行政处罚（严重）", -120 * POINT, ["恢复计分"])]
    assert settled(me, mine.id, "withdrawn")["difference"] == 0
    wish = {"settle": [{"record_id": mine.id, "outcome": "upheld"}], "add": [{"item": "honour"}], "on": "2027-02-20"}
    together = me.post("/citizen/v1/score/simulations", json=wish).json
    assert sum(move["units"] for move in together["moved"]) == together["difference"] * POINT
    assert ("表彰荣誉", ["新增"]) in [(name, because) for name, _, because in said(together["moved"])]


def settled(me: TestCaller, record_id: str, outcome: str) -> dict:
    wish = {"settle": [{"record_id": record_id, "outcome": outcome}]}
    answer = me.post("/citizen/v1/score/simulations", json=wish)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_what_is_settled_is_supposed_no_other(me: TestCaller, session: Session, kit: Kit) -> None:
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit)))
    old = session.scalar(select(RecordRow).where(RecordRow.status == "corrected"))
    assert old is not None
    wish = {"settle": [{"record_id": old.id, "outcome": "upheld"}]}
    answer = me.post("/citizen/v1/score/simulations", json=wish)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "record-closed")


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"add": [{"item": "moonwalk"}]}, "/add/0/item"),
        ({"add": [{"item": "honour", "event_on": "2031-01-01"}]}, "/add/0/event_on"),
        ({"add": [{"item": "honour", "event_on": "2001-01-01"}]}, "/add/0/event_on"),
        ({"add": [{"item": "honour", "event_on": "0001-01-01"}]}, "/add/0/event_on"),
        ({"add": [{"item": "honour", "event_on": "9999-12-31"}]}, "/add/0/event_on"),
        ({"add": [{"item": "honour", "event_on": "soon"}]}, "/add/0/event_on"),
        ({"add": [{"item": "honour", "count": 51}]}, "/add/0/count"),
        ({"add": [{"item": "honour", "count": "1"}]}, "/add/0/count"),
        ({"add": [{"item": "honour", "points": 9}]}, "/add/0/points"),
        ({"add": [{}]}, "/add/0/item"),
        ({"add": {}}, "/add"),
        ({"add": [{"item": "honour"}] * 21}, "/add"),
        ({"remove": ["rec_of_another"]}, "/remove/0"),
        ({"remove": [7]}, "/remove/0"),
        ({"settle": [{"record_id": "rec_of_another", "outcome": "upheld"}]}, "/settle/0/record_id"),
        ({"settle": [{"record_id": "rec_of_another", "outcome": "won"}]}, "/settle/0/outcome"),
        ({"settle": [{"outcome": "upheld"}]}, "/settle/0/record_id"),
        ({"settle": "upheld"}, "/settle"),
        ({"on": "2020-01-01"}, "/on"),
        ({"on": "2099-01-01"}, "/on"),
        ({"on": "9999-12-31"}, "/on"),
        ({"score": 1000}, "/score"),
    ],
)
def test_an_impossible_what_if_names_its_field(me: TestCaller, wish: dict, pointer: str) -> None:
    answer = me.post("/citizen/v1/score/simulations", json=wish)
    assert (answer.status_code, answer.json["code"]) == (422, "validation")
    assert answer.json["errors"][0]["pointer"].startswith(pointer)

"""PIPL article 46: a fact about me is wrong; I say so, follow it, and may take it back until it is answered."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.corrections import CorrectionRow
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.correcting import DESK, MINE, ask, member_with_records, record_of, say, score
from tests.support.office import operator
from tests.support.people import make_citizen


@pytest.fixture
def me(app: Flask, session: Session, kit: Kit) -> TestCaller:
    return member_with_records(app, session, kit)


@pytest.fixture
def desk(app: Flask, session: Session) -> TestCaller:
    return operator(app, session, "office", name="上官专员")


def test_a_request_is_received_with_the_day_by_which_it_is_answered(me: TestCaller) -> None:
    asked = ask(me, record_of(me, "V-1")["id"])
    assert (asked["status"]["code"], asked["due_on"]) == ("received", "2026-12-10")
    assert me.get(f"{MINE}/{asked['id']}").json == asked
    assert me.get(MINE).json["data"] == [asked]


def test_what_i_write_is_encrypted_at_rest(me: TestCaller, session: Session) -> None:
    ask(me, record_of(me, "V-1")["id"], statement="我叫司马当事人")
    (sealed,) = session.scalars(select(CorrectionRow.sealed_statement))
    assert "司马".encode() not in sealed


def test_its_record_says_that_it_is_under_correction_and_counts_as_before(me: TestCaller) -> None:
    before, record = score(me), record_of(me, "P-1")
    asked = ask(me, record["id"])
    assert me.get(f"/citizen/v1/records/{record['id']}").json["correction_id"] == asked["id"]
    assert score(me) == before, "a correction is no dispute: nothing is hidden before it is shown to be wrong"


def test_one_field_is_asked_about_once_at_a_time(me: TestCaller) -> None:
    record = record_of(me, "V-1")["id"]
    asked = ask(me, record)
    body = {"about": "record", "record_id": record, "field": "event_on", "statement": "再来"}
    assert me.post(MINE, json=body).json["code"] == "correction-open"
    assert ask(me, record, "quantity")["id"] != asked["id"]
    me.post(f"{MINE}/{asked['id']}/withdraw")
    assert ask(me, record)["id"] != asked["id"]


def test_it_can_be_taken_back_until_it_is_answered(me: TestCaller, desk: TestCaller) -> None:
    asked = ask(me, record_of(me, "V-1")["id"])
    assert asked["allowed_actions"] == ["withdraw"]
    for _ in range(2):
        assert me.post(f"{MINE}/{asked['id']}/withdraw").json["status"]["code"] == "withdrawn"
    assert desk.get(DESK).json["data"] == []
    assert say(desk, asked["id"]).json["code"] == "correction-answered"
    other = ask(me, record_of(me, "V-1")["id"])
    say(desk, other["id"], outcome="refused")
    assert me.post(f"{MINE}/{other['id']}/withdraw").json["code"] == "correction-answered"
    assert say(desk, other["id"], outcome="refused").json["code"] == "correction-answered"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/about"),
        ({"about": "record", "field": "event_on", "statement": "x"}, "/record_id"),
        ({"about": "record", "record_id": "rec_none", "field": "event_on", "statement": "x"}, "/record_id"),
        ({"about": "identity", "record_id": "rec_none", "field": "name", "statement": "x"}, "/record_id"),
        ({"about": "identity", "field": "event_on", "statement": "x"}, "/field"),
        ({"about": "score", "field": "name", "statement": "x"}, "/about"),
        ({"about": "identity", "field": "name", "statement": ""}, "/statement"),
        ({"about": "identity", "field": "name", "statement": "x" * 1001}, "/statement"),
        ({"about": "identity", "field": "name", "statement": "x", "citizen_id": "cit_1"}, "/citizen_id"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_by_field(me: TestCaller, body: dict[str, Any], pointer: str) -> None:
    answer = me.post(MINE, json=body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert me.get(MINE).json["data"] == []


def test_who_leaves_takes_their_requests_along(me: TestCaller, desk: TestCaller, session: Session) -> None:
    asked = ask(me, record_of(me, "V-1")["id"])
    assert me.delete("/citizen/v1/enrolment").status_code == 200
    assert desk.get(DESK).json["data"] == []
    assert desk.get(f"{DESK}/{asked['id']}").status_code == say(desk, asked["id"]).status_code == 404
    assert session.scalars(select(CorrectionRow)).all() == []


def test_a_guest_without_records_can_have_the_identity_corrected(app: Flask, session: Session, kit: Kit) -> None:
    guest = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=7))
    assert guest.post(MINE, json={"about": "identity", "field": "name", "statement": "字错了"}).status_code == 201

"""A department enters, corrects and takes back one record at a time."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.store.records import RecordRow
from app.store.scores import current
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_department
from tests.support.members import a_penalty, a_row, days_ago, make_member
from tests.support.people import id_number, make_citizen


@pytest.fixture
def member(session: Session, kit: Kit) -> str:
    return make_member(session, kit)


@pytest.fixture
def social_work(app: Flask, session: Session) -> TestCaller:
    return as_department(app, session, "social_work", "社会工作部")


def stored(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RecordRow)) or 0


@pytest.fixture
def entry(kit: Kit) -> dict:
    row = a_row("", "volunteer_service", days_ago(kit))
    del row["source_record_id"]
    return row


def test_one_record_is_entered_and_counts_at_once(
    social_work: TestCaller, session: Session, member: str, entry: dict
) -> None:
    answer = social_work.put("/department/v1/records/ZY-1", json=entry)
    assert (answer.status_code, answer.json["source_record_id"]) == (200, "ZY-1")
    score = current(session, member)
    assert score is not None
    assert score.score == 603


def test_entering_a_record_does_not_tell_who_has_opted_in(
    social_work: TestCaller, session: Session, kit: Kit, member: str, entry: dict
) -> None:
    make_citizen(session, kit.pii, kit.clock(), serial=2, name="李未开")
    answers = [
        social_work.put("/department/v1/records/Z", json=entry),
        social_work.put("/department/v1/records/Z", json={**entry, "name": "李未开", "id_number": id_number(2)}),
        social_work.put("/department/v1/records/Z", json={**entry, "name": "谁", "id_number": id_number(3)}),
    ]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert stored(session) == 1


def test_a_withdrawn_record_counts_no_more_and_stays_withdrawn(
    social_work: TestCaller, session: Session, kit: Kit, member: str, entry: dict
) -> None:
    social_work.put("/department/v1/records/ZY-1", json=entry)
    answer = social_work.post("/department/v1/records/ZY-1/withdraw", json={"reason": "录入有误"})
    assert answer.status_code == 200
    score = current(session, member)
    assert score is not None
    assert score.score == 600
    again = social_work.put("/department/v1/records/ZY-1", json={**entry, "quantity": 9})
    assert again.status_code == 200, "as it would be were the number about nobody"
    assert [row.status for row in session.scalars(select(RecordRow))] == ["withdrawn"]
    assert social_work.post("/department/v1/records/ZY-1/withdraw", json={"reason": "再次"}).status_code == 200
    assert social_work.post("/department/v1/records/unknown/withdraw", json={"reason": "x"}).status_code == 200


def test_a_number_may_be_in_chinese(app: Flask, session: Session, kit: Kit, member: str) -> None:
    transport = as_department(app, session, "transport")
    penalty = a_penalty("厦交罚〔2026〕1号", days_ago(kit)) | {"class": "general"}
    answer = transport.put("/department/v1/records/厦交罚〔2026〕1号", json=penalty)
    assert answer.status_code == 200, answer.json
    score = current(session, member)
    assert score is not None
    assert score.score == 560


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"item": "moonwalk"}, "/item", "item-unknown"),
        ({"item": "returned_book"}, "/item", "item-not-yours"),
        ({"quantity": 1}, "/quantity", "quantity-too-small"),
        ({"event_on": "2031-01-01"}, "/event_on", "date-in-future"),
        ({"event_on": "1031-01-01"}, "/event_on", "malformed"),
        ({"quantity": "4"}, "/quantity", "invalid"),
        ({"quantity": None}, "/quantity", "invalid"),
        ({"phone": "1"}, "/phone", "invalid"),
        ({"document_no": "1号"}, "/class", "missing"),
    ],
)
def test_a_bad_entry_names_its_field_and_changes_nothing(
    social_work: TestCaller, session: Session, member: str, entry: dict, wrong: dict, pointer: str, code: str
) -> None:
    answer = social_work.put("/department/v1/records/ZY-1", json={**entry, **wrong})
    assert (answer.status_code, answer.json["code"]) == (422, "validation")
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]
    assert stored(session) == 0


@pytest.mark.parametrize("number", ["a b", "x" * 65, "a%00b", "%F0%9F%98%80", "a,b"])
def test_a_strange_number_is_refused(social_work: TestCaller, entry: dict, number: str) -> None:
    for answer in (
        social_work.put(f"/department/v1/records/{number}", json=entry),
        social_work.post(f"/department/v1/records/{number}/withdraw", json={"reason": "x"}),
    ):
        assert answer.status_code in (401, 404, 422)


def test_the_catalogue_lists_what_this_department_may_send(app: Flask, session: Session) -> None:
    answer = as_department(app, session, "transport").get("/department/v1/catalogue").json
    assert {item["code"] for item in answer["data"]} == {
        "paid_ride",
        "green_travel",
        "administrative_penalty_general",
        "administrative_penalty_serious",
    }
    assert "行政处罚决定书文号" in answer["penalty_columns"]

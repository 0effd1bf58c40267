"""Opting in: the notice, the gate of eighteen years, the departments that are asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.notice import NOTICE
from app.services.enrolment import PULL
from app.services.file_departments import departments_in
from app.services.jobs import HANDLERS, JobContext
from app.store import outbox
from app.store.enrolments import Enrolment
from app.store.outbox import Message
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.members import days_ago
from tests.support.people import id_number, make_citizen

HEADER = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至\n"
AGREED = {"notice_version": NOTICE.version}


@pytest.fixture
def me(app: Flask, session: Session, kit: Kit) -> TestCaller:
    return as_citizen(app, session, make_citizen(session, kit.pii, kit.clock()))


def work(session: Session, kit: Kit, folder: Path | None = None) -> None:
    """What the worker does with the outbox."""
    names = {"social_work": "社会工作部", "library": "图书馆"}
    departments = departments_in(folder, names) if folder else ()
    context = JobContext(
        kit.packs, kit.pii, kit.clock(), departments, registry=kit.registry, shipped=kit.offers.shipped
    )
    for message in outbox.claim(session, kit.clock(), 50):
        HANDLERS[message.topic](session, context, message)
        outbox.done(session, message.id)
    session.commit()


def test_the_notice_can_be_read_before_agreeing(me: TestCaller) -> None:
    answer = me.get("/citizen/v1/enrolment").json
    assert (answer["status"], answer["member"]) == ("none", False)
    assert answer["notice"]["version"] == NOTICE.version
    assert len(answer["notice"]["sections"]) == len(NOTICE.sections)
    english = me.get("/citizen/v1/enrolment", headers={"Accept-Language": "en"}).json
    assert english["notice"]["sections"][0]["title"] == "What it is"


def test_opting_in_is_pending_until_the_departments_have_been_asked(me: TestCaller, session: Session, kit: Kit) -> None:
    answer = me.post("/citizen/v1/enrolment", json=AGREED)
    assert (answer.status_code, answer.json["status"], answer.json["member"]) == (201, "pending", True)
    assert answer.json["agreed_version"] == NOTICE.version
    assert me.get("/citizen/v1/score").json["status"] == "pending"
    assert me.get("/citizen/v1/score/explanation").json["code"] == "score-pending"
    work(session, kit)
    assert me.get("/citizen/v1/enrolment").json["status"] == "active"
    assert me.get("/citizen/v1/score").json["score"] == 600


def test_the_departments_are_asked_for_this_person_only(
    me: TestCaller, session: Session, kit: Kit, tmp_path: Path
) -> None:
    for code in ("social_work", "library"):
        (tmp_path / code).mkdir()
    day = days_ago(kit)
    (tmp_path / "social_work" / "hours.csv").write_text(
        HEADER
        + f"A1,volunteer_service,张测试,{id_number(1)},{day},4,\n"
        + f"A2,volunteer_service,李别人,{id_number(2)},{day},4,\n"
        + f"A3,volunteer_service,张测试,{id_number(1)},bad,4,{id_number(1)}\n",
        encoding="utf-8",
    )
    (tmp_path / "library" / "books.ndjson").write_text(
        f'{{"source_record_id": "L1", "item": "returned_book", "name": "张测试", "id_number": "{id_number(1)}",'
        f' "event_on": "{day}"}}\n',
        encoding="utf-8",
    )
    me.post("/citizen/v1/enrolment", json=AGREED)
    work(session, kit, tmp_path)
    assert me.get("/citizen/v1/score").json["score"] == 603
    records = me.get("/citizen/v1/records").json["data"]
    assert {(record["source"]["name"], record["item"]["code"]) for record in records} == {
        ("社会工作部", "volunteer_service"),
        ("图书馆", "returned_book"),
    }
    looks = me.get("/citizen/v1/access-log").json["data"]
    asked = [look["actor"]["name"] for look in looks if look["action"]["code"] == "pulled"]
    assert asked == ["社会工作部", "图书馆"]


def test_a_department_that_cannot_answer_holds_up_nobody(
    me: TestCaller, session: Session, kit: Kit, tmp_path: Path
) -> None:
    (tmp_path / "social_work").mkdir()
    (tmp_path / "library" / "books.csv").mkdir(parents=True)
    me.post("/citizen/v1/enrolment", json=AGREED)
    work(session, kit, tmp_path)
    assert me.get("/citizen/v1/score").json["score"] == 600
    (message,) = [message for message in session.scalars(select(Message)) if message.topic == PULL]
    assert message.data == {"department": "library"}
    (tmp_path / "library" / "books.csv").rmdir()
    row = f"L1,returned_book,张测试,{id_number(1)},{days_ago(kit)},,\n"
    for number in (1, 2):
        row += f"L{number}0,returned_book,张测试,{id_number(1)},{days_ago(kit)},,\n"
    (tmp_path / "library" / "books.csv").write_text(HEADER + row, encoding="utf-8")
    work(session, kit, tmp_path)
    assert me.get("/citizen/v1/score").json["score"] == 601
    asked = [look for look in me.get("/citizen/v1/access-log").json["data"] if look["action"]["code"] == "pulled"]
    assert [look["actor"]["name"] for look in asked] == ["图书馆", "社会工作部"]


def test_asking_twice_changes_nothing(me: TestCaller, session: Session, kit: Kit) -> None:
    first = me.post("/citizen/v1/enrolment", json=AGREED).json
    again = me.post("/citizen/v1/enrolment", json=AGREED)
    assert (again.status_code, again.json) == (201, first)
    assert len(session.scalars(select(Message)).all()) == 1


def test_who_left_before_the_departments_answered_is_not_scored(me: TestCaller, session: Session, kit: Kit) -> None:
    me.post("/citizen/v1/enrolment", json=AGREED)
    session.delete(session.scalars(select(Enrolment)).one())
    session.commit()
    work(session, kit)
    assert me.get("/citizen/v1/score").json["code"] == "not-enrolled"


@pytest.mark.parametrize("version", ["2025-9", "2026-1", "latest", "v 1"])
def test_another_version_of_the_notice_is_refused(me: TestCaller, session: Session, version: str) -> None:
    answer = me.post("/citizen/v1/enrolment", json={"notice_version": version})
    assert (answer.status_code, answer.json["code"]) == (409, "notice-outdated")
    assert answer.json["errors"][0]["pointer"] == "/notice_version"
    assert session.scalars(select(Enrolment)).all() == []


@pytest.mark.parametrize("body", [{}, {"notice_version": 1}, {"notice_version": None}, {"notice_version": ""}, []])
def test_a_bad_agreement_is_refused(me: TestCaller, session: Session, body: object) -> None:
    assert me.post("/citizen/v1/enrolment", json=body).status_code == 422
    assert session.scalars(select(Enrolment)).all() == []


@pytest.mark.parametrize(("born", "status"), [("20081120", 201), ("20081121", 409), ("20990101", 409)])
def test_members_are_eighteen_or_older(app: Flask, session: Session, kit: Kit, born: str, status: int) -> None:
    caller = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=9, born=born))
    answer = caller.post("/citizen/v1/enrolment", json=AGREED)
    assert answer.status_code == status
    if status == 409:
        assert answer.json["code"] == "not-an-adult"


def test_a_city_without_a_pack_has_no_score(app: Flask, session: Session, kit: Kit) -> None:
    caller = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=9, city="atlantis"))
    assert caller.post("/citizen/v1/enrolment", json=AGREED).json["code"] == "city-without-score"

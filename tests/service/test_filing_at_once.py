"""Departments and members at the same time, with true commits: nothing twice, nothing behind a deletion."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.department.upload import Handing, take_file
from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.services import leaving, scoring
from app.services.row_files import CSV
from app.store.access_log import AccessLogRow
from app.store.base import Base
from app.store.batches import Batch
from app.store.enrolments import Enrolment
from app.store.records import RecordEvent, RecordRow, RecordSource
from app.web.kit import EXTENSION, Kit
from tests.support.members import days_ago, make_member
from tests.support.people import id_number

HEADER = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至\n"
LIBRARY = Actor(ActorKind.DEPARTMENT, "library", "图书馆")
TRANSPORT = Actor(ActorKind.DEPARTMENT, "transport", "交通运输局")
PEOPLE = range(1, 41)


@pytest.fixture
def kit(real_app: Flask) -> Kit:
    kit: Kit = real_app.extensions[EXTENSION]
    return kit


@pytest.fixture
def members(kit: Kit) -> list[str]:
    with kit.sessions() as session:
        return [make_member(session, kit, serial=serial) for serial in PEOPLE]


def rows_of(kit: Kit, prefix: str, item: str, each: int = 10) -> str:
    day = days_ago(kit)
    return HEADER + "".join(
        f"{prefix}{serial}-{n},{item},张测试,{id_number(serial)},{day},,\n" for n in range(each) for serial in PEOPLE
    )


def hand_in(kit: Kit, actor: Actor, text: str, key: str | None = None) -> Batch:
    handing = Handing(actor, CSV, key or uuid4().hex)
    upload = take_file(kit, handing, iter([text.encode()]))
    with kit.sessions() as session:
        return session.scalars(select(Batch).where(Batch.id == upload.report.id)).one()


def at_once(*calls: Callable[[], object]) -> list[BaseException]:
    failures: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failures


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_same_file_twice_at_once_is_stored_once(kit: Kit, members: list[str]) -> None:
    text = rows_of(kit, "L", "returned_book")
    assert at_once(*[lambda: hand_in(kit, LIBRARY, text)] * 3) == []
    with kit.sessions() as session:
        assert count(session, RecordRow) == count(session, RecordSource) == count(session, RecordEvent) == 400
        assert sum(batch.accepted for batch in session.scalars(select(Batch))) == 400
        assert sum(batch.duplicates for batch in session.scalars(select(Batch))) == 800


def test_two_departments_and_the_scoring_do_not_lock_each_other_out(kit: Kit, members: list[str]) -> None:
    def score() -> None:
        for _ in range(30):
            with kit.sessions.begin() as session:
                scoring.refresh_due(session, kit.packs, kit.clock(), limit=7)

    books, rides = rows_of(kit, "L", "returned_book"), rows_of(kit, "T", "paid_ride")
    failures = at_once(lambda: hand_in(kit, LIBRARY, books), lambda: hand_in(kit, TRANSPORT, rides), score, score)
    assert failures == []
    with kit.sessions.begin() as session:
        scoring.refresh_due(session, kit.packs, kit.clock())
        numbers = [
            (row.citizen_id, row.number) for row in session.scalars(select(AccessLogRow).order_by(AccessLogRow.number))
        ]
    assert count_gaps(numbers) == 0


def count_gaps(numbers: list[tuple[str, int]]) -> int:
    by_person: dict[str, list[int]] = {}
    for citizen_id, number in numbers:
        by_person.setdefault(citizen_id, []).append(number)
    return sum(found != list(range(1, len(found) + 1)) for found in by_person.values())


def test_the_same_request_twice_at_once_is_answered_once(kit: Kit, members: list[str]) -> None:
    text = rows_of(kit, "L", "returned_book", each=50)
    failures = at_once(*[lambda: hand_in(kit, LIBRARY, text, "ab" * 32)] * 2)
    assert {failure.code for failure in failures if isinstance(failure, Refusal)} <= {"idempotency-key-in-use"}
    assert all(isinstance(failure, Refusal) for failure in failures)
    with kit.sessions() as session:
        assert count(session, Batch) == 1
        assert count(session, RecordRow) == 2_000


def test_nothing_slips_in_behind_someone_who_leaves(kit: Kit, members: list[str]) -> None:
    def leave() -> None:
        for citizen_id in members:
            with kit.sessions.begin() as session:
                leaving.leave(session, citizen_id, now=kit.clock())

    text = rows_of(kit, "L", "returned_book", each=50)
    assert at_once(lambda: hand_in(kit, LIBRARY, text), leave) == []
    with kit.sessions() as session:
        assert count(session, Enrolment) == 0
        assert count(session, RecordRow) == count(session, RecordSource) == count(session, RecordEvent) == 0


def test_a_file_that_was_cut_off_is_completed_by_sending_it_again(kit: Kit, members: list[str]) -> None:
    text = rows_of(kit, "L", "returned_book", each=100)
    half = text[: len(text) // 2]

    def blocks() -> Iterator[bytes]:
        yield half.encode()
        raise ConnectionError("the line went dead")

    with pytest.raises(ConnectionError):
        take_file(kit, Handing(LIBRARY, CSV, "cd" * 32), blocks())
    batch = hand_in(kit, LIBRARY, text, "cd" * 32)
    assert (batch.status, batch.rows, batch.refused) == ("complete", 4_000, 0)
    assert (batch.accepted, batch.duplicates) == (4_000, 0), "as if it had come in one piece"
    with kit.sessions() as session:
        assert count(session, RecordRow) == 4_000

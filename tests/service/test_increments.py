"""Departments push a few facts every few minutes: each is in its person's score at once, whatever else is filed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.cli.worker import POLL_SECONDS, Worker
from app.department.upload import Handing, take_file
from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.services import ingestion
from app.services.row_files import CSV
from app.store import outbox, scores
from app.store.enrolments import Enrolment
from app.web.kit import EXTENSION, Kit
from tests.conftest import Clock
from tests.support.members import days_ago, make_member
from tests.support.people import id_number

HEADER = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至\n"
LIBRARY = Actor(ActorKind.DEPARTMENT, "library", "图书馆")
BLOOD = Actor(ActorKind.DEPARTMENT, "blood_center", "血液中心")
PEOPLE = range(1, 13)


@pytest.fixture
def kit(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Kit:
    """Chunks of eight rows, of which three people are few."""
    monkeypatch.setattr(ingestion, "chunks", partial(ingestion.chunks, size=8))
    monkeypatch.setattr(ingestion, "AT_ONCE", 3)
    kit: Kit = real_app.extensions[EXTENSION]
    return kit


@pytest.fixture
def members(kit: Kit) -> list[str]:
    with kit.sessions() as session:
        return [make_member(session, kit, serial=serial) for serial in PEOPLE]


def row(kit: Kit, number: str, item: str, serial: int) -> str:
    return f"{number},{item},张测试,{id_number(serial)},{days_ago(kit)},,\n"


def push(kit: Kit, *serials: int, key: str = "ab") -> None:
    """A small file of the blood centre."""
    text = HEADER + "".join(row(kit, f"B{serial}", "blood_donation", serial) for serial in serials)
    take_file(kit, Handing(BLOOD, CSV, key * 32), [text.encode()])


def large_file(kit: Kit, meanwhile: Iterator[object]) -> Iterator[bytes]:
    """A file of the library about everyone, during which other things happen, one after each of its lines."""
    yield HEADER.encode()
    for number in range(48):
        yield row(kit, f"L{number}", "returned_book", PEOPLE[number % len(PEOPLE)]).encode()
        next(meanwhile, None)


def score(kit: Kit, citizen_id: str) -> int:
    with kit.sessions() as session:
        found = scores.current(session, citizen_id)
        assert found is not None
        return found.score


def due(kit: Kit) -> int:
    with kit.sessions() as session:
        today = day_of(kit.clock())
        return session.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.due_on <= today)) or 0


def test_an_increment_counts_when_it_is_filed_while_a_large_file_is_in_progress(kit: Kit, members: list[str]) -> None:
    """No worker runs: it is the file's own transaction that scores its few people."""
    seen: list[tuple[int, int, int]] = []

    def meanwhile() -> Iterator[None]:
        while due(kit) < len(members) - 4:
            yield
        before = score(kit, members[0])
        push(kit, 1)
        seen.append((before, score(kit, members[0]), due(kit)))

    take_file(kit, Handing(LIBRARY, CSV, "cd" * 32), large_file(kit, meanwhile()))
    ((before, after, waiting),) = seen
    assert after > before
    assert waiting > 0, "the large file's people still wait for the worker"


def test_a_file_about_many_wakes_the_worker_who_scores_them_all_in_one_round(kit: Kit, members: list[str]) -> None:
    direct = kit.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(direct, autocommit=True) as listening:
        listening.execute(f"LISTEN {outbox.CHANNEL}")
        push(kit, *PEOPLE)
        assert list(listening.notifies(timeout=30, stop_after=1)), "its commit was heard of"
    assert due(kit) == len(members)
    Worker(kit).work()
    assert due(kit) == 0


def test_few_people_are_scored_without_waking_anyone(kit: Kit, members: list[str]) -> None:
    push(kit, 1, 2, 3)
    assert due(kit) == 0


def test_someone_who_was_never_asked_about_waits_for_the_pull(kit: Kit, members: list[str]) -> None:
    """A score of one department's facts alone would not be theirs yet."""
    with kit.sessions() as session:
        new = make_member(session, kit, serial=50)
        session.execute(update(Enrolment).where(Enrolment.citizen_id == new).values(pulled_at=None))
        session.commit()
        before = score(kit, new)
    push(kit, 50)
    assert score(kit, new) == before


def test_a_worker_sleeps_no_longer_than_until_its_next_tick(kit: Kit, clock: Clock) -> None:
    """News that come between two ticks are acted on by the next one, a second later at most."""
    worker = Worker(kit)
    assert worker.pause() == POLL_SECONDS
    while worker.work():
        pass
    assert worker.pause() == 1
    clock.advance(seconds=0.75)
    assert worker.pause() == 0.25
    clock.advance(seconds=5)
    assert worker.pause() == 0

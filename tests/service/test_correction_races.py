"""Corrections while everything goes on: an approved answer is given once, and one who leaves meanwhile is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.cli.worker import Worker
from app.domain.access import SYSTEM
from app.domain.correction import About, Remedy, Status
from app.factory import build_kit
from app.services import access, correction_answers, corrections, leaving
from app.services.correction_approval import CORRECTIONS
from app.services.correction_remedies import Answer
from app.services.filing import Desk
from app.store import operators
from app.store.corrections import CorrectionRow
from app.store.outbox import Message
from app.store.records import RecordEvent
from app.web.kit import Kit
from tests.support.members import a_row, days_ago, file_rows, make_member

PEOPLE = 5


@pytest.fixture
def whole(kit: Kit, real_db: Engine) -> Kit:
    """A Kit whose transactions are real."""
    made = build_kit(kit.settings, engine=real_db, clock=kit.clock)
    return replace(made, sessions=sessionmaker(real_db, expire_on_commit=False))


def approved(kit: Kit, session: Session, serial: int) -> str:
    """A member whose wrong record two operators have agreed to withdraw; the worker has not come round."""
    me = make_member(session, kit, serial=serial)
    row = a_row(f"V-{serial}", "volunteer_service", days_ago(kit), serial=serial)
    record = file_rows(session, kit, "social_work", row)[0].record_id
    asked = corrections.ask(
        session, kit.pii, me, about=About.RECORD, field="whole", statement="不是我", record_id=record, now=kit.clock()
    )
    clerk = operators.put(session, "idn_1", "王专员", ["office"], kit.clock())
    said = Answer(outcome=Status.ACCEPTED, reason="确有错误", document="函", remedy=Remedy.WITHDRAW)
    office = Desk(kit.packs, kit.pii, SYSTEM, kit.clock())
    correction_answers.answer(session, office, clerk, asked.id, said)
    CORRECTIONS.execute(session, asked.id, {}, kit.clock())
    session.commit()
    return me


def at_once(*acts: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result()


def test_two_workers_give_an_approved_answer_once(whole: Kit) -> None:
    with whole.sessions() as session:
        people = [approved(whole, session, serial) for serial in range(1, PEOPLE + 1)]
    at_once(Worker(whole).work, Worker(whole).work)
    with whole.sessions() as session:
        events = session.scalars(select(RecordEvent.citizen_id).where(RecordEvent.kind == "withdrawn")).all()
        assert sorted(events) == sorted(people)
        assert set(session.scalars(select(CorrectionRow.status))) == {Status.ACCEPTED}


def test_leaving_while_the_worker_gives_answers_leaves_nothing_and_blocks_nobody(whole: Kit) -> None:
    with whole.sessions() as session:
        people = [approved(whole, session, serial) for serial in range(1, PEOPLE + 1)]

    def leave(citizen_id: str) -> None:
        with whole.sessions.begin() as session:
            leaving.leave(session, citizen_id, whole.clock())

    at_once(Worker(whole).work, Worker(whole).work, *[lambda me=me: leave(me) for me in people])
    with whole.sessions() as session:
        assert session.scalar(select(func.count()).select_from(CorrectionRow)) == 0
        assert session.scalars(select(Message.attempts).where(Message.attempts > 0)).all() == []
        assert all(access.verify(session, me).whole for me in people)

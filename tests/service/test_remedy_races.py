"""Remedies while everything goes on: two answers are one, and one who leaves meanwhile is gone and blocks nobody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.cli.worker import Worker
from app.domain.errors import Refusal
from app.domain.remedy import OPEN, Ground, Status
from app.factory import build_kit
from app.services import access, disputes, leaving, record_entries, remedy_answers, remedy_cases
from app.services.remedy_answers import Said
from app.services.remedy_approval import REMEDIES
from app.store import operators
from app.store.outbox import Message
from app.store.records import RecordEvent, RecordRow
from app.store.remedies import DisputeRow
from app.web.kit import Kit
from tests.support.members import a_penalty, days_ago, desk
from tests.support.remedying import SAID, SOURCE, dispute, member, overdue, penalty_of

PEOPLE = 4


@pytest.fixture
def whole(kit: Kit, real_db: Engine) -> Kit:
    """A Kit whose transactions are real."""
    made = build_kit(kit.settings, engine=real_db, clock=kit.clock)
    return replace(made, sessions=sessionmaker(real_db, expire_on_commit=False))


def at_once(*acts: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result()


def in_one(kit: Kit, act: Callable[[Session], object]) -> Callable[[], None]:
    """`act` in a transaction of its own; a refusal takes it back."""

    def run() -> None:
        with suppress(Refusal), kit.sessions.begin() as session:
            act(session)

    return run


def disputed(kit: Kit) -> list[tuple[str, str, str]]:
    """(citizen, department's number, dispute) of several members whose penalty is disputed."""
    with kit.sessions() as session:
        people = [(member(session, kit, serial=serial), f"P-{serial}") for serial in range(1, PEOPLE + 1)]
        return [(me, number, dispute(session, kit, me, penalty_of(session, me).id).id) for me, number in people]


def answer(kit: Kit, dispute_id: str, outcome: Status) -> Callable[[Session], object]:
    said = disputes.Answer(outcome=outcome, **SAID)
    return lambda session: disputes.answer(session, desk(kit, SOURCE), dispute_id, said)


def settled_once(session: Session) -> None:
    """Every dispute has ended, and its record left `disputed` once."""
    assert not session.scalar(select(func.count()).select_from(DisputeRow).where(DisputeRow.status.in_(OPEN)))
    ends = (
        select(func.count())
        .select_from(RecordEvent)
        .where(RecordEvent.kind.in_(("upheld", "withdrawn", "corrected", "dispute_retracted")))
    )
    assert session.scalar(ends) == PEOPLE
    assert "disputed" not in session.scalars(select(RecordRow.status)).all()


def test_two_answers_are_one(whole: Kit) -> None:
    asked = disputed(whole)
    acts = [answer(whole, one, how) for _, _, one in asked for how in (Status.UPHELD, Status.WITHDRAWN)]
    at_once(*(in_one(whole, act) for act in acts))
    with whole.sessions() as session:
        settled_once(session)


def test_an_answer_the_departments_own_withdrawal_and_the_persons_are_one(whole: Kit) -> None:
    asked, acts = disputed(whole), []
    for me, number, one in asked:
        acts += [
            answer(whole, one, Status.WITHDRAWN),
            lambda session, number=number: record_entries.withdraw(
                session, desk(whole, SOURCE), number, reason="误报", document=None
            ),
            lambda session, me=me, one=one: disputes.withdraw(session, whole.packs, whole.pii, me, one, whole.clock()),
        ]
    at_once(*(in_one(whole, act) for act in acts))
    with whole.sessions() as session:
        assert not session.scalar(select(func.count()).select_from(DisputeRow).where(DisputeRow.status.in_(OPEN)))
        assert "disputed" not in session.scalars(select(RecordRow.status)).all()
        assert all(access.verify(session, me).whole for me, _, _ in asked)


def test_one_record_is_disputed_once_however_often_it_is_tapped(whole: Kit) -> None:
    with whole.sessions() as session:
        me = member(session, whole)
        record = penalty_of(session, me).id

    def tap(session: Session) -> object:
        words = {"ground": Ground.UNTRUE, "statement": "没有", "now": whole.clock()}
        return disputes.open(session, whole.packs, whole.pii, me, record, **words)

    at_once(*(in_one(whole, tap) for _ in range(5)))
    with whole.sessions() as session:
        assert session.scalar(select(func.count()).select_from(DisputeRow)) == 1
        assert session.scalar(select(func.count()).select_from(RecordEvent).where(RecordEvent.kind == "disputed")) == 1


def test_leaving_while_answers_deadlines_and_corrections_come_leaves_nothing(whole: Kit) -> None:
    asked = disputed(whole)
    with whole.sessions() as session:
        overdue(session, whole)
        clerk = operators.put(session, "idn_1", "王专员", ["office"], whole.clock())
        for _, _, one in asked[:2]:
            said = Said(outcome=Status.WITHDRAWN, reason="未举证")
            remedy_answers.propose(session, whole.pii, DisputeRow, clerk, one, said, whole.clock())
            REMEDIES.execute(session, one, {}, whole.clock())
        session.commit()

    acts: list[Callable[[Session], object]] = []
    for serial, (me, number, one) in enumerate(asked, 1):
        row = a_penalty(number, days_ago(whole, 200), serial=serial) | {"class": "general", "source_record_id": number}
        acts += [
            lambda session, me=me: leaving.leave(session, me, whole.clock()),
            answer(whole, one, Status.UPHELD),
            lambda session, row=row: record_entries.enter(session, desk(whole, SOURCE), row),
            lambda session: remedy_cases.pass_deadlines(session, whole.clock()),
        ]
    at_once(Worker(whole).work, *(in_one(whole, act) for act in acts))
    for _ in range(3):
        Worker(whole).work()
    with whole.sessions() as session:
        for table in (DisputeRow, RecordRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.__tablename__
        assert session.scalars(select(Message.attempts).where(Message.attempts > 0)).all() == []
        assert all(access.verify(session, me).whole for me, _, _ in asked)

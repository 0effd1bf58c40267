"""Reviews while everything goes on: answered once, applied once, and one who leaves meanwhile is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.cli.worker import Worker
from app.domain.access import SYSTEM
from app.domain.errors import Refusal
from app.domain.review import Status
from app.factory import build_kit
from app.services import access, leaving, retention, review_answers, reviews
from app.services.filing import Desk
from app.services.review_answers import Answer
from app.services.review_approval import REVIEWS
from app.store import operators
from app.store.outbox import Message
from app.store.remedies import DisputeRow
from app.store.reviews import ReviewRow
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.members import a_penalty, days_ago, file_rows, make_member
from tests.support.people import id_number

PEOPLE = 5
CHANGED = Answer(outcome=Status.CHANGED, reason="材料齐全")
STANDS = Answer(outcome=Status.STANDS, reason="核对无误")


@pytest.fixture
def whole(settings: object, real_db: Engine, clock: Clock) -> Kit:
    kit = build_kit(settings, engine=real_db, clock=clock)  # type: ignore[arg-type]
    return replace(kit, sessions=sessionmaker(real_db, expire_on_commit=False))


def asked(kit: Kit, session: Session, serial: int) -> tuple[str, str]:
    """A member who asked about a penalty of theirs: who, and the review."""
    me = make_member(session, kit, serial=serial)
    row = a_penalty(f"P-{serial}", days_ago(kit), serious=True, serial=serial) | {"id_number": id_number(serial)}
    record = file_rows(session, kit, "transport", row)[0].record_id or ""
    review = reviews.ask_about_record(session, kit.pii, me, record, "请看一看", kit.clock())
    session.commit()
    return me, review.id


def office(kit: Kit) -> Desk:
    return Desk(kit.packs, kit.pii, SYSTEM, kit.clock())


def at_once(*acts: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(act) for act in acts]]


def test_two_operators_who_answer_at_once_answer_once(whole: Kit) -> None:
    with whole.sessions() as session:
        _, review = asked(whole, session, 1)
        clerk = operators.put(session, "idn_1", "王专员", ["office"], whole.clock())
        session.commit()

    def answer() -> str:
        try:
            with whole.sessions.begin() as session:
                review_answers.answer(session, office(whole), whole.registry, clerk, review, STANDS)
        except Refusal as refusal:
            return refusal.code
        return "answered"

    assert sorted(map(str, at_once(*[answer] * 4))) == ["answered", *["review-answered"] * 3]


def approved(kit: Kit) -> list[str]:
    """People whose item two operators have agreed to change; the worker has yet to do it."""
    with kit.sessions() as session:
        clerk = operators.put(session, "idn_1", "王专员", ["office"], kit.clock())
        people = []
        for serial in range(1, PEOPLE + 1):
            me, review = asked(kit, session, serial)
            review_answers.answer(session, office(kit), kit.registry, clerk, review, CHANGED)
            REVIEWS.execute(session, review, {}, kit.clock())
            session.commit()
            people.append(me)
    return people


def test_two_workers_give_an_approved_answer_once(whole: Kit) -> None:
    people = approved(whole)
    at_once(Worker(whole).work, Worker(whole).work)
    with whole.sessions() as session:
        assert sorted(session.scalars(select(DisputeRow.citizen_id))) == sorted(people)
        assert set(session.scalars(select(ReviewRow.status))) == {Status.CHANGED}


def test_leaving_or_deleting_while_answers_are_given_leaves_nothing_and_blocks_nobody(whole: Kit) -> None:
    people = approved(whole)

    def leave(citizen_id: str) -> None:
        with whole.sessions.begin() as session:
            leaving.leave(session, citizen_id, whole.clock())

    def night() -> None:
        with whole.sessions.begin() as session:
            retention.step(session, lambda _: "signed", whole.clock())

    worker = Worker(whole)
    at_once(worker.work, Worker(whole).work, night, *[lambda me=me: leave(me) for me in people])
    with whole.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ReviewRow)) == 0
        assert session.scalar(select(func.count()).select_from(DisputeRow)) == 0
        assert session.scalars(select(Message.attempts).where(Message.attempts > 0)).all() == []
        assert all(access.verify(session, me).whole for me in people)

"""What is past its time, and how it goes: a record, and all that any table holds about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, delete, exists, func, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.record import Status
from app.domain.retention import ended_before
from app.store import idempotency, leaving
from app.store.arrays import TEXT, among, unnested
from app.store.batches import BatchPerson
from app.store.citizens import Citizen
from app.store.enrolments import Enrolment
from app.store.events import CitizenEvent
from app.store.outbox import Message
from app.store.outer_ids import OuterId
from app.store.records import RecordRow
from app.store.reviews import ReviewRow

_PLAIN = {"synchronize_session": False}
RECORD = "record_id"
"""The column by which a table says that its row is about a record; such a row goes when the record does."""


def expired(session: Session, day: date, limit: int) -> Sequence[RecordRow]:
    """Up to `limit` active adverse records whose term is over on `day`, and which are kept for a while still."""
    due = RecordRow.status == Status.ACTIVE, RecordRow.ended_on > ended_before(day), RecordRow.expires_on <= day
    return session.scalars(_oldest(RecordRow.expires_on, *due).limit(limit)).all()


def over(session: Session, day: date, limit: int) -> list[RecordRow]:
    """Up to `limit` records, of each rule, that are to be deleted on `day`: whatever their status, disputed or not."""
    positive = _oldest(RecordRow.expires_on, RecordRow.ended_on.is_(None), RecordRow.expires_on <= day)
    adverse = _oldest(RecordRow.ended_on, RecordRow.ended_on <= ended_before(day))
    return [row for query in (positive, adverse) for row in session.scalars(query.limit(limit))]


def _oldest(column: Any, *due: ColumnElement[bool]) -> Any:
    return select(RecordRow).where(*due).order_by(column).execution_options(populate_existing=True)


def hold(session: Session, citizen_ids: Collection[str]) -> set[str]:
    """Those of the people who can be held at once, and are until this transaction ends; it waits for nobody.

    Past are those who are leaving, or answering, or whose messages a worker has in hand: their turn comes again.
    """
    people = _free(session, select(Citizen.citizen_id).where(among(Citizen.citizen_id, citizen_ids)))
    mine = select(Message.id, Message.citizen_id).where(Message.citizen_id.in_(people))
    free = {message_id for message_id, _ in session.execute(mine.with_for_update(skip_locked=True))}
    people -= {str(citizen_id) for message_id, citizen_id in session.execute(mine) if message_id not in free}
    return _free(session, select(Enrolment.citizen_id).where(among(Enrolment.citizen_id, people)))


def _free(session: Session, query: Any) -> set[str]:
    ordered = query.order_by(query.selected_columns[0])
    return set(session.scalars(ordered.with_for_update(skip_locked=True)))


def fresh(session: Session, rows: Sequence[RecordRow], held: Collection[str]) -> Sequence[RecordRow]:
    """Those of `rows` whose people are held, as they are now, by person: what is gone meanwhile is not among them."""
    mine = among(RecordRow.citizen_id, held), among(RecordRow.id, [row.id for row in rows])
    query = select(RecordRow).where(*mine).order_by(RecordRow.citizen_id, RecordRow.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def erase(session: Session, rows: Sequence[RecordRow]) -> tuple[set[str], list[str]]:
    """Delete records, all that is about them and all that names them; whose they were, and ids that lead nowhere now.

    The caller holds their people.
    """
    people, ids = {row.citizen_id for row in rows}, [row.id for row in rows]
    gone = [*ids, *_about(session, people, ids), *_reviews(session, people, ids)]
    later = update(RecordRow).where(among(RecordRow.citizen_id, people), RecordRow.supersedes.in_(ids))
    session.execute(later.values(supersedes=None), execution_options=_PLAIN)
    mine = among(RecordRow.citizen_id, people), among(RecordRow.id, ids)
    session.execute(delete(RecordRow).where(*mine), execution_options=_PLAIN)
    gone += _batches(session, {(row.citizen_id, row.batch_id) for row in rows if row.batch_id})
    session.execute(delete(OuterId).where(among(OuterId.outer_id, gone)), execution_options=_PLAIN)
    named = unnested(one=(TEXT, gone))
    for table in (CitizenEvent, Message):
        said = select(named.c.one).where(func.strpos(cast(table.data, Text), named.c.one) > 0)
        theirs = table.citizen_id.in_(people), said.exists()
        session.execute(delete(table).where(*theirs), execution_options=_PLAIN)
    idempotency.forget_about(session, [row.source_record_id for row in rows])
    return people, gone


@cache
def tables_about_records() -> tuple[Table, ...]:
    """Every table of people whose rows may be about one record."""
    return tuple(table for table in leaving.tables_of_people() if RECORD in table.columns)


def _about(session: Session, people: Collection[str], ids: Sequence[str]) -> Iterator[str]:
    for table in tables_about_records():
        mine = table.columns[leaving.CITIZEN].in_(people), table.columns[RECORD].in_(ids)
        named = table.columns["id"] if "id" in table.columns else table.columns[RECORD]
        yield from session.scalars(delete(table).where(*mine).returning(named)).all()


def _reviews(session: Session, people: Collection[str], ids: Sequence[str]) -> Sequence[str]:
    mine = among(ReviewRow.citizen_id, people), among(ReviewRow.subject, ids)
    return session.scalars(delete(ReviewRow).where(*mine).returning(ReviewRow.id), execution_options=_PLAIN).all()


def _batches(session: Session, came_in: Collection[tuple[str, str]]) -> Sequence[str]:
    """That a person was in a file goes too, unless another record of theirs came in it."""
    other = (RecordRow.citizen_id == BatchPerson.citizen_id, RecordRow.batch_id == BatchPerson.batch_id)
    mine = tuple_(BatchPerson.citizen_id, BatchPerson.batch_id).in_(came_in), ~exists().where(*other)
    return session.scalars(
        delete(BatchPerson).where(*mine).returning(BatchPerson.batch_id), execution_options=_PLAIN
    ).all()

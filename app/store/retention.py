"""What is past its time, and how it goes: a record, and all that any table holds about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.record import Status
from app.domain.retention import ended_before
from app.store import idempotency, leaving, models
from app.store.arrays import among
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


def erase(session: Session, row: RecordRow) -> list[str]:
    """Delete a record, all that is about it and all that names it; returns the ids that lead nowhere now."""
    me, record_id = row.citizen_id, row.id
    gone = [record_id, *_about(session, me, record_id), *_reviews(session, me, record_id)]
    later = update(RecordRow).where(RecordRow.citizen_id == me, RecordRow.supersedes == record_id)
    session.execute(later.values(supersedes=None), execution_options=_PLAIN)
    session.execute(
        delete(RecordRow).where(RecordRow.citizen_id == me, RecordRow.id == record_id), execution_options=_PLAIN
    )
    gone += _batch(session, row)
    session.execute(
        delete(OuterId).where(OuterId.citizen_id == me, among(OuterId.outer_id, gone)), execution_options=_PLAIN
    )
    for table in (CitizenEvent, Message):
        named = or_(*(func.strpos(cast(table.data, Text), one) > 0 for one in gone))
        session.execute(delete(table).where(table.citizen_id == me, named), execution_options=_PLAIN)
    idempotency.forget_about(session, [row.source_record_id])
    return gone


def tables_about_records() -> Iterator[Table]:
    """Every table of people whose rows may be about one record."""
    return (table for table in leaving.tables_of_people() if RECORD in table.columns)


def _about(session: Session, citizen_id: str, record_id: str) -> Iterator[str]:
    for table in tables_about_records():
        mine = table.columns[leaving.CITIZEN] == citizen_id, table.columns[RECORD] == record_id
        named = table.columns["id"] if "id" in table.columns else table.columns[RECORD]
        yield from session.scalars(delete(table).where(*mine).returning(named)).all()


def _reviews(session: Session, citizen_id: str, record_id: str) -> Sequence[str]:
    mine = ReviewRow.citizen_id == citizen_id, ReviewRow.subject == record_id
    return session.scalars(delete(ReviewRow).where(*mine).returning(ReviewRow.id), execution_options=_PLAIN).all()


def _batch(session: Session, row: RecordRow) -> list[str]:
    """That the person was in the record's file goes too, unless another record of theirs came in it."""
    others = select(RecordRow.id).where(RecordRow.citizen_id == row.citizen_id, RecordRow.batch_id == row.batch_id)
    if row.batch_id is None or session.scalar(others.limit(1)):
        return []
    mine = BatchPerson.citizen_id == row.citizen_id, BatchPerson.batch_id == row.batch_id
    session.execute(delete(BatchPerson).where(*mine), execution_options=_PLAIN)
    return [row.batch_id]

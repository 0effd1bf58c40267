"""What is past its time, and how it goes: a record, and all that any table holds about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, delete, exists, func, select, update
from sqlalchemy.orm import Session

from app.domain.record import Status
from app.domain.retention import ended_before
from app.store import idempotency, leaving
from app.store.arrays import TEXT, among, paired, unnested
from app.store.batches import BatchPerson
from app.store.citizens import Citizen
from app.store.enrolments import Enrolment
from app.store.events import CitizenEvent
from app.store.order_rows import OrderRow
from app.store.outbox import Message
from app.store.outer_ids import OuterId
from app.store.records import RecordRow
from app.store.reviews import ReviewRow

Named = tuple[str, str]
"""A person and an id of something about them."""
_PLAIN = {"synchronize_session": False}
RECORD = "record_id"
"""The column by which a table says that its row is about a record; such a row goes when the record does.

An order is not about the record that it brought: it forgets its id, and stays.
"""


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


def erase(session: Session, rows: Sequence[RecordRow]) -> list[Named]:
    """Delete records, all that is about them and all that names them; ids that lead nowhere now, each with its person.

    The caller holds their people.
    """
    ended = [(row.citizen_id, row.id) for row in rows]
    gone = [*ended, *_about(session, ended), *_reviews(session, ended)]
    brought = update(OrderRow).where(paired(OrderRow.citizen_id, OrderRow.record_id, ended))
    session.execute(brought.values(record_id=None), execution_options=_PLAIN)
    later = update(RecordRow).where(paired(RecordRow.citizen_id, RecordRow.supersedes, ended))
    session.execute(later.values(supersedes=None), execution_options=_PLAIN)
    session.execute(
        delete(RecordRow).where(paired(RecordRow.citizen_id, RecordRow.id, ended)), execution_options=_PLAIN
    )
    gone += _batches(session, {(row.citizen_id, row.batch_id) for row in rows if row.batch_id})
    session.execute(delete(OuterId).where(paired(OuterId.citizen_id, OuterId.outer_id, gone)), execution_options=_PLAIN)
    _untell(session, gone)
    idempotency.forget_facts(session, [(row.source, row.source_record_id) for row in rows])
    return gone


def _untell(session: Session, gone: Sequence[Named]) -> None:
    people = {citizen_id for citizen_id, _ in gone}
    named = unnested(owner=(TEXT, [citizen_id for citizen_id, _ in gone]), one=(TEXT, [one for _, one in gone]))
    for table in (CitizenEvent, Message):
        said = named.c.owner == table.citizen_id, func.strpos(cast(table.data, Text), named.c.one) > 0
        theirs = table.citizen_id.in_(people), select(named.c.one).where(*said).exists()
        session.execute(delete(table).where(*theirs), execution_options=_PLAIN)


@cache
def tables_about_records() -> tuple[Table, ...]:
    """Every table of people whose rows may be about one record."""
    named = (table for table in leaving.tables_of_people() if RECORD in table.columns)
    return tuple(table for table in named if table.name != OrderRow.__tablename__)


def _about(session: Session, ended: Sequence[Named]) -> Iterator[Named]:
    for table in tables_about_records():
        owner, record = table.columns[leaving.CITIZEN], table.columns[RECORD]
        named = delete(table).where(paired(owner, record, ended)).returning(owner, table.columns.get("id", record))
        yield from ((row[0], row[1]) for row in session.execute(named).all())


def _reviews(session: Session, ended: Sequence[Named]) -> Sequence[Named]:
    mine = delete(ReviewRow).where(paired(ReviewRow.citizen_id, ReviewRow.subject, ended))
    named = mine.returning(ReviewRow.citizen_id, ReviewRow.id)
    return [(row[0], row[1]) for row in session.execute(named, execution_options=_PLAIN)]


def _batches(session: Session, came_in: Collection[Named]) -> Sequence[Named]:
    """That a person was in a file goes too, unless another record of theirs came in it."""
    other = (RecordRow.citizen_id == BatchPerson.citizen_id, RecordRow.batch_id == BatchPerson.batch_id)
    mine = paired(BatchPerson.citizen_id, BatchPerson.batch_id, came_in), ~exists().where(*other)
    named = delete(BatchPerson).where(*mine).returning(BatchPerson.citizen_id, BatchPerson.batch_id)
    return [(row[0], row[1]) for row in session.execute(named, execution_options=_PLAIN)]

"""Batches: a department's file, what became of it, whom it was about; of refused rows only their place and reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.arrays import TEXT, unnested
from app.store.base import Base, Id, Moment, new_id
from app.store.copying import copy_rows

COUNTS = ("rows", "accepted", "corrected", "duplicates", "refused", "not_stored")


class Batch(Base):
    """One file. `status`: processing | complete. `not_stored`: nothing of those rows is kept.

    Rows up to the line `line` are filed; `trail` is a keyed hash of them, until the file is complete.
    """

    __tablename__ = "batches"
    id: Mapped[Id] = mapped_column(primary_key=True)
    source: Mapped[Id]
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    filename: Mapped[str | None] = mapped_column(String(120))
    status: Mapped[Id]
    sha256: Mapped[str | None] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column(Integer, default=0)
    accepted: Mapped[int] = mapped_column(Integer, default=0)
    corrected: Mapped[int] = mapped_column(Integer, default=0)
    duplicates: Mapped[int] = mapped_column(Integer, default=0)
    refused: Mapped[int] = mapped_column(Integer, default=0)
    not_stored: Mapped[int] = mapped_column(Integer, default=0)
    line: Mapped[int] = mapped_column(BigInteger, default=0)
    trail: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[Moment]
    progressed_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]


class BatchRefusal(Base):
    """A refused row: its line in the file, the field at fault and the reason's code; nothing of what it said."""

    __tablename__ = "batch_refusals"
    batch_id: Mapped[Id] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    field: Mapped[Id]
    code: Mapped[Id]


class BatchPerson(Base):
    """A member whom a file was about."""

    __tablename__ = "batch_people"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    batch_id: Mapped[Id] = mapped_column(primary_key=True)


def open_batch(session: Session, source: str, *, now: datetime, request_key: str, filename: str | None = None) -> Batch:
    """The batch of this request, new unless the same request has been here before."""
    row = {
        "id": new_id("bat"),
        "source": source,
        "request_key": request_key,
        "filename": filename,
        "status": "processing",
        "line": 0,
        "received_at": now,
        **dict.fromkeys(COUNTS, 0),
    }
    session.execute(insert(Batch).values(row).on_conflict_do_nothing())
    query = select(Batch).where(Batch.request_key == request_key)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def count(session: Session, batch_id: str, counts: Mapping[str, int], *, line: int, trail: str, now: datetime) -> None:
    """Add a chunk's counts, by the names of `COUNTS`, and note how far the file is filed."""
    more: dict[str, Any] = {name: getattr(Batch, name) + number for name, number in counts.items()}
    more |= {"line": line, "trail": trail, "progressed_at": now}
    session.execute(
        update(Batch).where(Batch.id == batch_id).values(**more), execution_options={"synchronize_session": False}
    )


def refuse(session: Session, batch_id: str, rows: Iterable[tuple[int, str, str]]) -> None:
    """Append refusals: line, field, code."""
    refusals = ({"batch_id": batch_id, "line": line, "field": field, "code": code} for line, field, code in rows)
    copy_rows(session, BatchRefusal, refusals)


def add_people(session: Session, batch_id: str, citizen_ids: Collection[str]) -> Sequence[str]:
    """Note whom the batch is about; returns those who were not noted before."""
    people = unnested(citizen_id=(TEXT, sorted(citizen_ids)))
    rows = insert(BatchPerson).from_select(["citizen_id", "batch_id"], select(people.c.citizen_id, literal(batch_id)))
    return session.scalars(rows.on_conflict_do_nothing().returning(BatchPerson.citizen_id)).all()


def finish(session: Session, batch_id: str, *, sha256: str, now: datetime, keep_key: bool) -> Batch:
    """Close the batch; the report as it stands. Without its key the same request opens another one."""
    done: dict[str, Any] = {"status": "complete", "sha256": sha256, "trail": None, "finished_at": now}
    done |= {} if keep_key else {"request_key": None}
    closed = update(Batch).where(Batch.id == batch_id).values(**done)
    session.execute(closed.execution_options(synchronize_session=False))
    query = select(Batch).where(Batch.id == batch_id)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def get(session: Session, source: str | None, batch_id: str) -> Batch | None:
    """A department's own batch, or any, or None."""
    query = select(Batch).where(Batch.id == batch_id)
    if source is not None:
        query = query.where(Batch.source == source)
    return session.scalar(query.execution_options(populate_existing=True))


def listed(session: Session, source: str | None, *, before: str | None, limit: int) -> Sequence[Batch]:
    """A department's batches, or those of all, newest first, older than the id `before`."""
    query = select(Batch).order_by(Batch.id.desc()).limit(limit)
    if source is not None:
        query = query.where(Batch.source == source)
    if before is not None:
        query = query.where(Batch.id < before)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def reasons(session: Session, batch_id: str) -> Sequence[tuple[str, str, int]]:
    """Why rows of a batch were refused: field, code and how many, the most frequent first."""
    place = (BatchRefusal.field, BatchRefusal.code)
    query = select(*place, func.count()).where(BatchRefusal.batch_id == batch_id).group_by(*place)
    return [(row[0], row[1], row[2]) for row in session.execute(query.order_by(func.count().desc(), *place))]


def refusals(session: Session, batch_id: str, *, after: int | None, limit: int) -> Sequence[BatchRefusal]:
    """Refused rows in the file's order, past the line `after`."""
    query = select(BatchRefusal).where(BatchRefusal.batch_id == batch_id)
    if after is not None:
        query = query.where(BatchRefusal.line > after)
    return session.scalars(query.order_by(BatchRefusal.line).limit(limit)).all()

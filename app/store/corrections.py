"""Requests to correct a fact about oneself (PIPL article 46), and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, String, Text, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.correction import Status
from app.store import outer_ids
from app.store.base import Base, Id, Moment, sealed
from app.store.records import RecordRow


class CorrectionRow(Base):
    """One request: which field of what is wrong, in the person's own words; and how it was answered."""

    __tablename__ = "corrections"
    __table_args__ = (
        Index("ix_corrections_waiting", "id", postgresql_where=text("status = 'received'")),
        {"info": {"on_leave": "delete"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    about: Mapped[Id]
    record_id: Mapped[str | None] = mapped_column(String(64))
    field: Mapped[Id]
    sealed_statement: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("corrections:{id}"))
    status: Mapped[Id]
    received_at: Mapped[Moment]
    due_on: Mapped[date]
    answered_at: Mapped[Moment | None]
    remedy: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(String(120))
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("corrections.answer:{id}"))


def context(correction_id: str) -> str:
    """What the ciphertext of a statement is bound to."""
    return f"corrections:{correction_id}"


def answer_context(correction_id: str) -> str:
    """What the ciphertext of an answer that waits for its second person is bound to."""
    return f"corrections.answer:{correction_id}"


def add(session: Session, row: CorrectionRow) -> None:
    """Keep a request; its id leads to its citizen."""
    outer_ids.register(session, row.id, "correction", row.citizen_id)
    session.add(row)
    session.flush()


def citizen_of(session: Session, correction_id: str) -> str | None:
    """Whose request it is, or None."""
    return outer_ids.citizen_of(session, correction_id, "correction")


def get(session: Session, citizen_id: str, correction_id: str, *, held: bool = False) -> CorrectionRow | None:
    """One request of this person, or None; `held` until the transaction ends."""
    query = select(CorrectionRow).where(CorrectionRow.citizen_id == citizen_id, CorrectionRow.id == correction_id)
    query = query.with_for_update() if held else query
    return session.scalar(query.execution_options(populate_existing=True))


def waiting_for(session: Session, citizen_id: str, record_id: str | None, field: str | None = None) -> str | None:
    """The id of this person's request about a record (None: about the identity) that still waits, or None."""
    query = select(CorrectionRow.id).where(
        CorrectionRow.citizen_id == citizen_id,
        CorrectionRow.status == Status.RECEIVED,
        CorrectionRow.record_id.is_(None) if record_id is None else CorrectionRow.record_id == record_id,
    )
    return session.scalar((query.where(CorrectionRow.field == field) if field else query).limit(1))


def about(session: Session, citizen_id: str, record_id: str) -> Sequence[CorrectionRow]:
    """This person's requests about one record, the oldest first."""
    query = select(CorrectionRow).where(CorrectionRow.citizen_id == citizen_id, CorrectionRow.record_id == record_id)
    return session.scalars(query.order_by(CorrectionRow.id).execution_options(populate_existing=True)).all()


def put_to(
    session: Session, source: str, *, after: str | None, limit: int
) -> Sequence[tuple[CorrectionRow, RecordRow]]:
    """The requests about this department's records that wait, the oldest first, younger than the id `after`."""
    row, record = CorrectionRow, RecordRow
    same = (record.citizen_id == row.citizen_id) & (record.id == row.record_id)
    query = select(row, record).join(record, same).where(row.status == Status.RECEIVED, record.source == source)
    query = query.where(row.id > after) if after else query
    return [(found[0], found[1]) for found in session.execute(query.order_by(row.id).limit(limit))]


def propose(session: Session, row: CorrectionRow, sealed_answer: bytes | None) -> None:
    """Let an answer wait on its request for a second person; None takes it away."""
    row.sealed_answer = sealed_answer
    session.flush()


def settle(
    session: Session, row: CorrectionRow, status: Status, now: datetime, remedy: str | None = None,
    reason: str | None = None, document: str | None = None,
) -> None:  # fmt: skip
    """Answer a request, or take it back."""
    values = {"status": status, "answered_at": now, "remedy": remedy, "reason": reason, "document": document}
    values |= {"sealed_answer": None}
    mine = CorrectionRow.citizen_id == row.citizen_id, CorrectionRow.id == row.id
    session.execute(update(CorrectionRow).where(*mine).values(values))


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[CorrectionRow]:
    """A person's requests, newest first, older than the id `before`."""
    query = select(CorrectionRow).where(CorrectionRow.citizen_id == citizen_id)
    query = query.where(CorrectionRow.id < before) if before else query
    return session.scalars(query.order_by(CorrectionRow.id.desc()).limit(limit)).all()


def queue(session: Session, *, after: str | None, limit: int) -> Sequence[CorrectionRow]:
    """The requests that wait for an answer, the oldest first, younger than the id `after`."""
    query = select(CorrectionRow).where(CorrectionRow.status == Status.RECEIVED)
    query = query.where(CorrectionRow.id > after) if after else query
    return session.scalars(query.order_by(CorrectionRow.id).limit(limit)).all()

"""Disputes and repairs: what a person asks of a department about a record of theirs, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Index, LargeBinary, String, Text, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.access import ActorKind
from app.domain.record import Status as RecordStatus
from app.domain.remedy import DISPUTE_ENDS, OPEN, REPAIR_ENDS, Ground, Status
from app.store import events, outer_ids, partner_notices
from app.store.base import Base, Id, Moment, sealed

_OPEN = text("status in ('submitted', 'verifying')")


class Asked:
    """What a dispute and a repair have in common; `escalated_at`: when it went to the desk, unanswered."""

    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    record_id: Mapped[Id]
    source: Mapped[Id]
    source_record_id: Mapped[Id]
    status: Mapped[Id]
    asked_at: Mapped[Moment]
    due_on: Mapped[date]
    escalated_at: Mapped[Moment | None]
    answered_at: Mapped[Moment | None]
    reason: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(String(120))


class DisputeRow(Asked, Base):
    """One dispute of a record: on which ground, in whose words (`asked_by`: citizen, operator); how it ended."""

    __tablename__ = "disputes"
    __table_args__ = (
        Index("uq_disputes_open", "citizen_id", "record_id", unique=True, postgresql_where=_OPEN),
        Index("ix_disputes_source_id", "source", "id"),
        Index("ix_disputes_due_on", "due_on", postgresql_where=_OPEN),
        {"info": {"on_leave": "delete"}},
    )
    ground: Mapped[Id]
    asked_by: Mapped[Id]
    sealed_statement: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("disputes:{id}"))
    sealed_evidence: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("disputes.evidence:{id}"))
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("disputes.answer:{id}"))


class RepairRow(Asked, Base):
    """One request for the repair of an adverse record: what was put right; and what the department decided."""

    __tablename__ = "repairs"
    __table_args__ = (
        Index("uq_repairs_open", "citizen_id", "record_id", unique=True, postgresql_where=_OPEN),
        Index("ix_repairs_source_id", "source", "id"),
        Index("ix_repairs_due_on", "due_on", postgresql_where=_OPEN),
        {"info": {"on_leave": "delete"}},
    )
    sealed_statement: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("repairs:{id}"))
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("repairs.answer:{id}"))


Row = TypeVar("Row", bound=DisputeRow | RepairRow)
NAMES: dict[type[Any], str] = {DisputeRow: "dispute", RepairRow: "repair"}
"""What an id of each leads to in outer_ids, and how its events begin."""


def add(session: Session, row: DisputeRow | RepairRow) -> None:
    """Keep a request; its id leads to its citizen."""
    outer_ids.register(session, row.id, NAMES[type(row)], row.citizen_id)
    session.add(row)
    session.flush()


def citizen_of(session: Session, kind: type[Row], asked_id: str) -> str | None:
    """Whose request it is, or None."""
    return outer_ids.citizen_of(session, asked_id, NAMES[kind])


def get(session: Session, kind: type[Row], citizen_id: str, asked_id: str, *, held: bool = False) -> Row | None:
    """One request of this person, or None; `held` until the transaction ends."""
    query = select(kind).where(kind.citizen_id == citizen_id, kind.id == asked_id)
    query = query.with_for_update() if held else query
    return session.scalar(query.execution_options(populate_existing=True))


def about(session: Session, kind: type[Row], citizen_id: str, record_id: str) -> Sequence[Row]:
    """A person's requests about one record, newest first."""
    query = select(kind).where(kind.citizen_id == citizen_id, kind.record_id == record_id)
    return session.scalars(query.order_by(kind.id.desc()).execution_options(populate_existing=True)).all()


def listed(session: Session, kind: type[Row], citizen_id: str, *, before: str | None, limit: int) -> Sequence[Row]:
    """A person's requests, newest first, older than the id `before`."""
    query = select(kind).where(kind.citizen_id == citizen_id)
    query = query.where(kind.id < before) if before else query
    return session.scalars(query.order_by(kind.id.desc()).limit(limit)).all()


def put_to(session: Session, kind: type[Row], source: str, *, after: str | None, limit: int) -> Sequence[Row]:
    """The requests that wait for this department, the oldest first, younger than the id `after`."""
    return _waiting(session, kind, kind.source == source, after, limit)


def over(session: Session, kind: type[Row], source: str, *, before: str | None, limit: int) -> Sequence[Row]:
    """The requests that were put to this department and have ended, the newest first, older than the id `before`."""
    query = select(kind).where(kind.source == source, kind.status.not_in(OPEN))
    query = query.where(kind.id < before) if before else query
    return session.scalars(query.order_by(kind.id.desc()).limit(limit)).all()


def overdue(session: Session, kind: type[Row], day: date, *, after: str | None, limit: int) -> Sequence[Row]:
    """The requests that were due before `day`, the oldest first, younger than the id `after`."""
    return _waiting(session, kind, kind.due_on < day, after, limit)


def _waiting(
    session: Session, kind: type[Row], which: ColumnElement[bool], after: str | None, limit: int
) -> Sequence[Row]:
    query = select(kind).where(which, kind.status.in_(OPEN))
    query = query.where(kind.id > after) if after else query
    return session.scalars(query.order_by(kind.id).limit(limit)).all()


def begin(session: Session, row: DisputeRow | RepairRow) -> None:
    """The department has opened it."""
    if row.status == Status.SUBMITTED:
        row.status = Status.VERIFYING
        session.flush()


def propose(session: Session, row: DisputeRow | RepairRow, sealed_answer: bytes | None) -> None:
    """Let an answer wait on its request for a second person; None takes it away."""
    row.sealed_answer = sealed_answer
    session.flush()


def escalate(session: Session, kind: type[Row], day: date, now: datetime, limit: int) -> int:
    """Send up to `limit` requests that were due before `day` to the desk and tell their people; how many."""
    late = select(kind).where(kind.status.in_(OPEN), kind.due_on < day, kind.escalated_at.is_(None))
    rows = session.scalars(late.order_by(kind.id).limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.escalated_at = now
        _tell(session, row, "unanswered", now)
    session.flush()
    return len(rows)


def settle(
    session: Session, row: DisputeRow | RepairRow, status: Status, now: datetime, *,
    reason: str | None = None, document: str | None = None,
) -> None:  # fmt: skip
    """End a request and tell its person, where it was not their own doing."""
    kind = type(row)
    values = {"status": status, "answered_at": now, "reason": reason, "document": document, "sealed_answer": None}
    mine = kind.citizen_id == row.citizen_id, kind.id == row.id
    session.execute(update(kind).where(*mine).values(values))
    if status is not Status.RETRACTED:
        _tell(session, row, status, now)


def explain(session: Session, row: DisputeRow | RepairRow, reason: str, document: str | None) -> None:
    """Write the whole reason and the document of an answer to its request."""
    kind = type(row)
    mine = kind.citizen_id == row.citizen_id, kind.id == row.id
    session.execute(update(kind).where(*mine).values(reason=reason, document=document))


def record_ended(
    session: Session, citizen_id: str, record_id: str, status: RecordStatus, now: datetime, *,
    since: datetime, reason: str | None, document: str | None,
) -> None:  # fmt: skip
    """Settle what is open about a record that takes `status`, and tell the partners who were told while it counted.

    `since`: when the record was received. Only for a status in which a record ends.
    """
    disputes = _open_about(session, DisputeRow, citizen_id, record_id)
    for dispute in disputes:
        settle(session, dispute, DISPUTE_ENDS[status], now, reason=reason, document=document)
    for repair in _open_about(session, RepairRow, citizen_id, record_id):
        settle(session, repair, REPAIR_ENDS[status], now, reason=reason, document=document)
    if status is RecordStatus.REPAIRED or (disputes and status is not RecordStatus.EXPIRED):
        until = min([now, *(dispute.asked_at for dispute in disputes)])
        partner_notices.tell_again(session, citizen_id, since=since, until=until, now=now)


def _open_about(session: Session, kind: type[Row], citizen_id: str, record_id: str) -> Sequence[Row]:
    query = select(kind).where(kind.citizen_id == citizen_id, kind.record_id == record_id, kind.status.in_(OPEN))
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _tell(session: Session, row: DisputeRow | RepairRow, what: str, now: datetime) -> None:
    name = NAMES[type(row)]
    events.tell(session, row.citizen_id, f"{name}.{what}", {f"{name}_id": row.id, "record_id": row.record_id}, now)


def stood(session: Session, citizen_id: str, record_id: str) -> set[Ground]:
    """The grounds on which its person disputed this record before and it stood; what the office put is not theirs."""
    rows = about(session, DisputeRow, citizen_id, record_id)
    return {Ground(row.ground) for row in rows if row.status == Status.UPHELD and row.asked_by == ActorKind.CITIZEN}


def running_since(session: Session, citizen_id: str, record_id: str) -> date | None:
    """The earliest day on which an answer was due that no answer ended: of disputes of this record since taken back."""
    days = []
    for row in about(session, DisputeRow, citizen_id, record_id):
        if row.status != Status.RETRACTED:
            break
        days.append(row.due_on)
    return min(days, default=None)

"""Who has opted in: a row here is membership, and its lock orders everything that is stored about the member."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Index, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment


class Enrolment(Base):
    """One member. `pulled_at`: when the departments were asked; from `due_on` on the score may be stale."""

    __tablename__ = "enrolments"
    __table_args__ = (Index("ix_enrolments_due", "due_on"), {"info": {"on_leave": "delete"}})
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    notice_version: Mapped[Id]
    enrolled_at: Mapped[Moment]
    pulled_at: Mapped[Moment | None]
    due_on: Mapped[date | None]


def add(session: Session, citizen_ids: Collection[str], *, notice_version: str, now: datetime) -> Sequence[str]:
    """Enrol those who are not yet; returns them."""
    if not citizen_ids:
        return []
    rows = [
        {"citizen_id": citizen_id, "notice_version": notice_version, "enrolled_at": now}
        for citizen_id in sorted(citizen_ids)
    ]
    statement = insert(Enrolment).values(rows).on_conflict_do_nothing().returning(Enrolment.citizen_id)
    return session.scalars(statement).all()


def get(session: Session, citizen_id: str) -> Enrolment | None:
    """The member's enrolment, or None."""
    return session.scalar(select(Enrolment).where(Enrolment.citizen_id == citizen_id))


def lock(session: Session, citizen_id: str) -> Enrolment | None:
    """The same, held until this transaction ends: first of all locks, so that storing and leaving never cross."""
    query = select(Enrolment).where(Enrolment.citizen_id == citizen_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def lock_all(session: Session, citizen_ids: Collection[str]) -> Sequence[str]:
    """Hold the members among `citizen_ids`, in an order that never deadlocks; returns them."""
    query = select(Enrolment.citizen_id).where(Enrolment.citizen_id.in_(citizen_ids))
    return session.scalars(query.order_by(Enrolment.citizen_id).with_for_update()).all()


def lock_due(session: Session, day: date, limit: int) -> Sequence[str]:
    """Hold up to `limit` members whose score may be stale on `day`, past those that another holds."""
    query = select(Enrolment.citizen_id).where(Enrolment.due_on <= day).order_by(Enrolment.due_on).limit(limit)
    return sorted(session.scalars(query.with_for_update(skip_locked=True)))


def mark_due(session: Session, citizen_ids: Collection[str], day: date) -> None:
    """Let those members be scored again who have been scored or pulled before; the others' pull will score them."""
    due = update(Enrolment).where(Enrolment.citizen_id.in_(citizen_ids), Enrolment.pulled_at.is_not(None))
    session.execute(due.values(due_on=day))


def mark_pulled(session: Session, citizen_ids: Collection[str], now: datetime) -> None:
    """Note that the departments have been asked about these members."""
    asked = update(Enrolment).where(Enrolment.citizen_id.in_(citizen_ids))
    session.execute(asked.values(pulled_at=now))


def set_due(session: Session, due: dict[str, date | None]) -> None:
    """Set the next day on which each member's score may change by itself."""
    by_day: dict[date | None, list[str]] = {}
    for citizen_id, day in due.items():
        by_day.setdefault(day, []).append(citizen_id)
    for day, citizen_ids in by_day.items():
        session.execute(update(Enrolment).where(Enrolment.citizen_id.in_(citizen_ids)).values(due_on=day))

"""Reviews: calls for a person to look at a decision or a score item (guardrail 11), and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, LargeBinary, String, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.review import Kind, Status
from app.store import outer_ids
from app.store.base import Base, Id, Moment, sealed

_WAITING = text("status = 'received'")


class ReviewRow(Base):
    """One call: `subject` is the decision or record, `topic` its scenario or item; `holds_until` ends a person's word.

    What the person wrote and what the office says is sealed; `sealed_answer` waits for a second operator.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        Index("ix_reviews_waiting", "id", postgresql_where=_WAITING),
        Index("uq_reviews_waiting", "citizen_id", "subject", unique=True, postgresql_where=_WAITING),
        {"info": {"on_leave": "delete"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Id]
    subject: Mapped[Id]
    topic: Mapped[Id]
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("reviews:{id}"))
    status: Mapped[Id]
    received_at: Mapped[Moment]
    due_on: Mapped[date]
    answered_at: Mapped[Moment | None]
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("reviews.reason:{id}"))
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("reviews.answer:{id}"))
    holds_until: Mapped[date | None]
    led_to: Mapped[str | None] = mapped_column(String(64))


def context(review_id: str) -> str:
    """What the ciphertext of the person's words is bound to."""
    return f"reviews:{review_id}"


def reason_context(review_id: str) -> str:
    """What the ciphertext of the office's words is bound to."""
    return f"reviews.reason:{review_id}"


def answer_context(review_id: str) -> str:
    """What the ciphertext of an answer that waits for its second person is bound to."""
    return f"reviews.answer:{review_id}"


def add(session: Session, row: ReviewRow) -> bool:
    """Keep a call, whose id leads to its citizen; False where it is there, or its subject waits already."""
    names = [column.name for column in ReviewRow.__table__.columns]
    values = {name: getattr(row, name) for name in names}
    kept = session.scalar(insert(ReviewRow).values(values).on_conflict_do_nothing().returning(ReviewRow.id))
    if kept is not None:
        outer_ids.register(session, row.id, "review", row.citizen_id)
    return kept is not None


def citizen_of(session: Session, review_id: str) -> str | None:
    """Whose review it is, or None."""
    return outer_ids.citizen_of(session, review_id, "review")


def get(session: Session, citizen_id: str, review_id: str, *, held: bool = False) -> ReviewRow | None:
    """One review of this person, or None; `held` until the transaction ends."""
    query = select(ReviewRow).where(ReviewRow.citizen_id == citizen_id, ReviewRow.id == review_id)
    query = query.with_for_update() if held else query
    return session.scalar(query.execution_options(populate_existing=True))


def about(session: Session, citizen_id: str, subject: str) -> Sequence[ReviewRow]:
    """This person's reviews of one decision or record, the oldest first."""
    query = select(ReviewRow).where(ReviewRow.citizen_id == citizen_id, ReviewRow.subject == subject)
    return session.scalars(query.order_by(ReviewRow.id).execution_options(populate_existing=True)).all()


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[ReviewRow]:
    """A person's reviews, newest first, older than the id `before`."""
    query = select(ReviewRow).where(ReviewRow.citizen_id == citizen_id)
    query = query.where(ReviewRow.id < before) if before else query
    return session.scalars(query.order_by(ReviewRow.id.desc()).limit(limit)).all()


def queue(session: Session, *, after: str | None, limit: int) -> Sequence[ReviewRow]:
    """What waits for an answer, the oldest first, so what is overdue comes first; younger than the id `after`."""
    query = select(ReviewRow).where(ReviewRow.status == Status.RECEIVED)
    query = query.where(ReviewRow.id > after) if after else query
    return session.scalars(query.order_by(ReviewRow.id).limit(limit)).all()


def propose(session: Session, row: ReviewRow, sealed_answer: bytes | None) -> None:
    """Let an answer wait on its review for a second person; None takes it away."""
    row.sealed_answer = sealed_answer
    session.flush()


def settle(
    session: Session, row: ReviewRow, status: Status, sealed_reason: bytes, now: datetime, *,
    holds_until: date | None = None, led_to: str | None = None,
) -> None:  # fmt: skip
    """Answer a review."""
    mine = ReviewRow.citizen_id == row.citizen_id, ReviewRow.id == row.id
    values = {"status": status, "answered_at": now, "sealed_reason": sealed_reason, "sealed_answer": None}
    session.execute(update(ReviewRow).where(*mine).values(values | {"holds_until": holds_until, "led_to": led_to}))


def in_force(citizen_id: Any, day: Any) -> tuple[ColumnElement[bool], ...]:
    """The reviews by which a person's word stands in for a score on `day`; their `topic` is the scenario."""
    return (
        ReviewRow.citizen_id == citizen_id,
        ReviewRow.kind == Kind.DECISION,
        ReviewRow.status == Status.CHANGED,
        ReviewRow.holds_until > day,
    )

"""Disputes of orders: what a citizen says of one, what its partner answers, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, LargeBinary, Select, String, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.order_dispute import UNSETTLED
from app.store.base import Base, Id, Moment, sealed
from app.store.sandbox import is_person

_UNSETTLED = text("status <> 'resolved'")
_ITS_ORDER = "exists (select from orders where orders.id = order_id and orders.citizen_id = order_disputes.citizen_id)"
_REASON = sealed("order_disputes.reason:{id}")
"""Of the proposal and of the reason that it becomes once a second operator agreed: the same ciphertext."""


class OrderDisputeRow(Base):
    """One dispute of one order, in the citizen's words; `amount` (fen) is what the order costs since it was resolved.

    `desk_at` is when it goes to the credit office, `escalated_at` when it did.
    """

    __tablename__ = "order_disputes"
    __table_args__ = (
        Index("uq_order_disputes_open", "citizen_id", "order_id", unique=True, postgresql_where=_UNSETTLED),
        Index("ix_order_disputes_id", "id"),
        Index("ix_order_disputes_partner", "partner_id", "id"),
        Index("ix_order_disputes_desk", "desk_at", postgresql_where=_UNSETTLED),
        {
            "info": {
                "on_leave": "delete",
                "but_keep": f"status <> 'resolved' and {_ITS_ORDER}",
                "because": "an open dispute of an order that still runs; it goes with its order",
            }
        },
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id]
    partner_id: Mapped[Id]
    livemode: Mapped[bool] = mapped_column(Boolean)
    kind: Mapped[Id]
    status: Mapped[Id]
    sealed_statement: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("order_disputes:{id}"))
    sealed_response: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("order_disputes.response:{id}"))
    sealed_proposal: Mapped[bytes | None] = mapped_column(LargeBinary, info=_REASON)
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary, info=_REASON)
    opened_at: Mapped[Moment]
    desk_at: Mapped[Moment]
    escalated_at: Mapped[Moment | None]
    answered_at: Mapped[Moment | None]
    resolved_at: Mapped[Moment | None]
    resolution: Mapped[str | None] = mapped_column(String(64))
    resolved_by: Mapped[str | None] = mapped_column(String(64))
    amount: Mapped[int | None] = mapped_column(BigInteger)


def add(session: Session, row: OrderDisputeRow) -> None:
    """Keep a dispute."""
    session.add(row)
    session.flush()


def of_order(session: Session, citizen_id: str, order_id: str) -> Sequence[OrderDisputeRow]:
    """An order's disputes, newest first."""
    query = select(OrderDisputeRow).where(
        OrderDisputeRow.citizen_id == citizen_id, OrderDisputeRow.order_id == order_id
    )
    return session.scalars(query.order_by(OrderDisputeRow.id.desc())).all()


def find(session: Session, dispute_id: str, *, held: bool = False) -> OrderDisputeRow | None:
    """The dispute of this id, or None; `held` until the transaction ends. Its order is held before it."""
    query = select(OrderDisputeRow).where(OrderDisputeRow.id == dispute_id)
    query = query.with_for_update() if held else query
    return session.scalar(query.execution_options(populate_existing=True))


def of_partner(
    session: Session, partner_id: str, *, livemode: bool, before: str | None, limit: int,
    status: str | None = None, order_id: str | None = None,
) -> Sequence[OrderDisputeRow]:  # fmt: skip
    """A partner's disputes, newest first, older than the id `before`."""
    row = OrderDisputeRow
    query = select(row).where(row.partner_id == partner_id, row.livemode == livemode)
    query = query.where(row.status == status) if status else query
    query = query.where(row.order_id == order_id) if order_id else query
    query = query.where(row.id < before) if before else query
    return session.scalars(query.order_by(row.id.desc()).limit(limit)).all()


def at_the_desk(session: Session, *, after: str | None, limit: int) -> Sequence[OrderDisputeRow]:
    """The disputes of people that wait for the credit office, the oldest first, younger than the id `after`."""
    query = _waiting().where(OrderDisputeRow.escalated_at.is_not(None), is_person(OrderDisputeRow.citizen_id))
    query = query.where(OrderDisputeRow.id > after) if after else query
    return session.scalars(query.order_by(OrderDisputeRow.id).limit(limit)).all()


def late(session: Session, now: datetime, limit: int) -> Sequence[OrderDisputeRow]:
    """Up to `limit` disputes whose time with the partner is over, held."""
    query = _waiting().where(OrderDisputeRow.escalated_at.is_(None), OrderDisputeRow.desk_at <= now)
    return session.scalars(query.order_by(OrderDisputeRow.desk_at).limit(limit).with_for_update(skip_locked=True)).all()


def count(session: Session, citizen_id: str, order_id: str) -> int:
    """How many disputes an order has had."""
    mine = OrderDisputeRow.citizen_id == citizen_id, OrderDisputeRow.order_id == order_id
    return session.scalar(select(func.count()).select_from(OrderDisputeRow).where(*mine)) or 0


def forget(session: Session, citizen_id: str, order_ids: Sequence[str]) -> None:
    """Delete the disputes of these orders."""
    mine = OrderDisputeRow.citizen_id == citizen_id
    session.execute(delete(OrderDisputeRow).where(mine, OrderDisputeRow.order_id.in_(order_ids)))


def _waiting() -> Select[OrderDisputeRow]:
    return select(OrderDisputeRow).where(OrderDisputeRow.status.in_(UNSETTLED))

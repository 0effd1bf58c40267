"""Money that moves through us for an order: each attempt to collect and each refund is a row, written before the call.

The row's id is the key under which the provider moves the money once. Whoever works on a running payment holds its row;
a killed worker lets go of it, and the next one asks the provider again with the same key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql import text

from app.store.base import Base, Id, Moment
from app.store.order_rows import STAYS, OrderRow

PENDING, SUCCEEDED, FAILED = "pending", "succeeded", "failed"


class PaymentRow(Base):
    """One movement of money through us, or the attempt at it; `amount` in fen.

    `action` is that of the order: pay (the citizen), collect (the schedule or the partner) or refund. `reference` is
    the provider's receipt. `pretend_failure`: the sandbox lets it fail. `retry_at`: it is not tried again before, as
    the provider gave no answer.
    """

    __tablename__ = "order_payments"
    __table_args__ = (
        Index("ix_order_payments_order", "citizen_id", "order_id"),
        Index("ix_order_payments_pending", "id", postgresql_where=text("status = 'pending'")),
        {"info": {"on_leave": STAYS}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id]
    partner_id: Mapped[Id]
    livemode: Mapped[bool] = mapped_column(Boolean)
    action: Mapped[Id]
    actor: Mapped[Id]
    amount: Mapped[int] = mapped_column(BigInteger)
    reason_code: Mapped[Id]
    status: Mapped[Id]
    reference: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(64))
    pretend_failure: Mapped[bool] = mapped_column(Boolean)
    tries: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    retry_at: Mapped[Moment | None]


def claim(session: Session, now: datetime) -> PaymentRow | None:
    """Hold the oldest pending payment that nobody holds and that may be tried at `now`; None where there is none."""
    due = or_(PaymentRow.retry_at.is_(None), PaymentRow.retry_at <= now)
    query = select(PaymentRow).where(PaymentRow.status == PENDING, due).order_by(PaymentRow.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def hold(session: Session, citizen_id: str, payment_id: str) -> PaymentRow | None:
    """Hold this payment, once its holder has let go of it; None where it is pending no more."""
    mine = PaymentRow.citizen_id == citizen_id, PaymentRow.id == payment_id, PaymentRow.status == PENDING
    return session.scalar(select(PaymentRow).where(*mine).with_for_update())


def find(session: Session, citizen_id: str, payment_id: str) -> PaymentRow | None:
    """This payment of a citizen as it stands, or None."""
    mine = PaymentRow.citizen_id == citizen_id, PaymentRow.id == payment_id
    return session.scalar(select(PaymentRow).where(*mine).execution_options(populate_existing=True))


def of_orders(session: Session, rows: Sequence[OrderRow]) -> Mapping[str, Sequence[PaymentRow]]:
    """Order id → its payments, oldest first; asks nothing where no payment was begun."""
    begun = [row for row in rows if row.payments_begun]
    found: dict[str, list[PaymentRow]] = defaultdict(list)
    if begun:
        people, ids = {row.citizen_id for row in begun}, {row.id for row in begun}
        wanted = (PaymentRow.citizen_id.in_(people), PaymentRow.order_id.in_(ids))
        for payment in session.scalars(select(PaymentRow).where(*wanted).order_by(PaymentRow.id)):
            found[payment.order_id].append(payment)
    return found


def failures(session: Session, row: OrderRow, reason_code: str) -> int:
    """How many payments of an order with this reason code failed."""
    mine = PaymentRow.citizen_id == row.citizen_id, PaymentRow.order_id == row.id
    failed = PaymentRow.status == FAILED, PaymentRow.reason_code == reason_code
    return session.scalar(select(func.count()).select_from(PaymentRow).where(*mine, *failed)) or 0


def forget(session: Session, citizen_id: str, order_ids: Sequence[str]) -> None:
    """Delete the payments of these orders."""
    mine = PaymentRow.citizen_id == citizen_id, PaymentRow.order_id.in_(order_ids)
    session.execute(delete(PaymentRow).where(*mine))

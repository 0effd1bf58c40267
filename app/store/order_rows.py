"""The tables of orders and of their history, and how a row becomes the order that app/domain/order.py reasons about."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, Interval, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import text

from app.domain.order import FINAL, Order, Outcome, Status, Transition, next_timer
from app.domain.order_terms import Bill, Kind, Line, Payment, Terms
from app.domain.scenario import Path
from app.store.base import Base, Id, Moment

READABLE_AFTER_END = timedelta(days=1)
"""How long a leaver's order stays after its end, so that the partner learns how it ended."""
OWED_BY_STATUS = "status in ('payment_due', 'overdue', 'written_off')"
STAYS = "keep: an open order runs to its end with what it needs; closed ones are deleted"


class OrderRow(Base):
    """An order as it stands; amounts in fen. `timer_at` is when the worker next looks at it, NULL for never.

    `standing_on`: the day on whose cap it counts, where it started without a confirmation.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("citizen_id", "partner_id", "external_order_no"),
        UniqueConstraint("citizen_id", "scan_id", name="uq_orders_scan"),
        Index("ix_orders_partner", "partner_id", "id"),
        Index("ix_orders_timer", "timer_at", postgresql_where=text("timer_at is not null")),
        Index("ix_orders_standing", "citizen_id", "consent_id", postgresql_where=text("standing_on is not null")),
        Index("ix_orders_record", "record_at", postgresql_where=text("record_status = 'pending_objection'")),
        Index("ix_orders_owed", "citizen_id", "family", postgresql_where=text(OWED_BY_STATUS)),
        {"info": {"on_leave": STAYS}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    partner_id: Mapped[Id]
    citizen_ref: Mapped[Id]
    livemode: Mapped[bool] = mapped_column(Boolean)
    external_order_no: Mapped[Id]
    request_digest: Mapped[Id]
    scan_id: Mapped[str | None] = mapped_column(String(64))
    consent_id: Mapped[str | None] = mapped_column(String(64))
    decision_id: Mapped[str | None] = mapped_column(String(64))
    standing_on: Mapped[date | None]
    scenario: Mapped[Id]
    family: Mapped[Id]
    kind: Mapped[Id]
    title: Mapped[str] = mapped_column(String(60))
    amount: Mapped[int] = mapped_column(BigInteger)
    confirm_by: Mapped[Moment]
    start_at: Mapped[Moment | None]
    service_end_by: Mapped[Moment]
    pay_days: Mapped[int] = mapped_column(Integer)
    status: Mapped[Id]
    path: Mapped[str | None] = mapped_column(String(16))
    bill: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    amount_due: Mapped[int] = mapped_column(BigInteger)
    amount_paid: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[Moment | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    return_overdue: Mapped[bool] = mapped_column(Boolean)
    paid_at: Mapped[Moment | None]
    payment_reference: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer)
    timer_at: Mapped[Moment | None]
    forget_at_end: Mapped[bool] = mapped_column(Boolean, default=False)
    amount_collected: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    amount_refunded: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    amount_refunding: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    charge_id: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    payments_begun: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    sandbox_failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    told_at: Mapped[Moment | None]
    proposed_end_by: Mapped[Moment | None]
    disputed_at: Mapped[Moment | None]
    held_seconds: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    closed_at: Mapped[Moment | None]
    clock_ahead: Mapped[timedelta] = mapped_column(Interval, default=timedelta(0), server_default="0")
    """How far the order's own clock is ahead of ours: by its partner's sandbox. `timer_at` is ours."""
    dispute_id: Mapped[str | None] = mapped_column(String(64))
    dispute_status: Mapped[str | None] = mapped_column(String(64))
    dispute_resolution: Mapped[str | None] = mapped_column(String(64))
    record_status: Mapped[str | None] = mapped_column(String(64))
    record_id: Mapped[str | None] = mapped_column(String(64))
    record_at: Mapped[Moment | None]
    """When the record of a kept promise is or was written, by our clock."""
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]

    def moment(self, now: datetime) -> datetime:
        """What time it is for this order, when it is `now` for us."""
        return now + (self.clock_ahead or timedelta(0))

    @property
    def order(self) -> Order:
        """The order as app/domain/order.py reasons about it."""
        return Order(
            terms=Terms(
                external_order_no=self.external_order_no,
                scenario=self.scenario,
                family=self.family,
                kind=Kind(self.kind),
                title=self.title,
                amount=self.amount,
                confirm_by=self.confirm_by,
                service_end_by=self.service_end_by,
                start_at=self.start_at,
                pay_days=self.pay_days,
            ),
            created_at=self.created_at,
            status=Status(self.status),
            path=Path(self.path) if self.path else None,
            bill=_bill(self.bill),
            amount_due=self.amount_due,
            amount_paid=self.amount_paid,
            amount_collected=self.amount_collected or 0,
            amount_refunded=self.amount_refunded or 0,
            amount_refunding=self.amount_refunding or 0,
            due_at=self.due_at,
            outcome=Outcome(self.outcome) if self.outcome else None,
            return_overdue=self.return_overdue,
            payment=Payment(self.paid_at, self.payment_reference) if self.paid_at and self.payment_reference else None,
            charge=self.charge_id,
            attempts=self.attempts or 0,
            told_at=self.told_at,
            proposed_end_by=self.proposed_end_by,
            disputed_at=self.disputed_at,
            held=timedelta(seconds=self.held_seconds or 0),
            closed_at=self.closed_at,
            version=self.version,
        )


def _bill(stored: dict[str, Any] | None) -> Bill | None:
    if stored is None:
        return None
    items, discounts = (tuple(Line(**line) for line in stored[part]) for part in ("items", "discounts"))
    return Bill(stored["total"], items, discounts)


class OrderTransition(Base):
    """One step of an order's history: written once, never changed. `sequence` is the version that it led to.

    `amount` (fen) is what the step moved (Transition.amount), `amount_due` what was due after it.
    """

    __tablename__ = "order_transitions"
    __table_args__ = ({"info": {"on_leave": STAYS}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    before: Mapped[str | None] = mapped_column(String(32))
    after: Mapped[Id]
    action: Mapped[Id]
    actor: Mapped[Id]
    reason_code: Mapped[Id]
    event: Mapped[Id]
    amount: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    amount_due: Mapped[int] = mapped_column(BigInteger)
    request_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[Moment]


def apply(row: OrderRow, step: Transition) -> None:
    """Bring the row to where `step` leads."""
    row.updated_at = step.at
    write(row, step.order)


def write(row: OrderRow, order: Order) -> None:
    """Let the row say what `order` says, and when the clock next looks at it."""
    row.status, row.version = order.status.value, order.version
    row.path = order.path.value if order.path else None
    row.outcome = order.outcome.value if order.outcome else None
    row.bill = asdict(order.bill) if order.bill else None
    row.amount_due, row.amount_paid, row.due_at = order.amount_due, order.amount_paid, order.due_at
    row.amount_collected, row.amount_refunded = order.amount_collected, order.amount_refunded
    row.amount_refunding = order.amount_refunding
    row.service_end_by, row.proposed_end_by = order.terms.service_end_by, order.proposed_end_by
    row.return_overdue = order.return_overdue
    row.paid_at, row.payment_reference = (
        (order.payment.paid_at, order.payment.reference) if order.payment else (None, None)
    )
    row.charge_id, row.attempts, row.told_at = order.charge, order.attempts, order.told_at
    row.disputed_at, row.held_seconds = order.disputed_at, round(order.held.total_seconds())
    row.closed_at = order.closed_at
    row.timer_at = _timer(row, order)


def _timer(row: OrderRow, order: Order) -> datetime | None:
    if order.status in FINAL:
        waits = order.disputed or order.amount_refunding or order.charge
        ended = order.closed_at if row.forget_at_end and not waits else None
        return ended and ended + READABLE_AFTER_END - (row.clock_ahead or timedelta(0))
    timer = next_timer(order)
    return timer[0] - (row.clock_ahead or timedelta(0)) if timer else None

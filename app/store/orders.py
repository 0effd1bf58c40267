"""Orders and their history. An order is found by its citizen and id; the map of outer ids leads there from an id alone.

A leaver's closed orders are deleted at once and the open ones soon after they end: `forget_at_end` marks those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, UniqueConstraint, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql import ColumnElement, exists, text

from app.domain.order import FINAL, OWED, Order, Outcome, Status, Transition, next_timer
from app.domain.order_terms import Bill, Kind, Line, Payment, Terms
from app.domain.scenario import Path
from app.store import outer_ids
from app.store.base import Base, Id, Moment

KEPT_IDS = ("order", "order_no")
"""The kinds of outer ids that lead to open orders."""
READABLE_AFTER_END = timedelta(days=1)
"""How long a leaver's order stays after its end, so that the partner learns how it ended."""
_STAYS = "keep: an open order runs to its end with what it needs; closed ones are deleted"


class OrderRow(Base):
    """An order as it stands; amounts in fen. `timer_at` is when the worker next looks at it, NULL for never."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("citizen_id", "partner_id", "external_order_no"),
        UniqueConstraint("citizen_id", "scan_id", name="uq_orders_scan"),
        Index("ix_orders_partner", "partner_id", "id"),
        Index("ix_orders_timer", "timer_at", postgresql_where=text("timer_at is not null")),
        Index("ix_orders_owed", "citizen_id", "family", postgresql_where=text("status in ('payment_due', 'overdue')")),
        {"info": {"on_leave": _STAYS}},
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
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]

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
            due_at=self.due_at,
            outcome=Outcome(self.outcome) if self.outcome else None,
            return_overdue=self.return_overdue,
            payment=Payment(self.paid_at, self.payment_reference) if self.paid_at and self.payment_reference else None,
            version=self.version,
        )


def _bill(stored: dict[str, Any] | None) -> Bill | None:
    if stored is None:
        return None
    items, discounts = (tuple(Line(**line) for line in stored[part]) for part in ("items", "discounts"))
    return Bill(stored["total"], items, discounts)


class OrderTransition(Base):
    """One step of an order's history: written once, never changed. `sequence` is the version that it led to."""

    __tablename__ = "order_transitions"
    __table_args__ = ({"info": {"on_leave": _STAYS}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    before: Mapped[str | None] = mapped_column(String(32))
    after: Mapped[Id]
    action: Mapped[Id]
    actor: Mapped[Id]
    reason_code: Mapped[Id]
    event: Mapped[Id]
    amount_due: Mapped[int] = mapped_column(BigInteger)
    request_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[Moment]


def claim_number(session: Session, citizen_id: str, partner_id: str, external_order_no: str) -> str:
    """Take the partner's number for an order of this citizen; returns whose it is: the first to take it keeps it."""
    return outer_ids.register(session, number_key(partner_id, external_order_no), "order_no", citizen_id)


def number_key(partner_id: str, external_order_no: str) -> str:
    """The outer id of a partner's own order number."""
    return "num_" + hashlib.sha256(f"{partner_id}\n{external_order_no}".encode()).hexdigest()[:60]


def add(session: Session, row: OrderRow, step: Transition, request_id: str | None) -> None:
    """Write a new order, the outer id that finds it and the first step of its history."""
    outer_ids.register(session, row.id, "order", row.citizen_id)
    session.add(row)
    advance(session, row, step, request_id)


def advance(session: Session, row: OrderRow, step: Transition, request_id: str | None) -> None:
    """Bring the order to where `step` leads and append it to the history."""
    _apply(row, step)
    session.add(
        OrderTransition(
            citizen_id=row.citizen_id,
            order_id=row.id,
            sequence=step.order.version,
            before=step.before and step.before.value,
            after=step.order.status.value,
            action=step.action,
            actor=step.actor.value,
            reason_code=step.reason_code,
            event=step.event,
            amount_due=step.order.amount_due,
            request_id=request_id,
            at=step.at,
        )
    )
    session.flush()


def _apply(row: OrderRow, step: Transition) -> None:
    order = step.order
    row.status, row.version, row.updated_at = order.status.value, order.version, step.at
    row.path = order.path.value if order.path else None
    row.outcome = order.outcome.value if order.outcome else None
    row.bill = asdict(order.bill) if order.bill else None
    row.amount_due, row.amount_paid, row.due_at = order.amount_due, order.amount_paid, order.due_at
    row.return_overdue = order.return_overdue
    row.paid_at, row.payment_reference = (
        (order.payment.paid_at, order.payment.reference) if order.payment else (None, None)
    )
    row.timer_at = _timer(row, order, step.at)


def _timer(row: OrderRow, order: Order, now: datetime) -> datetime | None:
    if order.status in FINAL:
        return now + READABLE_AFTER_END if row.forget_at_end else None
    timer = next_timer(order)
    return timer[0] if timer else None


def find(session: Session, order_id: str, *, lock: bool = False) -> OrderRow | None:
    """The order with this id, or None; `lock` holds it until the transaction ends, as others last left it."""
    citizen_id = outer_ids.citizen_of(session, order_id, "order")
    if citizen_id is None:
        return None
    query = select(OrderRow).where(OrderRow.citizen_id == citizen_id, OrderRow.id == order_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def find_by_number(session: Session, citizen_id: str, partner_id: str, external_order_no: str) -> OrderRow | None:
    """The partner's order under its own number."""
    wanted = (
        OrderRow.citizen_id == citizen_id,
        OrderRow.partner_id == partner_id,
        OrderRow.external_order_no == external_order_no,
    )
    return session.scalar(select(OrderRow).where(*wanted))


def of_scan(session: Session, citizen_id: str, scan_id: str) -> OrderRow | None:
    """The one order that a scan opened, or None."""
    return session.scalar(select(OrderRow).where(OrderRow.citizen_id == citizen_id, OrderRow.scan_id == scan_id))


def listed(session: Session, *, before: str | None, limit: int, **filters: str | bool | None) -> Sequence[OrderRow]:
    """Orders with these column values (None: any), newest first, older than the id `before`."""
    query = select(OrderRow).order_by(OrderRow.id.desc()).limit(limit)
    for column, value in filters.items():
        if value is not None:
            query = query.where(getattr(OrderRow, column) == value)
    return session.scalars(query.where(OrderRow.id < before) if before else query).all()


def history(session: Session, row: OrderRow) -> Sequence[OrderTransition]:
    """The order's transitions, first to last."""
    wanted = (OrderTransition.citizen_id == row.citizen_id, OrderTransition.order_id == row.id)
    return session.scalars(select(OrderTransition).where(*wanted).order_by(OrderTransition.sequence)).all()


def count_open(session: Session, citizen_id: str, scenario: str, path: Path) -> int:
    """How many orders of this scenario the citizen has running on this path."""
    wanted = (OrderRow.citizen_id == citizen_id, OrderRow.scenario == scenario, OrderRow.path == path.value)
    running = OrderRow.status.not_in([status.value for status in FINAL])
    return len(session.scalars(select(OrderRow.id).where(*wanted, running)).all())


def claim_due(session: Session, now: datetime, limit: int) -> Sequence[OrderRow]:
    """Lock up to `limit` orders whose timer has rung and that nobody else holds, the longest waiting first."""
    query = select(OrderRow).where(OrderRow.timer_at <= now).order_by(OrderRow.timer_at).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def unpaid(citizen_id: ColumnElement[str] | str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which an order pauses credit in its family: owed, and past its due date (guardrail 7)."""
    return (
        OrderRow.citizen_id == citizen_id,
        OrderRow.status.in_([status.value for status in OWED]),
        OrderRow.due_at <= now,
    )


def is_paused(citizen_id: ColumnElement[str] | str, family: str, now: datetime) -> ColumnElement[bool]:
    """As a condition of another query: whether credit in `family` is paused for the citizen."""
    return exists().where(*unpaid(citizen_id, now), OrderRow.family == family)


def paused_families(session: Session, citizen_id: str, now: datetime) -> frozenset[str]:
    """The scenario families in which an unpaid order pauses further credit."""
    return frozenset(session.scalars(select(OrderRow.family).where(*unpaid(citizen_id, now)).distinct()))


def forget_closed(session: Session, citizen_id: str) -> int:
    """Delete a leaver's closed orders and mark the open ones; returns how many went."""
    over = OrderRow.status.in_([status.value for status in FINAL])
    closed = session.scalars(select(OrderRow.id).where(OrderRow.citizen_id == citizen_id, over)).all()
    forget(session, citizen_id, closed)
    session.execute(update(OrderRow).where(OrderRow.citizen_id == citizen_id).values(forget_at_end=True))
    return len(closed)


def forget(session: Session, citizen_id: str, order_ids: Sequence[str]) -> None:
    """Delete these orders of a citizen with their history and outer ids."""
    numbers = delete(OrderRow).where(OrderRow.citizen_id == citizen_id, OrderRow.id.in_(order_ids))
    gone = session.execute(numbers.returning(OrderRow.partner_id, OrderRow.external_order_no)).all()
    keys = [*order_ids, *(number_key(partner, number) for partner, number in gone)]
    history = delete(OrderTransition).where(OrderTransition.citizen_id == citizen_id)
    session.execute(history.where(OrderTransition.order_id.in_(order_ids)))
    session.execute(delete(outer_ids.OuterId).where(outer_ids.OuterId.outer_id.in_(keys)))

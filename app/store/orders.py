"""Orders and their history. An order is found by its citizen and id; the map of outer ids leads there from an id alone.

A leaver's closed orders are deleted at once and the open ones soon after they end: `forget_at_end` marks those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, delete, exists, func, literal_column, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import ColumnElement

from app.domain.order import FINAL, Transition
from app.domain.scenario import Path
from app.store import events, idempotency, order_disputes, order_payments, outer_ids, partner_events
from app.store.order_rows import OWED_BY_STATUS, OrderRow, OrderTransition, apply

NOBODY = "nobody"
"""Whose the numbers of forgotten orders are."""
KEPT_IDS = ("order", "order_no")
"""The kinds of outer ids that lead to open orders."""


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
    apply(row, step)
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
            amount=step.amount,
            amount_due=step.order.amount_due,
            request_id=request_id,
            at=step.at,
        )
    )
    session.flush()


def find(session: Session, order_id: str, *, lock: bool = False) -> OrderRow | None:
    """The order with this id, or None; `lock` holds it until the transaction ends, as others last left it."""
    citizen_id = outer_ids.citizen_of(session, order_id, "order")
    if citizen_id is None:
        return None
    query = select(OrderRow).where(OrderRow.citizen_id == citizen_id, OrderRow.id == order_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def queue(session: Session, citizen_id: str) -> None:
    """Wait until no other transaction queues for this citizen's orders: limits hold under parallel calls."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"orders:{citizen_id}", 0))))


def find_by_number(session: Session, partner_id: str, external_order_no: str) -> OrderRow | None:
    """The partner's order under its own number, or None."""
    citizen_id = outer_ids.citizen_of(session, number_key(partner_id, external_order_no), "order_no")
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


def unfinished(session: Session, citizen_id: str, limit: int) -> Sequence[OrderRow]:
    """The citizen's orders that are not over, newest first."""
    running = OrderRow.status.not_in([status.value for status in FINAL])
    query = select(OrderRow).where(OrderRow.citizen_id == citizen_id, running)
    return session.scalars(query.order_by(OrderRow.id.desc()).limit(limit)).all()


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
    locked = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return session.scalars(locked).all()


def unpaid(
    citizen_id: InstrumentedAttribute[str], now: ColumnElement[datetime]
) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which an order pauses credit in its family (guardrail 7): those of `order.is_unpaid`."""
    return (
        OrderRow.citizen_id == citizen_id,
        literal_column(f"orders.{OWED_BY_STATUS}", Boolean),
        OrderRow.amount_paid < OrderRow.amount_due,
        OrderRow.due_at <= now + OrderRow.clock_ahead,
        OrderRow.disputed_at.is_(None),
    )


def in_books(session: Session, citizen_id: str) -> bool:
    """Whether an order of this citizen stands in its partner's books, or still may: it is billed, or it is not over."""
    running = OrderRow.status.not_in([status.value for status in FINAL])
    mine = exists().where(OrderRow.citizen_id == citizen_id, or_(OrderRow.bill.is_not(None), running))
    return bool(session.scalar(select(mine)))


def forget_closed(session: Session, citizen_id: str) -> int:
    """Delete a leaver's closed orders; mark those open, disputed or with money on its way. Returns how many went."""
    over = OrderRow.status.in_([status.value for status in FINAL])
    settled = OrderRow.amount_refunding == 0, OrderRow.charge_id.is_(None), OrderRow.disputed_at.is_(None)
    going = select(OrderRow.id).where(OrderRow.citizen_id == citizen_id, over, *settled).order_by(OrderRow.id)
    closed = session.scalars(going.with_for_update()).all()  # a refund that begins now waits, and finds no order
    forget(session, citizen_id, closed)
    session.execute(update(OrderRow).where(OrderRow.citizen_id == citizen_id).values(forget_at_end=True))
    return len(closed)


def forget(session: Session, citizen_id: str, order_ids: Sequence[str]) -> None:
    """Delete these orders of a citizen with their history, payments, outer ids and what either side was told of them.

    The partner's numbers stay taken, by nobody: each opens one order for ever.
    """
    numbers = delete(OrderRow).where(OrderRow.citizen_id == citizen_id, OrderRow.id.in_(order_ids))
    gone = session.execute(numbers.returning(OrderRow.partner_id, OrderRow.external_order_no)).all()
    numbers_gone = [number_key(partner, number) for partner, number in gone]
    history = delete(OrderTransition).where(OrderTransition.citizen_id == citizen_id)
    session.execute(history.where(OrderTransition.order_id.in_(order_ids)))
    order_payments.forget(session, citizen_id, order_ids)
    partner_events.forget(session, citizen_id, order_ids)
    events.forget(session, citizen_id, order_ids)
    idempotency.forget_about(session, order_ids)
    order_disputes.forget(session, citizen_id, order_ids)
    session.execute(delete(outer_ids.OuterId).where(outer_ids.OuterId.outer_id.in_(order_ids)))
    taken = update(outer_ids.OuterId).where(outer_ids.OuterId.outer_id.in_(numbers_gone))
    session.execute(taken.values(citizen_id=NOBODY))

"""The order's clocks, wound by the worker: confirmation windows, service ends, due dates, and leavers' last orders."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.order import FINAL, Action, Ask, rung
from app.domain.payments import PaymentProvider
from app.services import order_payments
from app.services.order_steps import step
from app.store import orders
from app.store.base import connection_lost
from app.store.order_rows import OrderRow, write

log = logging.getLogger(__name__)

BATCH = 50
AGAIN = timedelta(minutes=10)
"""When an order whose step failed is tried again."""


def run_timers(session: Session, now: datetime, limit: int = BATCH, *, live: PaymentProvider | None = None) -> int:
    """Act on up to `limit` orders whose time has come; returns how many: the worker goes on until none is left.

    What is to be collected is written down as a payment, whose money moves afterwards (app/services/order_payments.py).
    """
    due = orders.claim_due(session, now, limit)
    for row in due:
        _ring_apart(session, row, live, now)
    return len(due)


def _ring_apart(session: Session, row: OrderRow, live: PaymentProvider | None, now: datetime) -> None:
    """Ring in a savepoint: an order whose step fails is put off, and stops no other."""
    order_id = row.id
    try:
        with session.begin_nested():
            ring(session, row, live, now)
    except Exception as failure:
        if connection_lost(failure):
            raise
        log.error("order %s: its clock failed: %s", order_id, type(failure).__name__)
        row.timer_at = now + AGAIN
        session.flush()


def ring(session: Session, row: OrderRow, live: PaymentProvider | None, now: datetime) -> None:
    """Act on one order whose time has come, which the caller holds."""
    action = rung(row.order, row.moment(now))
    if row.order.status in FINAL:
        orders.forget(session, row.citizen_id, [row.id])
    elif action is None:
        write(row, row.order)
    elif action is not Action.COLLECT:
        step(session, row, Ask(action=action, actor=ActorKind.SYSTEM, now=now))
    elif row.livemode and live is None:  # nobody can collect: the schedule goes on to its end without an attempt
        write(row, replace(row.order, told_at=row.moment(now)))
    else:
        order_payments.start(session, row, Ask(action=action, actor=ActorKind.SYSTEM, now=now), live)

"""The order's clocks, wound by the worker: confirmation windows, service ends, due dates, and leavers' last orders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.order import FINAL, Ask, rung
from app.services.order_steps import step
from app.store import orders
from app.store.order_rows import OrderRow, write

BATCH = 50


def run_timers(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Act on up to `limit` orders whose time has come; returns how many: the worker goes on until none is left."""
    due = orders.claim_due(session, now, limit)
    for row in due:
        _ring(session, row, now)
    return len(due)


def _ring(session: Session, row: OrderRow, now: datetime) -> None:
    action = rung(row.order, row.moment(now))
    if row.order.status in FINAL:
        orders.forget(session, row.citizen_id, [row.id])
    elif action is None:
        write(row, row.order)
    else:
        step(session, row, Ask(action=action, actor=ActorKind.SYSTEM, now=now))

"""Writing into a partner's books what a step of an order moved, in the same transaction: all of it or nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.ledger import Line, moved
from app.domain.order import Order, Transition
from app.store import partner_statements
from app.store.order_rows import OrderRow
from app.store.partner_statements import Books


def note(session: Session, row: OrderRow, before: Order, taken: Transition, now: datetime) -> None:
    """A line for each kind of movement; the line tells the order's own time, its day is that of `now`, our clock."""
    lines = [
        Line(taken.at, kind, row.id, taken.order.version, row.external_order_no, row.scenario, amount)
        for kind, amount in moved(before, taken.order).items()
    ]
    partner_statements.note(session, Books(row.partner_id, row.livemode), lines, now)

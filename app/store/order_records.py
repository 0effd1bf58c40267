"""Orders whose kept promise becomes a record: those that are due, and how many were written in a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.kept_promise import RecordStatus
from app.store.order_rows import OrderRow

_PENDING = OrderRow.record_status == RecordStatus.PENDING_OBJECTION.value
_WRITTEN = OrderRow.record_status == RecordStatus.WRITTEN.value


def due(session: Session, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """(citizen, order) of up to `limit` whose objection time is over and that nobody disputes; by citizen."""
    query = select(OrderRow.citizen_id, OrderRow.id).where(
        _PENDING, OrderRow.record_at <= now, OrderRow.disputed_at.is_(None)
    )
    return sorted((row[0], row[1]) for row in session.execute(query.order_by(OrderRow.record_at).limit(limit)))


def put_off(session: Session, citizen_id: str, order_id: str, until: datetime) -> None:
    """Look at this order's record again at `until`, our clock."""
    mine = OrderRow.citizen_id == citizen_id, OrderRow.id == order_id
    session.execute(update(OrderRow).where(*mine).values(record_at=until))


def written_since(session: Session, citizen_id: str, since: datetime, partner_id: str | None = None) -> int:
    """How many records this citizen's orders brought since then, those of one partner alone where it is given."""
    query = select(func.count()).where(OrderRow.citizen_id == citizen_id, _WRITTEN, OrderRow.record_at > since)
    query = query.where(OrderRow.partner_id == partner_id) if partner_id else query
    return session.scalar(query.select_from(OrderRow)) or 0


def withdraw_pending(session: Session, citizen_id: str) -> None:
    """Let none of this citizen's orders become a record any more."""
    pending = update(OrderRow).where(OrderRow.citizen_id == citizen_id, _PENDING)
    session.execute(pending.values(record_status=RecordStatus.WITHDRAWN.value))

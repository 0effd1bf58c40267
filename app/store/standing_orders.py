"""What started today under a standing consent, without a confirmation."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.order import Status
from app.store.order_rows import OrderRow


def started_on(session: Session, citizen_id: str, consent_id: str, day: date) -> int:
    """The sum in fen of the orders that started so on `day` (Asia/Shanghai) and were not given up since."""
    mine = OrderRow.citizen_id == citizen_id, OrderRow.consent_id == consent_id
    started = OrderRow.standing_on == day, OrderRow.status != Status.CANCELED.value
    return int(session.scalar(select(func.coalesce(func.sum(OrderRow.amount), 0)).where(*mine, *started)) or 0)

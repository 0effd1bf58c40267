"""What started today under a standing consent, without a confirmation."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import exists, func, not_, select
from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.calendar import SHANGHAI
from app.domain.order import Action
from app.store.order_rows import OrderRow, OrderTransition


def started_on(session: Session, citizen_id: str, consent_id: str, day: date) -> int:
    """The sum in fen of the orders that started so on `day` (Asia/Shanghai), less those that their citizen gave up.

    What the partner gives up stays in it: else starting and giving up would try a cap as often as one likes.
    """
    row, step = OrderRow, OrderTransition
    mine = row.citizen_id == citizen_id, row.consent_id == consent_id, row.standing_on == day
    by_citizen = step.action == Action.CANCEL.value, step.actor == ActorKind.CITIZEN.value
    given_up = exists().where(step.citizen_id == row.citizen_id, step.order_id == row.id, *by_citizen)
    return int(session.scalar(select(func.coalesce(func.sum(row.amount), 0)).where(*mine, not_(given_up))) or 0)


def left_waiting_on(session: Session, citizen_id: str, consent_id: str, day: date) -> bool:
    """Whether an order of `day` (Asia/Shanghai) was decided under this consent and its citizen did not confirm it."""
    mine = OrderRow.citizen_id == citizen_id, OrderRow.consent_id == consent_id
    decided = OrderRow.decision_id.is_not(None), OrderRow.path.is_(None)
    midnight = datetime.combine(day, time(), SHANGHAI)
    return bool(session.scalar(select(exists().where(*mine, *decided, OrderRow.created_at >= midnight))))

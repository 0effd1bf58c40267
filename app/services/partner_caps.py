"""A partner's own caps, set by the credit office within those of each offer: fen an order, orders a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.store import partner_milestones
from app.store.partners import Partner


def take(session: Session, partner_id: str, amount: int, now: datetime) -> None:
    """Count a new order of `amount` fen against the partner's caps.

    Raises Refusal `partner-cap-fen`, and `partner-cap-day` where today, Shanghai's, has as many as it may have. Who
    opens two at once waits here for the other, so the cap is never passed; a partner without a cap waits for nobody.
    """
    partner = session.get(Partner, partner_id)
    if partner is None:
        return
    if partner.order_fen is not None and amount > partner.order_fen:
        raise Refusal("partner-cap-fen", field="/amount", most=partner.order_fen)
    if partner.orders_per_day is None:
        return
    if not partner_milestones.take_order(session, partner.id, day_of(now), partner.orders_per_day):
        raise Refusal("partner-cap-day", most=partner.orders_per_day)

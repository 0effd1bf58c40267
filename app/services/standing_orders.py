"""Orders that a standing consent lets start at once: decided for credit at that moment, within its caps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.consent import Caps
from app.domain.pack import Pack
from app.domain.scenario import Path, Registry
from app.domain.standing_order import fits, within
from app.services import eligibility
from app.store import orders, standing_orders
from app.store.order_rows import OrderRow


def may_start(
    session: Session, registry: Registry, packs: Mapping[str, Pack], row: OrderRow, caps: Caps, now: datetime
) -> bool:
    """Whether a new order may start without its citizen's confirmation, by credit and by caps.

    Holds the citizen's queue of orders until the transaction ends, so that of parallel ones each sees the sum of the
    others. It is decided in any case, and the reasons are kept for the citizen: the partner cannot tell them apart.
    """
    orders.queue(session, row.citizen_id)
    decided = eligibility.decide_for(session, registry, packs, row.citizen_id, row.scenario, now)
    row.decision_id = decided.decision_id
    tighter = within(caps, registry.offer(row.scenario).limits.standing)
    today = standing_orders.started_on(session, row.citizen_id, row.consent_id or "", day_of(row.moment(now)))
    return tighter is not None and decided.outcome.path is Path.CREDIT and fits(tighter, row.amount, today)

"""Orders that a standing consent lets start at once: decided for credit at that moment, within its caps.

One that did not start stops the others of its day until its citizen confirms it. So a partner that asks for more and
less and gives up what waits learns one bit a day of caps that are the citizen's secret, instead of the cap in a minute.
"""

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
    mine, day = (row.citizen_id, row.consent_id or ""), day_of(row.moment(now))
    if tighter is None or standing_orders.left_waiting_on(session, *mine, day):
        return False
    today = standing_orders.started_on(session, *mine, day)
    return decided.outcome.path is Path.CREDIT and fits(tighter, row.amount, today)

"""Limited offers: so many orders on credit a day, first come, first served, alike for everyone.

A place is taken as the citizen confirms on credit, or as a standing order starts, in the transaction of that step; it
is given back where the order is canceled before the service starts. Whoever finds none has the ordinary way, as ever;
the partner is told nothing of it (guardrail 9). The day is Shanghai's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.offer import Offer
from app.store import quotas, sandbox
from app.store.order_rows import OrderRow
from app.store.quotas import Quota

EVERYONE = "everyone"
"""The room of people; each sandbox has one of its own, so that a test never takes a person's place."""
KEPT = timedelta(days=2)


def take(session: Session, offer: Offer, row: OrderRow, now: datetime) -> bool:
    """A place for an order that is about to start; True where the offer is not limited, False where today's are gone.

    Held until the transaction ends, and for good once it commits.
    """
    if offer.limits.daily is None:
        return True
    quota = Quota(offer.code, _room(row), day_of(row.moment(now)), offer.limits.daily)
    return quotas.take(session, quota, row.id)


def left_for(session: Session, offer: Offer, row: OrderRow, now: datetime) -> int | None:
    """How many places are left today for an order that awaits its citizen; None where the offer is not limited."""
    day = day_of(row.moment(now))
    return _left(session, [offer], _room(row), day).get(offer.code)


def left_today(session: Session, offers: Iterable[Offer], now: datetime) -> Mapping[str, int]:
    """How many places of each limited offer are left today."""
    return _left(session, offers, EVERYONE, day_of(now))


def _left(session: Session, offers: Iterable[Offer], room: str, day: date) -> Mapping[str, int]:
    most = {offer.code: offer.limits.daily for offer in offers if offer.limits.daily is not None}
    held = quotas.taken(session, room, day, most) if most else {}
    return {code: max(number - held.get(code, 0), 0) for code, number in most.items()}


def give_back(session: Session, row: OrderRow, at: datetime) -> None:
    """Let another have the place of a confirmed order that is canceled at `at`, unless its service has started."""
    if row.start_at is not None and at < row.start_at:
        quotas.give_back(session, row.id)


def prune(session: Session, now: datetime) -> None:
    """Forget the quotas of days gone by; a sandbox's days of the future stay until they are gone by for us too."""
    quotas.prune(session, day_of(now - KEPT))


def _room(row: OrderRow) -> str:
    return row.partner_id if sandbox.is_test(row.citizen_id) else EVERYONE

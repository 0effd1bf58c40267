"""The good record of a kept promise (用信行为): which orders become one, when, and how many a year.

The rule is published, alike for everyone, and only ever adds: an order that is not kept becomes no record at all
(guardrail 7; api.md: transition 18 never writes an adverse record). A year's records are bounded by what the pack's own
indicator can hold, and a quarter of that for one partner, so that nobody fills it by orders between friends.
Source: payscore-anchors.md section 5.3, row 18.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.calendar import after_working_days
from app.domain.order import Order, Outcome, Status
from app.domain.pack import Indicator, Pack
from app.domain.scenario import Path

RULE = "kept-promise 1"
"""The rule and its version."""
ITEM, SOURCE, SOURCE_NAME = "kept_promise", "credit_office", "信用办"
"""The catalogue's item, and who answers for its records."""
OBJECTION_WORKING_DAYS = 10
YEAR_DAYS = 365
PARTNERS_SHARE = 4
"""One partner's orders are at most this part of a year's records."""


class RecordStatus(StrEnum):
    """Where an order's record stands: none, waiting for the objection time to pass, written, or taken back."""

    NONE = "none"
    PENDING_OBJECTION = "pending_objection"
    WRITTEN = "written"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Yearly:
    """How many records a year may bring: in all, and by one partner's orders."""

    in_all: int
    of_a_partner: int


def kept(order: Order) -> bool:
    """Whether the promise was kept: taken on credit, over in time, and paid by its due date or without a charge.

    What was settled in another way, or given back in full, tells nothing either way.
    """
    settled = order.status is Status.COMPLETED and order.outcome in (Outcome.NO_CHARGE, Outcome.PAID)
    late = order.return_overdue or order.told_at is not None
    return settled and order.path is Path.CREDIT and not late and not given_back(order)


def given_back(order: Order) -> bool:
    """Whether all that was paid is back with its citizen, or on its way."""
    return order.amount_collected > 0 and order.refundable == 0


def objection_ends(now: datetime) -> datetime:
    """When the record of an order completed at `now` is written, unless its citizen objects before."""
    return after_working_days(now, OBJECTION_WORKING_DAYS)


def yearly(pack: Pack) -> Yearly | None:
    """How many records a year this pack's own ceiling has room for; None where it scores no kept promises."""
    found = [indicator for indicator in _indicators(pack) if any(item.code == ITEM for item in indicator.items)]
    worth = sum(item.centipoints for indicator in found for item in indicator.items if item.code == ITEM)
    if not found or worth <= 0:
        return None
    in_all = -(-found[0].ceiling * 100 // worth)
    return Yearly(in_all, max(1, in_all // PARTNERS_SHARE))


def _indicators(pack: Pack) -> list[Indicator]:
    scored = (dimension for dimension in pack.dimensions if dimension.scored)
    return [indicator for dimension in scored for indicator in dimension.indicators if indicator.scored]

"""A dispute of an order between its citizen and its partner: on what, who answers by when, and what may come of it.

While one is open the order's clocks, its collection and its record stand still (app/domain/order_clocks.py). The
partner answers within five working days; what it leaves open then goes to the credit office. Amounts only fall.
Source: payscore-anchors.md section 5.3, rows 15 and 16.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.calendar import after_working_days
from app.domain.errors import Refusal
from app.domain.order import OWED, Action, Order, Status

ANSWER_WORKING_DAYS = 5
"""Working days for the partner's answer, and as many again for its citizen to think about it. Our own choice."""
MOST_OF_AN_ORDER = 3
"""Disputes of one order, taken back ones too: what was settled twice is settled."""


class Kind(StrEnum):
    """On what: what is charged, a payment (one marked that was not made so, or made twice), the service, or all of it.

    `not_mine`: the citizen took no such service.
    """

    CHARGE = "charge"
    PAYMENT = "payment"
    SERVICE = "service"
    NOT_MINE = "not_mine"


class DisputeStatus(StrEnum):
    """Where it stands. `answered`: the partner has said something, and its citizen or the office decides."""

    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"


UNSETTLED = (DisputeStatus.OPEN, DisputeStatus.ANSWERED)


class Resolution(StrEnum):
    """How it ended: less is due, money went back, all stays as it was, or its citizen took it back."""

    LOWERED = "lowered"
    REFUNDED = "refunded"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """What an agreed amount does to the order: an action of its table with its `amount` (fen), or none of ours.

    Without an action the money reached the partner by another way, and goes back by it.
    """

    action: Action | None
    amount: int
    resolution: Resolution


def check_kind(kind: Kind, order: Order) -> None:
    """Refuses `dispute-needs-bill`: what is charged, or paid, can be disputed once there is a bill."""
    if kind in (Kind.CHARGE, Kind.PAYMENT) and not order.amount_due:
        raise Refusal("dispute-needs-bill", field="/kind")


def desk_from(now: datetime) -> datetime:
    """When what was put to the partner, or answered by it, at `now` goes to the credit office."""
    return after_working_days(now, ANSWER_WORKING_DAYS)


def charged(order: Order) -> int:
    """What the order costs its citizen as it stands, in fen: due, or paid and not given back."""
    if order.status is Status.ACTIVE:
        return order.terms.amount
    if order.status in OWED or not order.amount_collected:
        return order.amount_due
    return order.refundable


def change(order: Order, amount: int) -> Change:
    """What it takes so that the order costs `amount` fen in the end.

    Refuses `amount-increase` for what is not lower, and `amount-over-limit` for a service still running, which is
    ended without a charge or goes on.
    """
    now = charged(order)
    if not 0 <= amount < now:
        raise Refusal("amount-increase", field="/amount", limit=now)
    if order.status is Status.ACTIVE:
        if amount:
            raise Refusal("amount-over-limit", field="/amount", limit=0)
        return Change(Action.CLOSE, 0, Resolution.LOWERED)
    if order.status in OWED:
        return Change(Action.ADJUST, amount, Resolution.LOWERED)
    if order.amount_collected:
        return Change(Action.REFUND, now - amount, Resolution.REFUNDED)
    return Change(None, now - amount, Resolution.REFUNDED)

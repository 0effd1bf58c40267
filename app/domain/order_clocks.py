"""The order's clocks: when it lapses, ends, falls due, is collected, and when collecting ends for good.

The schedule of collection is published: so many attempts, on these days after the due date, and then no more. An open
dispute stops every clock of money. Source: payscore-anchors.md section 5.2 and 5.3, rows 5, 13, 14, 15, 17.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.order_state import GIVEN_UP, OWED, Action, Order, Status

SILENCE_CLOSES_AFTER = timedelta(days=30)
"""A service that ended so long ago without a bill closes without a charge: no partner keeps one open by silence."""
COLLECTION_DAYS = (3, 7, 14, 21, 28)
"""The days after the due date on which we try to collect; each attempt is announced by the event before it."""
COLLECTION_ENDS = timedelta(days=30)
"""So long after the due date collecting ends, whatever was tried: the order is written off."""
NOTICE = timedelta(days=1)
"""The least time between what the citizen is told and the attempt that it announces."""
DISPUTE_WITHIN = timedelta(days=60)
"""So long after an order's completion its citizen may dispute it."""


def next_timer(order: Order) -> tuple[datetime, Action] | None:
    """When the clock next acts on this order, and how; None where nothing waits for time."""
    end = order.terms.service_end_by
    match order.status:
        case Status.PENDING_CONFIRMATION:
            return order.terms.confirm_by, Action.EXPIRE
        case Status.ACTIVE if not order.return_overdue:
            return end, Action.END_PASSED
        case _ if order.disputed:
            return None
        case Status.ACTIVE:
            return end + SILENCE_CLOSES_AFTER + order.held, Action.CLOSE
        case Status.PAYMENT_DUE if order.due_at:
            return order.due_at, Action.FALL_OVERDUE
        case Status.OVERDUE if order.charge is None:
            return _collection_timer(order)
    return None


def _collection_timer(order: Order) -> tuple[datetime, Action] | None:
    attempt, end = next_attempt_at(order), collection_ends_at(order)
    if attempt:
        return attempt, Action.COLLECT
    return (end, Action.WRITE_OFF) if end else None


def rung(order: Order, now: datetime) -> Action | None:
    """What the clock does to this order at `now`: once collecting has ended, nothing is collected any more."""
    end = collection_ends_at(order)
    if order.status is Status.OVERDUE and end and end <= now and not (order.disputed or order.charge):
        return Action.WRITE_OFF
    timer = next_timer(order)
    return timer[1] if timer and timer[0] <= now else None


def next_attempt_at(order: Order) -> datetime | None:
    """The next moment of the published schedule, a day's notice after the last one; None where none is left."""
    if order.status is not Status.OVERDUE or order.disputed or not (order.due_at and order.told_at):
        return None
    if order.attempts >= len(COLLECTION_DAYS):
        return None
    earliest, due_at = order.told_at + NOTICE, order.due_at
    return next((at for days in COLLECTION_DAYS if (at := due_at + timedelta(days=days)) >= earliest), None)


def collection_ends_at(order: Order) -> datetime | None:
    """When collecting ends for good, None before a bill is due."""
    return order.due_at + COLLECTION_ENDS if order.due_at and order.status in OWED else None


def may_collect(order: Order, now: datetime) -> bool:
    """Whether the partner may ask for one of the attempts now: the citizen has had a day's notice, and one is left."""
    end = collection_ends_at(order)
    if order.told_at is None or end is None or order.disputed or order.charge:
        return False
    return order.attempts < len(COLLECTION_DAYS) and order.told_at + NOTICE <= now < end


def may_dispute(order: Order, now: datetime) -> bool:
    """Whether its citizen may dispute the order now: one dispute at a time, and 60 days after its completion."""
    return not order.disputed and (order.closed_at is None or now <= order.closed_at + DISPUTE_WITHIN)


def is_unpaid(order: Order, now: datetime) -> bool:
    """Whether the order pauses further credit in its family (guardrail 7).

    Its due date has passed, and it is owed, a written-off one too; what is disputed counts for nothing until settled.
    """
    owed = order.status in (*OWED, *GIVEN_UP) and order.amount_paid < order.amount_due
    return owed and not order.disputed and order.due_at is not None and order.due_at <= now

"""What each action makes of an order, and the event that it is told as. Guards stand in app/domain/order.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.domain.errors import Refusal
from app.domain.order_state import OWED, Ask, Order, Outcome, Status
from app.domain.order_terms import check_bill, check_due, check_extension, check_payment

Effect = Callable[[Order, Ask], tuple[Order, str]]


def to(status: Status, event: str) -> Effect:
    """Only the status changes."""
    return lambda order, ask: (replace(order, status=status), event)


def confirm(order: Order, ask: Ask) -> tuple[Order, str]:
    """The citizen takes the service on a path; credit only while the scenario answers credit."""
    if ask.path is None:
        raise Refusal("validation", field="/path")
    return replace(order, status=Status.ACTIVE, path=ask.path), "order.confirmed"


def complete(order: Order, ask: Ask) -> tuple[Order, str]:
    """The bill: nothing to pay completes the order, anything else falls due."""
    if ask.bill is None:
        raise Refusal("validation", field="/total")
    check_bill(ask.bill, order.terms.amount)
    billed = replace(order, bill=ask.bill, amount_due=ask.bill.total)
    if ask.bill.total == 0:
        return _settled(billed, Outcome.NO_CHARGE), "order.completed"
    due_at = ask.due_at or ask.now + timedelta(days=order.terms.pay_days)
    check_due(due_at, order.terms, ask.now)
    return replace(billed, status=Status.PAYMENT_DUE, due_at=due_at), "order.payment_due"


def extend(order: Order, ask: Ask) -> tuple[Order, str]:
    """A later end is proposed; nothing else changes until the citizen agrees."""
    if ask.end_by is None or ask.limits is None:
        raise Refusal("validation", field="/service_end_by")
    check_extension(ask.end_by, order.terms, order.created_at, ask.limits, ask.now)
    return replace(order, proposed_end_by=ask.end_by), "order.extension_proposed"


def agree_extension(order: Order, ask: Ask) -> tuple[Order, str]:
    """The later end holds; refuses `version-stale` for another than the one that now is proposed."""
    if ask.end_by not in (None, order.proposed_end_by):
        raise Refusal("version-stale", version=order.version)
    terms = replace(order.terms, service_end_by=order.proposed_end_by or order.terms.service_end_by)
    return replace(order, terms=terms, proposed_end_by=None, return_overdue=False), "order.extended"


def refuse_extension(order: Order, ask: Ask) -> tuple[Order, str]:
    """All stays as it was."""
    return replace(order, proposed_end_by=None), "order.extension_refused"


def adjust(order: Order, ask: Ask) -> tuple[Order, str]:
    """What is due falls, never rises; nothing left waives it."""
    if ask.amount is None or not 0 <= ask.amount < order.amount_due:
        raise Refusal("amount-increase", field="/amount", limit=order.amount_due)
    lower = replace(order, amount_due=ask.amount)
    return (_settled(lower, Outcome.WAIVED) if ask.amount == 0 else lower), "order.adjusted"


def pay(order: Order, ask: Ask) -> tuple[Order, str]:
    """All that is due was collected through us."""
    return _paid(order, ask, Outcome.PAID)


def mark_paid(order: Order, ask: Ask) -> tuple[Order, str]:
    """All that is due reached the partner by another way."""
    return _paid(order, ask, Outcome.PAID_ELSEWHERE)


def collect(order: Order, ask: Ask) -> tuple[Order, str]:
    """An attempt of the schedule has its result: paid, or one attempt fewer is left."""
    if ask.payment:
        return pay(order, ask)
    return replace(order, attempts=order.attempts + 1, told_at=ask.now), "order.collection_failed"


def fall_overdue(order: Order, ask: Ask) -> tuple[Order, str]:
    """The due date has passed; the schedule of collection begins with this notice."""
    return replace(order, status=Status.OVERDUE, told_at=ask.now), "order.overdue"


def promise_refund(order: Order, amount: int) -> Order:
    """The order while `amount` fen of what went through us are on their way back."""
    if not 0 < amount <= order.refundable:
        raise Refusal("amount-over-limit", field="/amount", limit=order.refundable)
    return replace(order, amount_refunding=order.amount_refunding + amount)


def refund(order: Order, ask: Ask) -> tuple[Order, str]:
    """A refund has its result."""
    amount = ask.amount or 0
    promised = order if ask.charge else promise_refund(order, amount)
    ended = replace(promised, amount_refunding=promised.amount_refunding - amount)
    if ask.payment is None:
        return ended, "refund.failed"
    return replace(ended, amount_refunded=ended.amount_refunded + amount), "refund.succeeded"


def dispute(order: Order, ask: Ask) -> tuple[Order, str]:
    """The clocks of money stop."""
    return replace(order, disputed_at=ask.now), "dispute.opened"


def resolve(order: Order, ask: Ask) -> tuple[Order, str]:
    """The clocks go on, later by the time that they stood still; this is the notice of the collection that is next."""
    stood = ask.now - (order.disputed_at or ask.now)
    due_at = order.due_at + stood if order.due_at and order.status in OWED else order.due_at
    told_at = ask.now if order.told_at and order.status in OWED else order.told_at
    settled = replace(order, disputed_at=None, due_at=due_at, told_at=told_at, held=order.held + stood)
    return settled, "dispute.resolved"


def end_passed(order: Order, ask: Ask) -> tuple[Order, str]:
    """The service should be over; both sides are told."""
    return replace(order, return_overdue=True), "order.end_passed"


def close(order: Order, ask: Ask) -> tuple[Order, str]:
    """A partner's silence costs the citizen nothing."""
    return _settled(order, Outcome.NO_CHARGE), "order.completed"


def _paid(order: Order, ask: Ask, outcome: Outcome) -> tuple[Order, str]:
    if ask.payment is None:
        raise Refusal("validation", field="/reference")
    if ask.charge is None:  # what the provider collected is so, whatever its clock says
        check_payment(ask.payment, order.created_at, ask.now)
    collected = order.amount_due if outcome is Outcome.PAID else 0
    paid = replace(order, amount_paid=order.amount_due, amount_collected=collected, payment=ask.payment)
    return _settled(paid, outcome), "order.paid"


def _settled(order: Order, outcome: Outcome) -> Order:
    """The order at its end; one that was written off stays so, and is repaired by its payment."""
    if order.status is Status.WRITTEN_OFF:
        return order
    return replace(order, status=Status.COMPLETED, outcome=outcome)

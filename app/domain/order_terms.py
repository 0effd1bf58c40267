"""What an order is about: its terms, its bill, a payment made elsewhere; and what is refused in each.

All amounts are integer fen. Source: payscore-anchors.md sections 1.4 (bills), 5.2 (windows) and 5.3 (guards).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.errors import Refusal
from app.domain.offer import Limits

DEFAULT_CONFIRM = timedelta(minutes=15)
MOST_CONFIRM = timedelta(hours=24)
LEAST_PAY_DAYS = 3
MOST_PAY_DAYS = 60
CLOCK_SKEW = timedelta(minutes=5)
"""How far a partner's clock may be from ours."""
CANCEL_REASONS = ("citizen_asked", "not_available", "not_started", "mistake")
ADJUST_REASONS = ("mistake", "complaint_settled", "goodwill")
WRITE_OFF_REASONS = ("goodwill", "small_amount", "complaint_settled")
REFUND_REASONS = ("mistake", "complaint_settled", "goodwill", "citizen_asked")
"""Why a partner cancels, lowers what is due, gives it up or gives it back: codes that the app puts in words."""


class Kind(StrEnum):
    """The benefits that an order can carry."""

    DEPOSIT_WAIVER = "deposit_waiver"
    PAY_LATER = "pay_later"
    RESERVATION = "reservation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the citizen is asked to confirm.

    `amount` (fen) is the deposit waived or the most that may be charged, 0 for a reservation, which nothing is charged
    for; a bill may wait `pay_days` at least.
    """

    external_order_no: str
    scenario: str
    family: str
    kind: Kind
    title: str
    amount: int
    confirm_by: datetime
    service_end_by: datetime
    start_at: datetime | None = None
    pay_days: int = LEAST_PAY_DAYS


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: `amount` in fen, not negative."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What the service came to: the sum of items less the sum of discounts is `total`, in fen."""

    total: int
    items: tuple[Line, ...] = ()
    discounts: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that reached the partner: when, and the reference by which both find it."""

    paid_at: datetime
    reference: str


def check_terms(terms: Terms, limits: Limits, now: datetime) -> None:
    """Refuses `amount-over-limit` above the scenario's cap and `time-range-invalid` for windows out of bounds."""
    least, most = (0, 0) if terms.kind is Kind.RESERVATION else (1, limits.amount_fen)
    if not least <= terms.amount <= most:
        raise Refusal("amount-over-limit", field="/amount", limit=most)
    start, longest = terms.start_at or now, timedelta(days=limits.service_days)
    _within(now < terms.confirm_by <= now + MOST_CONFIRM, "/confirm_by")
    _within(now - CLOCK_SKEW <= start <= now + longest, "/start_at")
    _within(max(start, now) < terms.service_end_by <= start + longest, "/service_end_by")


def check_bill(bill: Bill, cap: int) -> None:
    """Refuses `amount-mismatch` where the lines do not add up and `amount-over-limit` above the confirmed cap (fen)."""
    for lines, field in ((bill.items, "/items"), (bill.discounts, "/discounts")):
        if any(line.amount < 0 for line in lines) or len({line.name for line in lines}) < len(lines):
            raise Refusal("amount-mismatch", field=field)
    if bill.total < 0 or _sum(bill.items) - _sum(bill.discounts) != bill.total:
        raise Refusal("amount-mismatch", field="/total")
    if bill.total > cap:
        raise Refusal("amount-over-limit", field="/total", limit=cap)


def check_due(due_at: datetime, terms: Terms, now: datetime) -> None:
    """Refuses `time-range-invalid` for a due date sooner than the terms allow or more than 60 days away."""
    least, most = timedelta(days=terms.pay_days), timedelta(days=max(MOST_PAY_DAYS, terms.pay_days))
    _within(now + least <= due_at <= now + most, "/due_at")


def check_extension(end_by: datetime, terms: Terms, made_at: datetime, limits: Limits, now: datetime) -> None:
    """Refuses `time-range-invalid` for an end no later than the present one, past, or beyond the offer's longest."""
    longest = (terms.start_at or made_at) + timedelta(days=limits.service_days)
    _within(max(terms.service_end_by, now) < end_by <= longest, "/service_end_by")


def check_payment(payment: Payment, since: datetime, now: datetime) -> None:
    """Refuses `time-range-invalid` for a payment before the order was made or in the future."""
    _within(since <= payment.paid_at <= now + CLOCK_SKEW, "/paid_at")


def _sum(lines: Sequence[Line]) -> int:
    return sum(line.amount for line in lines)


def _within(holds: bool, field: str) -> None:
    if not holds:
        raise Refusal("time-range-invalid", field=field)

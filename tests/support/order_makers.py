"""Orders made for tests: pure ones, at a fixed moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.access import ActorKind
from app.domain.offer import Limits
from app.domain.order import FINAL, Action, Ask, Order, Outcome, Status, create
from app.domain.order_terms import Bill, Kind, Line, Payment, Terms
from app.domain.scenario import Path

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
CAP = 20_000
LIMITS = Limits(amount_fen=CAP, service_days=366, open_orders=1)


def terms(**changes: object) -> Terms:
    """Terms of a bike ride without deposit, cap 200 yuan, for a day."""
    usual = Terms(
        external_order_no="R-1",
        scenario="xm-bike",
        family="bikes",
        kind=Kind.DEPOSIT_WAIVER,
        title="共享自行车",
        amount=CAP,
        confirm_by=NOW + timedelta(minutes=15),
        service_end_by=NOW + timedelta(days=1),
    )
    return replace(usual, **changes)


def new(**changes: object) -> Order:
    """An order just created, awaiting its citizen."""
    return create(terms(**changes), LIMITS, NOW).order


def in_status(status: Status) -> Order:
    """An order in that status, as its way there would have left it; a running one has an extension to answer."""
    order = replace(new(start_at=NOW + timedelta(hours=1)), status=status, closed_at=NOW if status in FINAL else None)
    if status in (Status.PENDING_CONFIRMATION, Status.DECLINED, Status.EXPIRED, Status.CANCELED):
        return order
    order = replace(order, path=Path.CREDIT)
    if status is Status.ACTIVE:
        return replace(order, proposed_end_by=NOW + timedelta(days=4))
    order = replace(order, bill=bill(300), amount_due=300, due_at=NOW + timedelta(hours=72))
    if status is Status.COMPLETED:
        return replace(order, outcome=Outcome.PAID, amount_paid=300, amount_collected=300, payment=Payment(NOW, "r"))
    return order if status is Status.PAYMENT_DUE else replace(order, told_at=NOW)


def ask(action: Action, actor: ActorKind, **changes: object) -> Ask:
    """That action with everything that it needs."""
    usual = Ask(
        action=action,
        actor=actor,
        now=NOW,
        path=Path.CREDIT,
        credit=True,
        bill=bill(300),
        end_by=None if action is Action.AGREE_EXTENSION else NOW + timedelta(days=60),
        limits=LIMITS,
        amount=100,
        payment=Payment(NOW, "cash-1"),
    )
    return replace(usual, **changes)


def bill(total: int) -> Bill:
    """A bill of one line."""
    return Bill(total=total, items=(Line("ride", total),))

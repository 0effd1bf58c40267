"""The credit service order (信用服务单): one flat status, one table of who may do what from where.

An order is a deposit waiver (免押) or a pay-later service (先享后付) of one citizen at one partner. The amount in its
terms is the cap that the citizen confirms: what is charged in the end is at most that, and from then on it only falls.
Source: payscore-anchors.md section 5 (states, transitions, timers, events) with the changes that api.md names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.offer import Limits
from app.domain.order_terms import (
    Bill,
    Payment,
    Terms,
    check_bill,
    check_due,
    check_payment,
    check_terms,
)
from app.domain.scenario import Path

SILENCE_CLOSES_AFTER = timedelta(days=30)
"""A service that ended so long ago without a bill closes without a charge: no partner keeps one open by silence."""


class Status(StrEnum):
    """Where an order stands."""

    PENDING_CONFIRMATION = "pending_confirmation"
    ACTIVE = "active"
    PAYMENT_DUE = "payment_due"
    OVERDUE = "overdue"
    COMPLETED = "completed"
    CANCELED = "canceled"
    DECLINED = "declined"
    EXPIRED = "expired"
    WRITTEN_OFF = "written_off"


class Outcome(StrEnum):
    """How a completed order was settled."""

    NO_CHARGE = "no_charge"
    PAID = "paid"
    PAID_ELSEWHERE = "paid_elsewhere"
    WAIVED = "waived"


class Action(StrEnum):
    """What may be done to an order; the last four are the clock's."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    CANCEL = "cancel"
    COMPLETE = "complete"
    ADJUST = "adjust"
    PAY = "pay"
    MARK_PAID = "mark-paid"
    EXPIRE = "expire"
    END_PASSED = "end-passed"
    CLOSE = "close"
    FALL_OVERDUE = "fall-overdue"


PENDING, ACTIVE, DUE = (Status.PENDING_CONFIRMATION,), (Status.ACTIVE,), (Status.PAYMENT_DUE,)
OWED = (*DUE, Status.OVERDUE)
FINAL = frozenset({Status.COMPLETED, Status.CANCELED, Status.DECLINED, Status.EXPIRED, Status.WRITTEN_OFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as it stands. `version` counts its transitions and numbers its events; amounts are fen."""

    terms: Terms
    created_at: datetime
    status: Status = Status.PENDING_CONFIRMATION
    path: Path | None = None
    bill: Bill | None = None
    amount_due: int = 0
    amount_paid: int = 0
    due_at: datetime | None = None
    outcome: Outcome | None = None
    return_overdue: bool = False
    payment: Payment | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """An action that somebody asks for, and what comes with it.

    `path` and `credit` (what the scenario answers at this moment) go with confirm; `bill` and `due_at` with complete;
    `amount` (fen) with adjust; `payment` with pay and mark-paid; `reason_code` says why.
    """

    action: Action
    actor: ActorKind
    now: datetime
    reason_code: str = ""
    path: Path | None = None
    credit: bool = False
    bill: Bill | None = None
    due_at: datetime | None = None
    amount: int | None = None
    payment: Payment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of an order's history, never changed: from where (None: newly made) to `order`, by whom and why."""

    before: Status | None
    order: Order
    action: str
    actor: ActorKind
    reason_code: str
    at: datetime
    event: str


Effect = Callable[[Order, Ask], tuple[Order, str]]
Guard = Callable[[Order, datetime], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: this actor may take this action from these statuses while `guard` holds."""

    action: Action
    actor: ActorKind
    sources: tuple[Status, ...]
    effect: Effect
    guard: Guard


def create(terms: Terms, limits: Limits, now: datetime) -> Transition:
    """A new order awaiting its citizen; refuses terms beyond the scenario's limits or out of their windows."""
    check_terms(terms, limits, now)
    return Transition(
        before=None, order=Order(terms=terms, created_at=now), action="create", actor=ActorKind.PARTNER,
        reason_code="", at=now, event="order.created",
    )  # fmt: skip


def decide(order: Order, ask: Ask) -> Transition:
    """The one transition that `ask` makes of `order`.

    Refuses `state-conflict`, with the actions that are allowed, where the table has no such row or its guard does not
    hold; and whatever the row's own conditions refuse (`credit-not-open`, `amount-…`, `time-range-invalid`).
    """
    rule = _RULES.get((order.status, ask.action, ask.actor))
    if rule is None or not rule.guard(order, ask.now):
        allowed = allowed_actions(order, ask.actor, ask.now)
        raise Refusal("state-conflict", allowed_actions=allowed, status=order.status.value)
    after, event = rule.effect(order, ask)
    return Transition(
        before=order.status, order=replace(after, version=order.version + 1), action=ask.action, actor=ask.actor,
        reason_code=ask.reason_code, at=ask.now, event=event,
    )  # fmt: skip


def allowed_actions(order: Order, actor: ActorKind, now: datetime) -> tuple[str, ...]:
    """What this actor may do now, in the table's order."""
    rows = (rule for rule in TABLE if rule.actor == actor and order.status in rule.sources)
    return tuple(rule.action.value for rule in rows if rule.guard(order, now))


def next_timer(order: Order) -> tuple[datetime, Action] | None:
    """When the clock next acts on this order, and how; None where nothing waits for time."""
    end = order.terms.service_end_by
    match order.status:
        case Status.PENDING_CONFIRMATION:
            return order.terms.confirm_by, Action.EXPIRE
        case Status.ACTIVE if order.return_overdue:
            return end + SILENCE_CLOSES_AFTER, Action.CLOSE
        case Status.ACTIVE:
            return end, Action.END_PASSED
        case Status.PAYMENT_DUE if order.due_at:
            return order.due_at, Action.FALL_OVERDUE
    return None


def is_unpaid(order: Order, now: datetime) -> bool:
    """Whether the order pauses further credit in its family (guardrail 7): its due date has passed, and it is owed."""
    return order.status in OWED and order.due_at is not None and order.due_at <= now


def _always(order: Order, now: datetime) -> bool:
    return True


def _in_window(order: Order, now: datetime) -> bool:
    return now < order.terms.confirm_by


def _before_start(order: Order, now: datetime) -> bool:
    return order.terms.start_at is not None and now < order.terms.start_at


def _timer_rang(action: Action) -> Guard:
    def guard(order: Order, now: datetime) -> bool:
        timer = next_timer(order)
        return timer is not None and timer[1] == action and timer[0] <= now

    return guard


def _to(status: Status, event: str) -> Effect:
    return lambda order, ask: (replace(order, status=status), event)


def _confirm(order: Order, ask: Ask) -> tuple[Order, str]:
    if ask.path is None:
        raise Refusal("validation", field="/path")
    if ask.path is Path.CREDIT and not ask.credit:
        raise Refusal("credit-not-open", field="/path", allowed_actions=allowed_actions(order, ask.actor, ask.now))
    return replace(order, status=Status.ACTIVE, path=ask.path), "order.confirmed"


def _complete(order: Order, ask: Ask) -> tuple[Order, str]:
    if ask.bill is None:
        raise Refusal("validation", field="/total")
    check_bill(ask.bill, order.terms.amount)
    billed = replace(order, bill=ask.bill, amount_due=ask.bill.total)
    if ask.bill.total == 0:
        return _settled(billed, Outcome.NO_CHARGE), "order.completed"
    due_at = ask.due_at or ask.now + timedelta(days=order.terms.pay_days)
    check_due(due_at, order.terms, ask.now)
    return replace(billed, status=Status.PAYMENT_DUE, due_at=due_at), "order.payment_due"


def _adjust(order: Order, ask: Ask) -> tuple[Order, str]:
    if ask.amount is None or not 0 <= ask.amount < order.amount_due:
        raise Refusal("amount-increase", field="/amount", limit=order.amount_due)
    lower = replace(order, amount_due=ask.amount)
    return (_settled(lower, Outcome.WAIVED) if ask.amount == 0 else lower), "order.adjusted"


def _paid(outcome: Outcome) -> Effect:
    def effect(order: Order, ask: Ask) -> tuple[Order, str]:
        if ask.payment is None:
            raise Refusal("validation", field="/reference")
        check_payment(ask.payment, order.created_at, ask.now)
        paid = replace(order, amount_paid=order.amount_due, payment=ask.payment)
        return _settled(paid, outcome), "order.paid"

    return effect


def _end_passed(order: Order, ask: Ask) -> tuple[Order, str]:
    return replace(order, return_overdue=True), "order.end_passed"


def _close(order: Order, ask: Ask) -> tuple[Order, str]:
    return _settled(order, Outcome.NO_CHARGE), "order.completed"


def _settled(order: Order, outcome: Outcome) -> Order:
    return replace(order, status=Status.COMPLETED, outcome=outcome)


_CANCEL = _to(Status.CANCELED, "order.canceled")
TABLE = (
    Rule(Action.CONFIRM, ActorKind.CITIZEN, PENDING, _confirm, _in_window),
    Rule(Action.DECLINE, ActorKind.CITIZEN, PENDING, _to(Status.DECLINED, "order.declined"), _in_window),
    Rule(Action.CANCEL, ActorKind.CITIZEN, PENDING, _CANCEL, _in_window),
    Rule(Action.CANCEL, ActorKind.CITIZEN, ACTIVE, _CANCEL, _before_start),
    Rule(Action.PAY, ActorKind.CITIZEN, OWED, _paid(Outcome.PAID), _always),
    Rule(Action.COMPLETE, ActorKind.PARTNER, ACTIVE, _complete, _always),
    Rule(Action.ADJUST, ActorKind.PARTNER, OWED, _adjust, _always),
    Rule(Action.MARK_PAID, ActorKind.PARTNER, OWED, _paid(Outcome.PAID_ELSEWHERE), _always),
    Rule(Action.CANCEL, ActorKind.PARTNER, PENDING, _CANCEL, _in_window),
    Rule(Action.CANCEL, ActorKind.PARTNER, ACTIVE, _CANCEL, _always),
    Rule(Action.EXPIRE, ActorKind.SYSTEM, PENDING, _to(Status.EXPIRED, "order.expired"), _timer_rang(Action.EXPIRE)),
    Rule(Action.END_PASSED, ActorKind.SYSTEM, ACTIVE, _end_passed, _timer_rang(Action.END_PASSED)),
    Rule(Action.CLOSE, ActorKind.SYSTEM, ACTIVE, _close, _timer_rang(Action.CLOSE)),
    Rule(
        Action.FALL_OVERDUE,
        ActorKind.SYSTEM,
        DUE,
        _to(Status.OVERDUE, "order.overdue"),
        _timer_rang(Action.FALL_OVERDUE),
    ),
)
_RULES = {(status, rule.action, rule.actor): rule for rule in TABLE for status in rule.sources}

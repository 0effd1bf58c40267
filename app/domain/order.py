"""The credit service order (信用服务单): one flat status, one table of who may do what from where.

An order is a deposit waiver (免押), a pay-later service (先享后付) or a reservation (预约) of one citizen at one
partner. The amount in its terms is the cap that the citizen confirms: what is charged in the end is at most that, and
from then on it only falls. Source: payscore-anchors.md section 5 (states, transitions, timers, events) with the changes
that api.md names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain import order_effects as effects
from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.offer import Limits
from app.domain.order_clocks import is_unpaid, may_collect, may_dispute, next_timer, rung
from app.domain.order_effects import Effect
from app.domain.order_state import (
    ACTIVE,
    DONE,
    DUE,
    FINAL,
    GIVEN_UP,
    LATE,
    OWED,
    PENDING,
    Action,
    Ask,
    Order,
    Outcome,
    Status,
    Transition,
)
from app.domain.order_terms import Terms, check_terms
from app.domain.scenario import Path

__all__ = [
    "FINAL",
    "OWED",
    "TABLE",
    "Action",
    "Ask",
    "Order",
    "Outcome",
    "Rule",
    "Status",
    "Transition",
    "allowed_actions",
    "begin",
    "create",
    "decide",
    "is_unpaid",
    "next_timer",
    "rung",
]

Guard = Callable[[Order, datetime], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: this actor may take this action from these statuses while `guard` holds."""

    action: Action
    actor: ActorKind
    sources: tuple[Status, ...]
    effect: Effect
    guard: Guard


def create(terms: Terms, limits: Limits, now: datetime, *, standing: bool = False) -> Transition:
    """A new order; refuses terms beyond the scenario's limits or out of their windows.

    It awaits its citizen, or with a `standing` consent starts at once on credit (row 1b of the table).
    """
    check_terms(terms, limits, now)
    order, event = Order(terms=terms, created_at=now), "order.created"
    if standing:
        order, event = replace(order, status=Status.ACTIVE, path=Path.CREDIT), "order.confirmed"
    return Transition(
        before=None, order=order, action="create", actor=ActorKind.PARTNER, reason_code="", at=now, event=event
    )


def decide(order: Order, ask: Ask) -> Transition:
    """The one transition that `ask` makes of `order`.

    Refuses `state-conflict`, with the actions that are allowed, where the table has no such row or its guard does not
    hold; `version-stale` where the asker has seen another version; and whatever the row's own conditions refuse
    (`credit-not-open`, `amount-…`, `time-range-invalid`). The result of a payment that is under way is never refused.
    """
    rule = _rule(order, ask)
    if ask.action is Action.CONFIRM and ask.path is Path.CREDIT and not ask.credit:
        raise Refusal("credit-not-open", field="/path", allowed_actions=allowed_actions(order, ask.actor, ask.now))
    before = replace(order, charge=None) if ask.charge else order
    after, event = rule.effect(before, ask)
    after = replace(after, version=order.version + 1, closed_at=_closed_at(after, ask.now))
    if after.status is not Status.ACTIVE:
        after = replace(after, proposed_end_by=None)
    return Transition(
        before=order.status, order=after, action=ask.action, actor=ask.actor, reason_code=ask.reason_code, at=ask.now,
        event=event, amount=_moved(order, after),
    )  # fmt: skip


def begin(order: Order, ask: Ask) -> Order:
    """The order while the payment `ask.charge` runs that `ask` needs (pay, collect, refund); refuses as `decide` does.

    Its result is a step of its own: `decide` with the same `charge`.
    """
    _rule(order, replace(ask, charge=None))
    if ask.action is Action.REFUND:
        if ask.version is not None and order.amount_refunding:  # who names a version has not seen the refund under way
            raise Refusal("version-stale", version=order.version)
        return effects.promise_refund(order, ask.amount or 0)
    return replace(order, charge=ask.charge)


def allowed_actions(order: Order, actor: ActorKind, now: datetime) -> tuple[str, ...]:
    """What this actor may do now, in the table's order."""
    rows = (rule for rule in TABLE if rule.actor == actor and order.status in rule.sources)
    return tuple(rule.action.value for rule in rows if rule.guard(order, now))


def _rule(order: Order, ask: Ask) -> Rule:
    rule = _RULES.get((order.status, ask.action, ask.actor))
    if rule is None or not (ask.charge or rule.guard(order, ask.now)):
        allowed = allowed_actions(order, ask.actor, ask.now)
        raise Refusal("state-conflict", allowed_actions=allowed, status=order.status.value)
    if ask.version not in (None, order.version):
        raise Refusal("version-stale", version=order.version)
    return rule


def _closed_at(order: Order, now: datetime) -> datetime | None:
    return order.closed_at or (now if order.status in FINAL else None)


def _moved(before: Order, after: Order) -> int:
    """What a step moved, in fen (Transition.amount)."""
    if after.status is Status.WRITTEN_OFF and before.status is not Status.WRITTEN_OFF:
        return after.amount_due
    lowered = before.amount_due - after.amount_due
    return max(after.amount_paid - before.amount_paid, after.amount_refunded - before.amount_refunded, lowered, 0)


def _always(order: Order, now: datetime) -> bool:
    return True


def _in_window(order: Order, now: datetime) -> bool:
    return now < order.terms.confirm_by


def _before_start(order: Order, now: datetime) -> bool:
    return order.terms.start_at is not None and now < order.terms.start_at


def _proposed(order: Order, now: datetime) -> bool:
    return order.proposed_end_by is not None and now < order.proposed_end_by


def _free(order: Order, now: datetime) -> bool:
    """Nothing is being collected, and something is owed."""
    return order.charge is None and order.amount_paid < order.amount_due


def _free_and_calm(order: Order, now: datetime) -> bool:
    return _free(order, now) and not order.disputed


def _in_dispute(order: Order, now: datetime) -> bool:
    return order.disputed


def _free_in_dispute(order: Order, now: datetime) -> bool:
    return _free(order, now) and order.disputed


def _refundable(order: Order, now: datetime) -> bool:
    return order.refundable > 0


def _refundable_in_dispute(order: Order, now: datetime) -> bool:
    return order.refundable > 0 and order.disputed


def _timer_rang(action: Action) -> Guard:
    return lambda order, now: rung(order, now) is action


def _clock(action: Action, sources: tuple[Status, ...], effect: Effect) -> Rule:
    return Rule(action, ActorKind.SYSTEM, sources, effect, _timer_rang(action))


_CANCEL = effects.to(Status.CANCELED, "order.canceled")
_WRITE_OFF = effects.to(Status.WRITTEN_OFF, "order.written_off")
_PAYABLE, _DISPUTABLE = (*OWED, *GIVEN_UP), (*ACTIVE, *OWED, *DONE)
_IN_DISPUTE = (*_DISPUTABLE, *GIVEN_UP, Status.CANCELED)
TABLE = (
    Rule(Action.CONFIRM, ActorKind.CITIZEN, PENDING, effects.confirm, _in_window),
    Rule(Action.DECLINE, ActorKind.CITIZEN, PENDING, effects.to(Status.DECLINED, "order.declined"), _in_window),
    Rule(Action.CANCEL, ActorKind.CITIZEN, PENDING, _CANCEL, _in_window),
    Rule(Action.CANCEL, ActorKind.CITIZEN, ACTIVE, _CANCEL, _before_start),
    Rule(Action.AGREE_EXTENSION, ActorKind.CITIZEN, ACTIVE, effects.agree_extension, _proposed),
    Rule(Action.REFUSE_EXTENSION, ActorKind.CITIZEN, ACTIVE, effects.refuse_extension, _proposed),
    Rule(Action.PAY, ActorKind.CITIZEN, _PAYABLE, effects.pay, _free),
    Rule(Action.DISPUTE, ActorKind.CITIZEN, _DISPUTABLE, effects.dispute, may_dispute),
    Rule(Action.RESOLVE, ActorKind.CITIZEN, _IN_DISPUTE, effects.resolve, _in_dispute),
    Rule(Action.COMPLETE, ActorKind.PARTNER, ACTIVE, effects.complete, _always),
    Rule(Action.EXTEND, ActorKind.PARTNER, ACTIVE, effects.extend, _always),
    Rule(Action.ADJUST, ActorKind.PARTNER, OWED, effects.adjust, _free),
    Rule(Action.COLLECT, ActorKind.PARTNER, LATE, effects.collect, may_collect),
    Rule(Action.MARK_PAID, ActorKind.PARTNER, _PAYABLE, effects.mark_paid, _free),
    Rule(Action.WRITE_OFF, ActorKind.PARTNER, LATE, _WRITE_OFF, _free_and_calm),
    Rule(Action.REFUND, ActorKind.PARTNER, (*DONE, *GIVEN_UP), effects.refund, _refundable),
    Rule(Action.RESOLVE, ActorKind.PARTNER, _IN_DISPUTE, effects.resolve, _in_dispute),
    Rule(Action.CANCEL, ActorKind.PARTNER, PENDING, _CANCEL, _in_window),
    Rule(Action.CANCEL, ActorKind.PARTNER, ACTIVE, _CANCEL, _always),
    Rule(Action.ADJUST, ActorKind.OPERATOR, OWED, effects.adjust, _free_in_dispute),
    Rule(Action.REFUND, ActorKind.OPERATOR, (*DONE, *GIVEN_UP), effects.refund, _refundable_in_dispute),
    Rule(Action.CLOSE, ActorKind.OPERATOR, ACTIVE, effects.close, _in_dispute),
    Rule(Action.RESOLVE, ActorKind.OPERATOR, _IN_DISPUTE, effects.resolve, _in_dispute),
    Rule(Action.RESOLVE, ActorKind.SYSTEM, _IN_DISPUTE, effects.resolve, _in_dispute),
    _clock(Action.EXPIRE, PENDING, effects.to(Status.EXPIRED, "order.expired")),
    _clock(Action.END_PASSED, ACTIVE, effects.end_passed),
    _clock(Action.CLOSE, ACTIVE, effects.close),
    _clock(Action.FALL_OVERDUE, DUE, effects.fall_overdue),
    _clock(Action.COLLECT, LATE, effects.collect),
    _clock(Action.WRITE_OFF, LATE, _WRITE_OFF),
)
_RULES = {(status, rule.action, rule.actor): rule for rule in TABLE for status in rule.sources}

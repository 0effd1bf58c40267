"""The promises of an order: the path, the money, the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action, Outcome, Status, allowed_actions, create, decide, is_unpaid, next_timer
from app.domain.order_terms import Bill, Line, Payment
from app.domain.scenario import Path
from tests.support.order_makers import CAP, LIMITS, NOW, ask, bill, in_status, new, terms

CITIZEN, PARTNER, SYSTEM = ActorKind.CITIZEN, ActorKind.PARTNER, ActorKind.SYSTEM
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def refusal(order, asked):
    with pytest.raises(Refusal) as caught:
        decide(order, asked)
    return caught.value


def test_credit_is_confirmed_only_while_the_scenario_answers_credit():
    refused = refusal(new(), ask(Action.CONFIRM, CITIZEN, credit=False))
    assert (refused.code, refused.field) == ("credit-not-open", "/path")
    assert "confirm" in refused.allowed_actions


@pytest.mark.parametrize("credit", [True, False])
def test_the_ordinary_path_is_always_open_and_looks_the_same(credit):
    step = decide(new(), ask(Action.CONFIRM, CITIZEN, path=Path.STANDARD, credit=credit))
    usual = decide(new(), ask(Action.CONFIRM, CITIZEN, path=Path.STANDARD))
    assert step == usual
    assert step.order.path is Path.STANDARD


def test_confirming_names_a_path():
    assert refusal(new(), ask(Action.CONFIRM, CITIZEN, path=None)).field == "/path"


def test_a_service_without_a_start_begins_when_confirmed_so_the_citizen_cannot_cancel_it_any_more():
    running = decide(new(), ask(Action.CONFIRM, CITIZEN)).order
    assert "cancel" not in allowed_actions(running, CITIZEN, NOW)


def test_the_citizen_cancels_until_the_start():
    order = in_status(Status.ACTIVE)
    assert "cancel" in allowed_actions(order, CITIZEN, order.terms.start_at - MINUTE)
    assert "cancel" not in allowed_actions(order, CITIZEN, order.terms.start_at)


def test_after_the_window_nobody_confirms_or_declines():
    late = NOW + 15 * MINUTE
    assert refusal(new(), ask(Action.CONFIRM, CITIZEN, now=late)).allowed_actions == ()
    assert decide(new(), ask(Action.EXPIRE, SYSTEM, now=late)).order.status is Status.EXPIRED


def test_nothing_to_pay_completes_at_once():
    order = decide(in_status(Status.ACTIVE), ask(Action.COMPLETE, PARTNER, bill=Bill(total=0))).order
    assert (order.status, order.outcome, order.due_at) == (Status.COMPLETED, Outcome.NO_CHARGE, None)


def test_a_pay_later_bill_waits_as_long_as_the_offer_promises():
    order = replace(in_status(Status.ACTIVE), terms=terms(pay_days=30))
    assert decide(order, ask(Action.COMPLETE, PARTNER)).order.due_at == NOW + 30 * DAY
    assert refusal(order, ask(Action.COMPLETE, PARTNER, due_at=NOW + 29 * DAY)).field == "/due_at"


def test_a_bill_is_due_72_hours_after_its_notice_at_the_earliest():
    order = decide(in_status(Status.ACTIVE), ask(Action.COMPLETE, PARTNER)).order
    assert (order.status, order.amount_due, order.due_at) == (Status.PAYMENT_DUE, 300, NOW + 72 * HOUR)
    hurried = ask(Action.COMPLETE, PARTNER, due_at=NOW + 71 * HOUR)
    assert refusal(in_status(Status.ACTIVE), hurried).field == "/due_at"


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (Bill(301, (Line("ride", 300),)), "amount-mismatch", "/total"),
        (Bill(300, (Line("ride", 300),), (Line("coupon", 1),)), "amount-mismatch", "/total"),
        (Bill(-1, (), (Line("coupon", 1),)), "amount-mismatch", "/total"),
        (Bill(1, (Line("ride", 2), Line("back", -1))), "amount-mismatch", "/items"),
        (Bill(2, (Line("ride", 1), Line("ride", 1))), "amount-mismatch", "/items"),
        (Bill(1, (), (Line("coupon", -1),)), "amount-mismatch", "/discounts"),
        (bill(CAP + 1), "amount-over-limit", "/total"),
    ],
)
def test_a_bill_adds_up_and_never_passes_the_confirmed_cap(wrong, code, field):
    refused = refusal(in_status(Status.ACTIVE), ask(Action.COMPLETE, PARTNER, bill=wrong))
    assert (refused.code, refused.field) == (code, field)


def test_a_bill_may_reach_the_cap_and_discounts_lower_it():
    most = decide(in_status(Status.ACTIVE), ask(Action.COMPLETE, PARTNER, bill=bill(CAP))).order
    assert most.amount_due == CAP
    lowered = Bill(250, (Line("ride", 300),), (Line("coupon", 50),))
    assert decide(in_status(Status.ACTIVE), ask(Action.COMPLETE, PARTNER, bill=lowered)).order.amount_due == 250


@pytest.mark.parametrize("amount", [300, 301, -1, None])
def test_an_adjustment_only_goes_down(amount):
    refused = refusal(in_status(Status.PAYMENT_DUE), ask(Action.ADJUST, PARTNER, amount=amount))
    assert (refused.code, refused.field) == ("amount-increase", "/amount")


def test_an_adjustment_to_nothing_waives_the_rest():
    order = decide(in_status(Status.OVERDUE), ask(Action.ADJUST, PARTNER, amount=0)).order
    assert (order.status, order.outcome, order.amount_due) == (Status.COMPLETED, Outcome.WAIVED, 0)


@pytest.mark.parametrize(("action", "actor", "outcome"), [
    (Action.PAY, CITIZEN, Outcome.PAID), (Action.MARK_PAID, PARTNER, Outcome.PAID_ELSEWHERE),
])  # fmt: skip
def test_paying_settles_exactly_what_is_due(action, actor, outcome):
    order = decide(in_status(Status.OVERDUE), ask(action, actor)).order
    assert (order.status, order.outcome, order.amount_paid) == (Status.COMPLETED, outcome, 300)
    assert refusal(in_status(Status.OVERDUE), ask(action, actor, payment=None)).field == "/reference"


@pytest.mark.parametrize("paid_at", [NOW - MINUTE, NOW + 6 * MINUTE])
def test_a_payment_elsewhere_was_made_since_the_order_and_not_in_the_future(paid_at):
    refused = refusal(in_status(Status.PAYMENT_DUE), ask(Action.MARK_PAID, PARTNER, payment=Payment(paid_at, "x")))
    assert (refused.code, refused.field) == ("time-range-invalid", "/paid_at")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "/amount"),
        ({"amount": CAP + 1}, "/amount"),
        ({"confirm_by": NOW}, "/confirm_by"),
        ({"confirm_by": NOW + 24 * HOUR + MINUTE}, "/confirm_by"),
        ({"start_at": NOW - HOUR}, "/start_at"),
        ({"start_at": NOW + 367 * DAY}, "/start_at"),
        ({"service_end_by": NOW}, "/service_end_by"),
        ({"start_at": NOW + HOUR, "service_end_by": NOW + HOUR}, "/service_end_by"),
        ({"service_end_by": NOW + 367 * DAY}, "/service_end_by"),
    ],
)
def test_terms_out_of_bounds_are_refused_by_field(changes, field):
    with pytest.raises(Refusal) as refused:
        create(terms(**changes), LIMITS, NOW)
    assert refused.value.field == field


def test_a_service_past_its_end_is_flagged_once_and_closed_free_after_30_days_of_silence():
    running = in_status(Status.ACTIVE)
    flagged = decide(running, ask(Action.END_PASSED, SYSTEM, now=running.terms.service_end_by)).order
    assert (flagged.status, flagged.return_overdue) == (Status.ACTIVE, True)
    assert refusal(flagged, ask(Action.END_PASSED, SYSTEM, now=NOW + 2 * DAY)).code == "state-conflict"
    at, action = next_timer(flagged)
    closed = decide(flagged, ask(action, SYSTEM, now=at)).order
    assert (closed.status, closed.outcome) == (Status.COMPLETED, Outcome.NO_CHARGE)


@pytest.mark.parametrize(
    "status", [s for s in Status if s in ("completed", "canceled", "declined", "expired", "written_off")]
)
def test_what_is_over_waits_for_no_clock(status):
    assert next_timer(in_status(status)) is None


def test_a_timer_never_acts_early():
    for status in (Status.PENDING_CONFIRMATION, Status.ACTIVE, Status.PAYMENT_DUE):
        at, action = next_timer(in_status(status))
        assert refusal(in_status(status), ask(action, SYSTEM, now=at - MINUTE)).code == "state-conflict"


def test_an_order_is_unpaid_from_its_due_moment_until_it_is_settled():
    due = in_status(Status.PAYMENT_DUE)
    assert not is_unpaid(due, due.due_at - MINUTE)
    assert is_unpaid(due, due.due_at)
    assert is_unpaid(replace(due, status=Status.OVERDUE), due.due_at + DAY)
    assert not is_unpaid(replace(due, status=Status.COMPLETED), due.due_at + DAY)

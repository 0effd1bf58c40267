"""What is owed is collected by a published schedule, announced each time, stopped by a dispute, and not for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action, Outcome, Status, allowed_actions, begin, create, decide, is_unpaid, rung
from app.domain.order_clocks import COLLECTION_DAYS, collection_ends_at, next_attempt_at, next_timer
from app.domain.order_terms import Bill, Kind
from app.domain.scenario import Path
from tests.support.order_makers import LIMITS, NOW, ask, bill, in_status, new, terms

CITIZEN, PARTNER, OPERATOR, SYSTEM = ActorKind.CITIZEN, ActorKind.PARTNER, ActorKind.OPERATOR, ActorKind.SYSTEM
DAY = timedelta(days=1)


@pytest.fixture
def overdue():
    due = in_status(Status.PAYMENT_DUE)
    return decide(due, ask(Action.FALL_OVERDUE, SYSTEM, now=due.due_at)).order


def attempt(order, at, actor=SYSTEM):
    return decide(order, ask(Action.COLLECT, actor, now=at, payment=None)).order


def refused(order, asked):
    with pytest.raises(Refusal) as caught:
        decide(order, asked)
    return caught.value


def test_five_attempts_on_the_published_days_and_then_no_more(overdue):
    order, days = overdue, []
    while (timer := next_timer(order)) and timer[1] is Action.COLLECT:
        days.append((timer[0] - order.due_at).days)
        order = attempt(order, timer[0])
    assert tuple(days) == COLLECTION_DAYS
    assert next_timer(order) == (order.due_at + 30 * DAY, Action.WRITE_OFF)
    step = decide(order, ask(Action.WRITE_OFF, SYSTEM, now=order.due_at + 30 * DAY))
    assert (step.order.status, step.event, step.amount) == (Status.WRITTEN_OFF, "order.written_off", 300)
    assert next_timer(step.order) is None


def test_an_attempt_that_succeeds_settles_the_order(overdue):
    step = decide(overdue, ask(Action.COLLECT, SYSTEM, now=overdue.due_at + 3 * DAY))
    assert (step.order.outcome, step.order.amount_collected, step.amount) == (Outcome.PAID, 300, 300)


def test_the_partner_may_ask_for_an_attempt_a_day_after_the_citizen_was_told(overdue):
    told = overdue.due_at
    assert "collect" not in allowed_actions(overdue, PARTNER, told + DAY - timedelta(seconds=1))
    assert "collect" in allowed_actions(overdue, PARTNER, told + DAY)
    failed = attempt(overdue, told + DAY, PARTNER)
    assert "collect" not in allowed_actions(failed, PARTNER, told + DAY)
    assert failed.attempts == 1


def test_the_partner_s_attempts_are_among_the_five(overdue):
    order = overdue
    for number in range(1, 6):
        order = attempt(order, overdue.due_at + number * DAY, PARTNER)
    assert "collect" not in allowed_actions(order, PARTNER, overdue.due_at + 7 * DAY)
    assert next_timer(order)[1] is Action.WRITE_OFF


def test_a_scheduled_attempt_waits_for_its_day_of_notice(overdue):
    late = attempt(overdue, overdue.due_at + 6.5 * DAY, PARTNER)
    assert next_attempt_at(late) == overdue.due_at + 14 * DAY


def test_a_worker_that_was_away_never_collects_after_the_end(overdue):
    after = overdue.due_at + 31 * DAY
    assert rung(overdue, after) is Action.WRITE_OFF
    assert refused(overdue, ask(Action.COLLECT, SYSTEM, now=after)).code == "state-conflict"
    assert "collect" not in allowed_actions(overdue, PARTNER, after)


def test_while_a_payment_runs_nothing_else_touches_what_is_owed(overdue):
    running = begin(overdue, ask(Action.PAY, CITIZEN, charge="pay_1"))
    assert next_timer(running) is None
    assert allowed_actions(running, PARTNER, NOW + 60 * DAY) == ()
    assert allowed_actions(running, CITIZEN, NOW + 60 * DAY) == ("dispute",)
    paid = decide(running, ask(Action.PAY, CITIZEN, charge="pay_1")).order
    assert (paid.status, paid.charge) == (Status.COMPLETED, None)


def test_the_result_of_a_payment_is_taken_though_a_dispute_came_between(overdue):
    at = overdue.due_at + DAY
    running = begin(overdue, ask(Action.COLLECT, PARTNER, now=at, charge="pay_1"))
    disputed = decide(running, ask(Action.DISPUTE, CITIZEN, now=at)).order
    assert decide(disputed, ask(Action.COLLECT, PARTNER, now=at, charge="pay_1")).order.amount_paid == 300


def test_a_dispute_stops_the_clocks_and_they_go_on_as_much_later(overdue):
    opened, settled = overdue.due_at + 2 * DAY, overdue.due_at + 12 * DAY
    disputed = decide(overdue, ask(Action.DISPUTE, CITIZEN, now=opened)).order
    assert next_timer(disputed) is None
    assert rung(disputed, overdue.due_at + 90 * DAY) is None
    assert not is_unpaid(disputed, settled)
    assert not {"collect", "write-off"} & set(allowed_actions(disputed, PARTNER, settled))
    after = decide(disputed, ask(Action.RESOLVE, OPERATOR, now=settled)).order
    assert after.due_at == overdue.due_at + 10 * DAY
    assert next_attempt_at(after) == overdue.due_at + 13 * DAY
    assert collection_ends_at(after) == overdue.due_at + 40 * DAY


def test_after_a_dispute_nothing_is_collected_without_a_day_s_notice(overdue):
    opened, settled = overdue.due_at + 3 * DAY - timedelta(minutes=1), overdue.due_at + 10 * DAY
    disputed = decide(overdue, ask(Action.DISPUTE, CITIZEN, now=opened)).order
    after = decide(disputed, ask(Action.RESOLVE, OPERATOR, now=settled)).order
    assert next_attempt_at(after) >= settled + DAY
    assert "collect" not in allowed_actions(after, PARTNER, settled + DAY - timedelta(seconds=1))
    assert "collect" in allowed_actions(after, PARTNER, settled + DAY)


def test_a_silent_partner_s_order_closes_as_much_later_as_a_dispute_stood():
    flagged = replace(in_status(Status.ACTIVE), return_overdue=True)
    end = flagged.terms.service_end_by
    disputed = decide(flagged, ask(Action.DISPUTE, CITIZEN, now=end)).order
    assert next_timer(disputed) is None
    after = decide(disputed, ask(Action.RESOLVE, PARTNER, now=end + 5 * DAY)).order
    assert next_timer(after) == (end + 35 * DAY, Action.CLOSE)
    closed = decide(after, ask(Action.CLOSE, SYSTEM, now=end + 35 * DAY)).order
    assert (closed.status, closed.outcome) == (Status.COMPLETED, Outcome.NO_CHARGE)


def test_a_completed_order_is_disputed_within_60_days():
    done = in_status(Status.COMPLETED)
    assert "dispute" in allowed_actions(done, CITIZEN, NOW + 60 * DAY)
    assert "dispute" not in allowed_actions(done, CITIZEN, NOW + 60 * DAY + timedelta(seconds=1))


@pytest.mark.parametrize(("action", "actor"), [(Action.PAY, CITIZEN), (Action.MARK_PAID, PARTNER)])
def test_paying_after_a_write_off_repairs_it_and_the_status_stays(action, actor):
    given_up = in_status(Status.WRITTEN_OFF)
    assert is_unpaid(given_up, given_up.due_at + 90 * DAY)
    paid = decide(given_up, ask(action, actor)).order
    assert (paid.status, paid.outcome, paid.amount_paid) == (Status.WRITTEN_OFF, None, 300)
    assert not is_unpaid(paid, given_up.due_at + 90 * DAY)
    assert action not in allowed_actions(paid, actor, NOW)


@pytest.mark.parametrize("actor", [PARTNER, OPERATOR])
def test_what_was_repaired_through_us_can_be_given_back(actor):
    paid = decide(in_status(Status.WRITTEN_OFF), ask(Action.PAY, CITIZEN)).order
    paid = replace(paid, disputed_at=NOW)
    step = decide(paid, ask(Action.REFUND, actor, amount=300))
    assert (step.order.status, step.order.amount_refunded) == (Status.WRITTEN_OFF, 300)


def test_refunds_never_exceed_what_went_through_us():
    paid = in_status(Status.COMPLETED)
    first = decide(paid, ask(Action.REFUND, PARTNER, amount=100))
    assert (first.event, first.amount, first.order.refundable) == ("refund.succeeded", 100, 200)
    for amount in (0, -1, 201, None):
        assert refused(first.order, ask(Action.REFUND, PARTNER, amount=amount)).code == "amount-over-limit"
    assert decide(first.order, ask(Action.REFUND, PARTNER, amount=200)).order.refundable == 0


def test_a_refund_on_its_way_is_promised_once_and_freed_where_it_fails():
    running = begin(in_status(Status.COMPLETED), ask(Action.REFUND, PARTNER, amount=300, charge="rfd_1"))
    assert "refund" not in allowed_actions(running, PARTNER, NOW)
    failed = decide(running, ask(Action.REFUND, PARTNER, amount=300, charge="rfd_1", payment=None))
    assert (failed.event, failed.amount, failed.order.refundable) == ("refund.failed", 0, 300)


def test_what_was_paid_elsewhere_is_not_ours_to_give_back():
    elsewhere = decide(in_status(Status.PAYMENT_DUE), ask(Action.MARK_PAID, PARTNER)).order
    assert "refund" not in allowed_actions(elsewhere, PARTNER, NOW)


def test_an_extension_changes_nothing_until_the_citizen_agrees():
    running = replace(in_status(Status.ACTIVE), proposed_end_by=None)
    later = running.terms.service_end_by + DAY
    proposed = decide(running, ask(Action.EXTEND, PARTNER, end_by=later)).order
    assert (proposed.terms, proposed.proposed_end_by) == (running.terms, later)
    refused_ = decide(proposed, ask(Action.REFUSE_EXTENSION, CITIZEN)).order
    assert (refused_.terms, refused_.proposed_end_by) == (running.terms, None)
    agreed = decide(replace(proposed, return_overdue=True), ask(Action.AGREE_EXTENSION, CITIZEN)).order
    assert (agreed.terms.service_end_by, agreed.return_overdue, agreed.proposed_end_by) == (later, False, None)


@pytest.mark.parametrize("days", [-1, 0, 1, 400])
def test_an_extension_is_later_than_agreed_and_within_the_offer(days):
    running = in_status(Status.ACTIVE)
    wrong = running.terms.service_end_by + days * DAY if days < 1 else running.terms.start_at + (days + 365) * DAY
    fault = refused(running, ask(Action.EXTEND, PARTNER, end_by=wrong + timedelta(seconds=days == 1)))
    assert (fault.code, fault.field) == ("time-range-invalid", "/service_end_by")


def test_an_unanswered_extension_is_void_when_the_order_goes_on():
    done = decide(in_status(Status.ACTIVE), ask(Action.COMPLETE, PARTNER)).order
    assert done.proposed_end_by is None


def test_a_reservation_costs_nothing_from_beginning_to_end():
    order = create(terms(kind=Kind.RESERVATION, amount=0), LIMITS, NOW).order
    running = decide(order, ask(Action.CONFIRM, CITIZEN)).order
    assert refused(running, ask(Action.COMPLETE, PARTNER, bill=bill(1))).code == "amount-over-limit"
    done = decide(running, ask(Action.COMPLETE, PARTNER, bill=Bill(total=0))).order
    assert (done.status, done.outcome) == (Status.COMPLETED, Outcome.NO_CHARGE)
    with pytest.raises(Refusal):
        create(terms(kind=Kind.RESERVATION, amount=1), LIMITS, NOW)


def test_an_order_under_a_standing_consent_starts_at_once_on_credit():
    step = create(terms(), LIMITS, NOW, standing=True)
    assert (step.before, step.event) == (None, "order.confirmed")
    assert (step.order.status, step.order.path) == (Status.ACTIVE, Path.CREDIT)


def test_who_has_seen_another_version_is_refused():
    assert refused(new(), ask(Action.DECLINE, CITIZEN, version=7)).code == "version-stale"
    assert decide(new(), ask(Action.DECLINE, CITIZEN, version=1)).order.version == 2

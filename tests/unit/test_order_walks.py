"""Random walks through the order's machine by all actors, over any time: what holds after every step."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import FINAL, OWED, Action, Outcome, Status, allowed_actions, decide, next_timer
from app.domain.order_terms import Payment
from app.domain.scenario import Path
from tests.support.order_makers import CAP, NOW, ask, bill, new

AMOUNTS = st.integers(min_value=-1, max_value=CAP + 1)


class OrderWalk(RuleBasedStateMachine):
    """Anybody asks for anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.order, self.history = NOW, new(start_at=NOW + timedelta(hours=1)), []

    @rule(minutes=st.integers(min_value=0, max_value=5000))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        action=st.sampled_from(Action), actor=st.sampled_from(ActorKind), path=st.sampled_from(Path),
        credit=st.booleans(), amount=AMOUNTS,
    )  # fmt: skip
    def somebody_asks(self, action, actor, path, credit, amount) -> None:
        before, allowed = self.order, allowed_actions(self.order, actor, self.now)
        wish = ask(
            action, actor, now=self.now, path=path, credit=credit, bill=bill(max(amount, 0)), amount=amount,
            payment=Payment(self.now, "r"),
        )  # fmt: skip
        try:
            step = decide(before, wish)
        except Refusal as refusal:
            self.refused_for_state(refusal.code == "state-conflict", action not in allowed)
            return
        assert action in allowed
        assert before.status not in FINAL
        self.order = step.order
        self.history.append(step)

    def refused_for_state(self, refused: bool, forbidden: bool) -> None:
        assert refused == forbidden

    @rule()
    def the_clock_acts(self) -> None:
        timer = next_timer(self.order)
        if timer and timer[0] <= self.now:
            self.history.append(decide(self.order, ask(timer[1], ActorKind.SYSTEM, now=self.now)))
            self.order = self.history[-1].order

    @invariant()
    def the_citizen_never_owes_more_than_was_confirmed(self) -> None:
        assert 0 <= self.order.amount_paid <= self.order.amount_due <= self.order.terms.amount

    @invariant()
    def what_is_due_only_falls_after_completion(self) -> None:
        dues = [step.order.amount_due for step in self.history if step.order.bill]
        assert dues == sorted(dues, reverse=True)

    @invariant()
    def the_path_is_fixed_by_the_citizen_s_confirmation(self) -> None:
        confirmed = [step for step in self.history if step.action == Action.CONFIRM]
        assert [step.order.path for step in confirmed] == [self.order.path] * (self.order.path is not None)
        assert all(step.actor is ActorKind.CITIZEN for step in confirmed)

    @invariant()
    def each_step_is_numbered(self) -> None:
        assert [step.order.version for step in self.history] == list(range(2, self.order.version + 1))

    @invariant()
    def status_and_sums_agree(self) -> None:
        order = self.order
        assert (order.outcome is not None) == (order.status is Status.COMPLETED)
        assert (order.outcome in (Outcome.PAID, Outcome.PAID_ELSEWHERE)) == (order.amount_paid > 0)
        if order.status in OWED:
            assert order.amount_due > 0
            assert order.due_at is not None


TestOrderWalk = OrderWalk.TestCase

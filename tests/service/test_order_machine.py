"""The order's machine over a true database: random deeds by all sides at once, and what holds after each burst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import FINAL, Action, Ask, is_unpaid, next_timer
from app.domain.order_terms import Bill, Line, Payment
from app.domain.scenario import Path
from app.services import order_actions, order_payments
from app.services.order_payments import move_next
from app.services.order_steps import Side, step, take
from app.services.order_timers import run_timers
from app.store import orders
from app.store.order_payments import PENDING, SUCCEEDED, PaymentRow
from app.store.order_rows import OrderRow, OrderTransition
from app.store.outbox import Message
from app.store.records import RecordRow
from app.store.scores import Score
from tests.support.owing import Ledger, declined
from tests.support.shop import BIKE, Shop

CAP = 10_000
MONEY = (Action.PAY, Action.COLLECT, Action.REFUND)
CITIZEN, PARTNER, OPERATOR, SYSTEM = ActorKind.CITIZEN, ActorKind.PARTNER, ActorKind.OPERATOR, ActorKind.SYSTEM
STEPS = [
    *((action, CITIZEN) for action in (Action.CONFIRM, Action.DECLINE, Action.CANCEL, Action.DISPUTE, Action.RESOLVE)),
    *((action, CITIZEN) for action in (Action.AGREE_EXTENSION, Action.REFUSE_EXTENSION)),
    *((action, PARTNER) for action in (Action.COMPLETE, Action.ADJUST, Action.CANCEL, Action.MARK_PAID)),
    *((action, PARTNER) for action in (Action.EXTEND, Action.WRITE_OFF, Action.RESOLVE)),
    *((action, OPERATOR) for action in (Action.ADJUST, Action.RESOLVE)),
]
DUE = [(Action.CONFIRM, CITIZEN), (Action.COMPLETE, PARTNER)]
LATE = [*DUE, ("wind", SYSTEM)]
STAGES = [[], DUE[:1], DUE, [*DUE, (Action.PAY, CITIZEN)], LATE, [*LATE, (Action.WRITE_OFF, PARTNER)], LATE]
"""How far an order has come before everything happens at once."""
DEEDS = st.one_of(
    st.tuples(st.sampled_from(STEPS), st.integers(0, CAP + 1)),
    st.tuples(
        st.sampled_from([(Action.PAY, CITIZEN), (Action.COLLECT, PARTNER), (Action.REFUND, PARTNER)]),
        st.integers(0, 600),
    ),
    st.tuples(st.just(("wind", SYSTEM)), st.just(0)),
    st.tuples(st.just(("work", SYSTEM)), st.just(0)),
)


REFUSALS = {"state-conflict", "amount-increase", "amount-over-limit", "time-range-invalid", "payment-failed"}


class OrderMachine(RuleBasedStateMachine):
    """One order of one shop, whatever its citizen, its partner, the office, the clock and the worker do at once."""

    shop: Shop
    ledger: Ledger

    def __init__(self) -> None:
        super().__init__()
        self.claimed, self.refusals = 0, set[str]()
        self.ledger.before = lambda: None
        self.sessions, self.clock = self.shop.kit.sessions, self.shop.kit.clock

    @initialize(stage=st.sampled_from(STAGES))
    def the_partner_opens_an_order_and_it_goes_some_way(self, stage: Sequence[Any]) -> None:
        start = (self.clock() + timedelta(hours=1)).isoformat()
        self.order_id = str(self.shop.opened(start_at=start)["id"])
        with self.sessions.begin() as session:
            session.execute(OrderRow.__table__.update().where(OrderRow.id == self.order_id).values(livemode=True))
        for action, actor in stage:
            if action == "wind":
                self.clock.advance(days=3)
            self.claimed += self._try(action, actor, 600)

    @rule(minutes=st.sampled_from([1, 30, 90, 24 * 60, 3 * 24 * 60, 8 * 24 * 60, 31 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule()
    def the_worker_goes_round(self) -> None:
        self._try("wind", SYSTEM, 0)
        self._try("work", SYSTEM, 0)

    @rule(trouble=st.sampled_from([None, declined(), TimeoutError()]))
    def the_provider_is(self, trouble: BaseException | None) -> None:
        def before() -> None:
            if trouble:
                raise trouble

        self.ledger.before = before

    @rule(deeds=st.lists(DEEDS, min_size=1, max_size=5))
    def all_at_once(self, deeds: list[Any]) -> None:
        barrier = Barrier(len(deeds))

        def run(deed: Any) -> int:
            (action, actor), amount = deed
            barrier.wait()
            return self._try(action, actor, amount)

        with ThreadPoolExecutor(len(deeds)) as pool:
            self.claimed += sum(pool.map(run, deeds))

    def _try(self, action: Any, actor: ActorKind, amount: int) -> int:
        """Do it; how many steps of the order it claims to have taken, those of the clock and of money apart."""
        try:
            return self._do(action, actor, amount)
        except Refusal as refusal:
            self.refusals.add(refusal.code)
            return 0

    def _do(self, action: Any, actor: ActorKind, amount: int) -> int:
        now = self.clock()
        if action == "work":
            while move_next(self.sessions, self.ledger, now):
                pass
            return 0
        if action == "wind":
            with self.sessions.begin() as session:
                return 0 * run_timers(session, now, live=self.ledger)
        if action is Action.PAY:
            order_actions.pay(self.sessions, self._side(CITIZEN), self.order_id, self.ledger, now)
            return 0
        with self.sessions.begin() as session:
            row = take(session, self._side(actor), self.order_id)
            asked = self._ask(action, actor, amount)
            if action in MONEY:
                order_payments.start(session, row, asked, self.ledger)
                return 0
            step(session, row, asked)
        return 1

    def _side(self, actor: ActorKind) -> Side:
        if actor is CITIZEN:
            return Side(CITIZEN, self.shop.citizen_id, livemode=True)
        return Side(PARTNER, self.shop.partner_id, livemode=True)

    def _ask(self, action: Action, actor: ActorKind, amount: int) -> Ask:
        now, path = self.clock(), Path.CREDIT if amount % 2 else Path.STANDARD
        bill = Bill(amount, (Line("ride", amount),))
        limits = self.shop.kit.registry.offer(BIKE).limits
        return Ask(
            action=action, actor=actor, now=now, path=path, credit=True, bill=bill, amount=amount, limits=limits,
            end_by=now + timedelta(days=amount % 40), payment=None if action in MONEY else Payment(now, "cash"),
        )  # fmt: skip

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "order_id"):
            return
        assert self.refusals <= REFUSALS
        with self.sessions() as session:
            row = session.scalar(select(OrderRow).where(OrderRow.id == self.order_id))
            steps = orders.history(session, row)
            payments = session.scalars(select(PaymentRow).where(PaymentRow.order_id == self.order_id)).all()
            each_step_is_one_transition_and_one_event(session, row, steps)
            nobody_s_step_is_lost(steps, payments, self.claimed)
            the_citizen_never_owes_more(row, steps)
            money_agrees(row, payments, self.ledger)
            a_final_order_moves_no_more(steps)
            clocks_agree(session, row, self.clock())
            no_record_and_no_score_come_of_it(session, self.shop)


def each_step_is_one_transition_and_one_event(session: Session, row: OrderRow, steps: Any) -> None:
    assert [taken.sequence for taken in steps] == list(range(1, row.version + 1))
    assert [taken.before for taken in steps[1:]] == [taken.after for taken in steps[:-1]]
    assert steps[-1].after == row.status
    said = [message.data for message in session.scalars(select(Message)) if "sequence" in message.data.get("data", ())]
    told = sorted((each["data"]["sequence"], each["kind"]) for each in said if each["data"].get("order_id") == row.id)
    assert told == [(taken.sequence, taken.event) for taken in steps]


def nobody_s_step_is_lost(steps: Any, payments: Any, claimed: int) -> None:
    by_people = [taken for taken in steps[1:] if taken.actor != SYSTEM and taken.action not in MONEY]
    assert len(by_people) == claimed
    ended = [each for each in payments if each.status != PENDING and (each.action != Action.PAY or each.reference)]
    assert len([taken for taken in steps if taken.action in MONEY]) == len(ended)


def the_citizen_never_owes_more(row: OrderRow, steps: Any) -> None:
    assert 0 <= row.amount_paid <= row.amount_due <= row.amount <= CAP
    dues = [taken.amount_due for taken in steps if taken.amount_due or row.bill]
    billed = dues[next((i for i, due in enumerate(dues) if due), len(dues)) :]
    assert billed == sorted(billed, reverse=True)


def money_agrees(row: OrderRow, payments: Any, ledger: Ledger) -> None:
    collected = [each.amount for each in payments if each.action != Action.REFUND and each.status == SUCCEEDED]
    refunded = [each.amount for each in payments if each.action == Action.REFUND and each.status == SUCCEEDED]
    promised = [each.amount for each in payments if each.action == Action.REFUND and each.status == PENDING]
    assert (len(collected) <= 1, sum(collected)) == (True, row.amount_collected)
    assert (sum(refunded), sum(promised)) == (row.amount_refunded, row.amount_refunding)
    assert row.amount_refunded + row.amount_refunding <= row.amount_collected <= row.amount_paid
    ids = {each.id for each in payments}
    moved = {each.id: each.amount if each.action != Action.REFUND else -each.amount for each in payments
             if each.status == SUCCEEDED}  # fmt: skip
    assert {key: amount for key, amount in ledger.moved.items() if key in ids} == moved
    charging = [each.id for each in payments if each.action != Action.REFUND and each.status == PENDING]
    assert charging == [each for each in [row.charge_id] if each]
    assert row.attempts <= 5


def a_final_order_moves_no_more(steps: Any) -> None:
    ended = [taken for taken in steps if taken.before in FINAL]
    assert all(taken.before == taken.after for taken in ended)
    assert {taken.action for taken in ended} <= {"refund", "dispute", "resolve", "pay", "mark-paid"}
    assert len([taken for taken in steps if taken.event == "order.paid"]) <= 1


def clocks_agree(session: Session, row: OrderRow, now: Any) -> None:
    timer = next_timer(row.order)
    assert row.timer_at == (timer[0] if timer and row.status not in FINAL else None)
    pausing = exists().where(*orders.unpaid(row.citizen_id, now), OrderRow.id == row.id)
    assert session.scalar(select(pausing)) == is_unpaid(row.order, now)


def no_record_and_no_score_come_of_it(session: Session, shop: Shop) -> None:
    assert not session.scalar(select(exists().where(RecordRow.citizen_id == shop.citizen_id)))
    assert session.scalar(select(Score.score).where(Score.citizen_id == shop.citizen_id)) == shop.score


@pytest.fixture
def shop(real_app, real_db) -> Iterator[Shop]:
    with Session(real_db, expire_on_commit=False) as session:
        yield Shop(real_app, session)


def test_whatever_all_sides_do_at_once_the_order_stays_true(shop: Shop) -> None:
    machine = type("Machine", (OrderMachine,), {"shop": shop, "ledger": Ledger()})
    few = settings(
        max_examples=12, stateful_step_count=10, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=few)
    reached = set(shop.session.scalars(select(OrderTransition.event)))
    assert {"order.paid", "order.overdue", "refund.succeeded"} <= reached

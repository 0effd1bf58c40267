"""One order that cannot go on stops no other: neither the clocks, nor the money, nor what else the worker does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.domain.access import Actor, ActorKind
from app.domain.order import Action, Ask
from app.domain.order_terms import Payment
from app.services import leaving, order_dispute_answers, order_payments
from app.services.order_payments import move_next
from app.services.order_steps import Side, take
from app.services.order_timers import run_timers
from app.store.order_disputes import OrderDisputeRow
from app.store.order_payments import PaymentRow
from app.store.order_rows import OrderRow
from tests.support.disputing import dispute, pay
from tests.support.owing import Ledger, declined, once, overdue
from tests.support.shop import Shop

LONG = "r" * 100


@dataclass
class Talkative(Ledger):
    """Its receipts are longer than any that can be kept."""

    def collect(self, *, key: str, order_id: str, amount: int, now: datetime) -> Payment:
        return Payment(super().collect(key=key, order_id=order_id, amount=amount, now=now).paid_at, LONG)


@pytest.fixture
def shop(real_app, real_db) -> Iterator[Shop]:
    with Session(real_db, expire_on_commit=False) as session:
        yield Shop(real_app, session)


def live(shop: Shop, *order_ids: str) -> None:
    shop.session.execute(update(OrderRow).where(OrderRow.id.in_(order_ids)).values(livemode=True))
    shop.session.commit()


def order(shop: Shop, order_id: str) -> OrderRow:
    shop.session.rollback()
    found = select(OrderRow).where(OrderRow.id == order_id).execution_options(populate_existing=True)
    return shop.session.scalars(found).one()


def begin(shop: Shop, order_id: str, action: Action, ledger: Ledger) -> None:
    kind = ActorKind.SYSTEM if action is Action.COLLECT else ActorKind.CITIZEN
    side = Side(ActorKind.CITIZEN, shop.citizen_id, livemode=True)
    with shop.kit.sessions.begin() as session:
        asked = Ask(action=action, actor=kind, now=shop.kit.clock())
        order_payments.start(session, take(session, side, order_id), asked, ledger)


@dataclass
class Declines:
    """Declines so many times."""

    left: int

    def __call__(self) -> None:
        if self.left:
            self.left -= 1
            raise declined()


def settled(shop: Shop, dispute_id: str, amount: int) -> None:
    """The partner agrees, for an order that its test made a live one."""
    side = Side(ActorKind.PARTNER, shop.partner_id, livemode=True)
    actor = Actor(ActorKind.PARTNER, shop.partner_id, "鹭岛单车")
    with shop.kit.sessions.begin() as session:
        order_dispute_answers.accept(session, shop.kit.pii, side, actor, dispute_id, amount, None, shop.kit.clock())


def test_an_order_whose_clock_fails_stops_no_other_and_is_tried_again(shop, at):
    broken, sound = shop.running(), Shop(shop.app, shop.session, partner_id=shop.partner_id).running()
    shop.session.execute(update(OrderRow).where(OrderRow.id == broken).values(bill={"nonsense": 1}))
    shop.session.commit()
    at(days=1, seconds=1)
    while run_timers(shop.session, shop.kit.clock()):
        shop.session.commit()
    shop.session.commit()
    assert (order(shop, sound).return_overdue, order(shop, broken).return_overdue) == (True, False)
    shop.session.execute(update(OrderRow).where(OrderRow.id == broken).values(bill=None))
    shop.session.commit()
    at(hours=1)
    assert run_timers(shop.session, shop.kit.clock()) == 1
    shop.session.commit()
    assert order(shop, broken).return_overdue


def test_a_payment_whose_result_cannot_be_written_stops_no_other(shop, at):
    ledger, first, second = Talkative(), shop.due(), Shop(shop.app, shop.session, partner_id=shop.partner_id)
    live(shop, first)
    begin(shop, first, Action.PAY, ledger)
    other = second.due()
    with second.kit.sessions.begin() as session:
        asked = Ask(action=Action.PAY, actor=ActorKind.CITIZEN, now=shop.kit.clock())
        side = Side(ActorKind.CITIZEN, second.citizen_id, livemode=False)
        order_payments.start(session, take(session, side, other), asked, None)
    while move_next(shop.kit.sessions, ledger, shop.kit.clock()):
        pass
    assert order(shop, other).outcome == "paid"
    assert order(shop, first).status == "payment_due"
    at(hours=1)
    while move_next(shop.kit.sessions, Ledger(moved=ledger.moved), shop.kit.clock()):
        pass
    assert (order(shop, first).outcome, list(ledger.moved.values())) == ("paid", [300])


def test_a_worker_with_such_a_payment_does_the_rest_of_its_work(shop):
    ledger, owed = Talkative(), shop.due()
    live(shop, owed)
    begin(shop, owed, Action.PAY, ledger)
    assert Worker(replace(shop.kit, payments=ledger), ticks=()).payments() == 1
    assert order(shop, owed).charge_id in ledger.moved


def test_a_leaver_s_payment_under_way_is_not_forgotten_with_an_order_that_was_given_up(shop, at):
    """The provider has moved the money and its answer is lost: the partner's books get it, then the order goes."""
    owed = overdue(shop, at)
    assert shop.theirs(owed, "write-off", reason_code="small_amount").status_code == 200
    live(shop, owed)
    ledger = Ledger(after=once(TimeoutError()))
    begin(shop, owed, Action.PAY, ledger)
    while move_next(shop.kit.sessions, ledger, shop.kit.clock()):
        pass
    leaving.leave(shop.session, shop.citizen_id, shop.kit.clock())
    shop.session.commit()
    assert order(shop, owed).charge_id in ledger.moved
    at(days=2)
    run_timers(shop.session, shop.kit.clock(), live=ledger)
    shop.session.commit()
    while move_next(shop.kit.sessions, ledger, shop.kit.clock()):
        pass
    assert (order(shop, owed).amount_collected, order(shop, owed).charge_id) == (300, None)
    assert run_timers(shop.session, shop.kit.clock(), live=ledger) == 1
    shop.session.commit()
    assert shop.session.scalars(select(PaymentRow)).all() == []


def test_what_was_not_asked_for_before_a_dispute_is_not_collected_during_it(shop, at):
    owed, ledger = overdue(shop, at), Ledger()
    live(shop, owed)
    at(days=3)
    begin(shop, owed, Action.COLLECT, ledger)
    dispute(shop, owed)
    while move_next(shop.kit.sessions, ledger, shop.kit.clock()):
        pass
    assert (ledger.moved, order(shop, owed).charge_id, order(shop, owed).attempts) == ({}, None, 0)
    assert order(shop, owed).status == "overdue"


def test_what_was_asked_for_before_a_dispute_is_asked_again_until_it_is_known(shop, at):
    owed, ledger = overdue(shop, at), Ledger(after=once(TimeoutError()))
    live(shop, owed)
    at(days=3)
    begin(shop, owed, Action.COLLECT, ledger)
    move_next(shop.kit.sessions, ledger, shop.kit.clock())
    dispute(shop, owed)
    at(hours=1)
    while move_next(shop.kit.sessions, ledger, shop.kit.clock()):
        pass
    assert (order(shop, owed).amount_collected, len(ledger.moved)) == (300, 1)


def test_what_a_dispute_gave_back_is_tried_again_day_by_day_and_given_back_once(shop, at):
    paid, ledger = pay(shop, shop.due()), Ledger()
    live(shop, paid)
    asked = dispute(shop, paid)
    shop.session.execute(update(OrderDisputeRow).values(livemode=True))
    shop.session.commit()
    settled(shop, asked["id"], 100)
    ledger.before = refuses = Declines(2)
    for _ in range(3):
        assert order(shop, paid).amount_refunding == 200
        while move_next(shop.kit.sessions, ledger, shop.kit.clock()):
            pass
        at(days=1)
    assert (order(shop, paid).amount_refunded, order(shop, paid).amount_refunding) == (200, 0)
    assert (list(ledger.moved.values()), len(set(ledger.asked)), refuses.left) == ([-200], 3, 0)


def test_after_thirty_days_such_a_refund_is_left_to_people(shop, at):
    paid, ledger = pay(shop, shop.due()), Ledger(before=Declines(99))
    live(shop, paid)
    asked = dispute(shop, paid)
    shop.session.execute(update(OrderDisputeRow).values(livemode=True))
    shop.session.commit()
    settled(shop, asked["id"], 0)
    for _ in range(40):
        while move_next(shop.kit.sessions, ledger, shop.kit.clock()):
            pass
        at(days=1)
    assert (len(ledger.asked), order(shop, paid).amount_refunding) == (30, 0)

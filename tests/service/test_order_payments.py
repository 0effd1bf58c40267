"""Money moves outside the order's lock: killed, silent or asked twice, a provider moves it once; nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action, Ask
from app.services import order_actions, order_payments
from app.services.order_payments import move_next
from app.services.order_steps import Side, take
from app.store.order_payments import PaymentRow
from app.store.order_rows import OrderRow, OrderTransition
from tests.support.owing import Ledger, declined, once
from tests.support.shop import Shop


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def shop(real_app, real_db) -> Iterator[Shop]:
    with Session(real_db, expire_on_commit=False) as session:
        yield Shop(real_app, session)


@pytest.fixture
def owed(shop) -> str:
    """The id of a live order with a bill of 300 fen, so that a provider of the deployment collects it."""
    order_id = shop.due(300)
    shop.session.execute(OrderRow.__table__.update().values(livemode=True))
    shop.session.commit()
    return order_id


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def me(shop) -> Side:
    return Side(ActorKind.CITIZEN, shop.citizen_id, livemode=True)


def pay(shop, order_id, ledger):
    return order_actions.pay(shop.kit.sessions, me(shop), order_id, ledger, shop.kit.clock())


def work(shop, ledger) -> None:
    while move_next(shop.kit.sessions, ledger, shop.kit.clock()):
        pass


def order(shop, order_id) -> OrderRow:
    shop.session.rollback()
    return shop.session.scalar(
        select(OrderRow).where(OrderRow.id == order_id).execution_options(populate_existing=True)
    )


def paid_steps(shop, order_id) -> int:
    steps = select(OrderTransition).where(OrderTransition.order_id == order_id, OrderTransition.event == "order.paid")
    return len(shop.session.scalars(steps).all())


@pytest.mark.parametrize("moment", ["before", "after"])
def test_who_is_killed_while_the_provider_works_is_followed_by_another_with_the_same_key(shop, owed, ledger, moment):
    setattr(ledger, moment, once(Killed()))
    with pytest.raises(Killed):
        pay(shop, owed, ledger)
    assert order(shop, owed).status == "payment_due"
    work(shop, ledger)
    assert (order(shop, owed).outcome, paid_steps(shop, owed)) == ("paid", 1)
    assert (len(ledger.asked), list(ledger.moved.values())) == (2, [300])
    assert len(set(ledger.asked)) == 1


def test_who_is_killed_before_it_asked_is_followed_by_the_worker(shop, owed, ledger):
    with shop.kit.sessions.begin() as session:
        asked = Ask(action=Action.PAY, actor=ActorKind.CITIZEN, now=shop.kit.clock())
        order_payments.start(session, take(session, me(shop), owed), asked, ledger)
    assert ledger.asked == []
    work(shop, ledger)
    assert (order(shop, owed).outcome, list(ledger.moved.values())) == ("paid", [300])


def test_a_result_that_cannot_be_written_is_written_by_the_next(shop, owed, ledger, monkeypatch):
    monkeypatch.setattr("app.services.order_payments.step", lambda *_: once(Killed())())
    with pytest.raises(Killed):
        pay(shop, owed, ledger)
    monkeypatch.undo()
    assert order(shop, owed).charge_id == ledger.asked[0]
    work(shop, ledger)
    assert (paid_steps(shop, owed), ledger.moved) == (1, {ledger.asked[0]: 300})


def test_a_silent_provider_is_asked_again_later_with_the_same_key(shop, owed, ledger, at):
    ledger.after = once(TimeoutError())
    view = pay(shop, owed, ledger)
    assert (view["status"], view["collection"]["attempts"][0]["status"]) == ("payment_due", "pending")
    assert "pay" not in view["allowed_actions"]
    work(shop, ledger)
    assert len(ledger.asked) == 1
    at(seconds=5)
    work(shop, ledger)
    assert (order(shop, owed).outcome, len(set(ledger.asked)), len(ledger.asked)) == ("paid", 1, 2)


def test_a_payment_that_the_provider_declines_leaves_the_order_as_it_was(shop, owed, ledger):
    ledger.before = once(declined())
    with pytest.raises(Refusal) as refused:
        pay(shop, owed, ledger)
    assert refused.value.code == "payment-failed"
    assert (order(shop, owed).status, order(shop, owed).charge_id) == ("payment_due", None)
    pay(shop, owed, ledger)
    assert len(set(ledger.asked)) == 2
    assert list(ledger.moved.values()) == [300]


def test_twelve_who_pay_at_once_pay_once(shop, owed, ledger):
    barrier = Barrier(12)

    def tap(_: int) -> str:
        barrier.wait()
        try:
            return str(pay(shop, owed, ledger)["status"])
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(12) as pool:
        answers = Counter(pool.map(tap, range(12)))
    assert answers == {"completed": 1, "state-conflict": 11}
    assert (list(ledger.moved.values()), paid_steps(shop, owed)) == ([300], 1)


def test_the_order_is_free_while_the_provider_takes_its_time(shop, owed, ledger):
    asked, answer = Event(), Event()
    ledger.before = lambda: (asked.set(), answer.wait(10))
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(pay, shop, owed, ledger)
        assert asked.wait(10)
        with shop.kit.sessions.begin() as session:
            session.execute(text("set local lock_timeout = '2s'"))
            row = take(session, me(shop), owed)
            assert row.charge_id == ledger.asked[0]
        answer.set()
        assert paying.result()["outcome"] == "paid"


def test_two_workers_move_each_payment_once(shop, owed, ledger):
    pay(shop, owed, ledger)
    side = replace(me(shop), kind=ActorKind.PARTNER, owner=shop.partner_id)
    for amount in (10, 20, 30, 40):
        asked = Ask(action=Action.REFUND, actor=ActorKind.PARTNER, now=shop.kit.clock(), amount=amount)
        with shop.kit.sessions.begin() as session:
            order_payments.start(session, take(session, side, owed), asked, ledger)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: work(shop, ledger), range(2)))
    assert sorted(ledger.moved.values()) == [-40, -30, -20, -10, 300]
    assert (order(shop, owed).amount_refunded, order(shop, owed).amount_refunding) == (100, 0)
    assert len(ledger.asked) == 5


def test_refunds_asked_at_once_never_exceed_what_was_paid(shop, owed, ledger):
    pay(shop, owed, ledger)
    side = replace(me(shop), kind=ActorKind.PARTNER, owner=shop.partner_id)

    def ask(_: int) -> bool:
        asked = Ask(action=Action.REFUND, actor=ActorKind.PARTNER, now=shop.kit.clock(), amount=100)
        try:
            with shop.kit.sessions.begin() as session:
                order_payments.start(session, take(session, side, owed), asked, ledger)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(ask, range(8))) == {True: 3, False: 5}
    work(shop, ledger)
    assert order(shop, owed).amount_refunded == 300


def test_a_sandbox_never_pretends_with_live_money(shop, owed):
    with pytest.raises(Refusal) as refused:
        pay(shop, owed, None)
    assert refused.value.code == "payment-provider-missing"
    assert shop.session.scalars(select(PaymentRow)).all() == []

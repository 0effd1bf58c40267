"""Orders under parallel calls, with true commits: one transition, one order, one answer, whatever arrives at once."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.factory import build_kit, create_app
from app.services.order_timers import run_timers
from app.store.order_rows import OrderRow, OrderTransition
from tests.support.callers import TestCaller
from tests.support.shop import Shop, bill

CALLS = 20


@pytest.fixture
def shop(real_app, real_db) -> Iterator[Shop]:
    with Session(real_db, expire_on_commit=False) as session:
        yield Shop(real_app, session)


def at_once(calls: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Every call at the same moment, each in a thread of its own."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], TestResponse]) -> TestResponse:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def own_client(shop: Shop, caller: TestCaller) -> TestCaller:
    return TestCaller(shop.app.test_client(), caller.kit, caller.token, caller.key, caller.client_id, caller.grant_id)


def test_twenty_confirmations_and_cancellations_make_exactly_one_transition(shop):
    order = shop.opened()
    path = f"/citizen/v1/orders/{order['id']}"
    calls = []
    for number in range(CALLS):
        me, partner = own_client(shop, shop.me), own_client(shop, shop.partner)
        calls.append(
            [
                lambda me=me: me.post(f"{path}/confirm", json={"path": "standard"}),
                lambda me=me: me.post(f"{path}/cancel", json={}),
                lambda me=me: me.post(f"{path}/decline", json={}),
                lambda partner=partner: partner.post(
                    f"/partner/v1/orders/{order['id']}/cancel", json={"reason_code": "mistake"}
                ),
            ][number % 4]
        )
    answers = Counter(answer.status_code for answer in at_once(calls))
    steps = shop.session.scalars(select(OrderTransition).where(OrderTransition.order_id == order["id"])).all()
    won = [step for step in steps if step.before == "pending_confirmation"]
    assert len(won) == 1
    assert set(answers) == {200, 409}
    assert answers[200] == len(steps) - 1  # the partner may cancel what the citizen has just confirmed


def test_one_scan_opens_one_order_however_many_ask(shop):
    scan_id = shop.scan()
    wishes = [shop.wish(scan_id=scan_id) for _ in range(CALLS)]
    callers = [own_client(shop, shop.partner) for _ in wishes]
    answers = at_once(
        [lambda c=c, w=w: c.post("/partner/v1/orders", json=w) for c, w in zip(callers, wishes, strict=True)]
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CALLS - 1}
    assert len(shop.session.scalars(select(OrderRow)).all()) == 1


def test_one_number_is_one_order_under_different_keys(shop):
    wish = shop.wish()
    callers = [own_client(shop, shop.partner) for _ in range(CALLS)]
    answers = at_once([lambda c=c: c.post("/partner/v1/orders", json=wish) for c in callers])
    assert {answer.status_code for answer in answers} == {200, 201}
    assert len({answer.json["id"] for answer in answers}) == 1


def test_one_key_is_one_order_and_the_others_wait_their_turn(shop):
    wish, headers = shop.wish(), {"Idempotency-Key": uuid.uuid4().hex}
    callers = [own_client(shop, shop.partner) for _ in range(CALLS)]
    answers = at_once([lambda c=c: c.post("/partner/v1/orders", json=wish, headers=headers) for c in callers])
    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {201, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} <= {"idempotency-key-in-use"}


def test_the_limit_of_running_orders_holds_when_all_are_confirmed_at_once(shop):
    ids = [shop.opened()["id"] for _ in range(6)]
    callers = [own_client(shop, shop.me) for _ in ids]
    confirm = [
        lambda c=c, i=i: c.post(f"/citizen/v1/orders/{i}/confirm", json={"path": "credit"})
        for c, i in zip(callers, ids, strict=True)
    ]
    assert Counter(answer.status_code for answer in at_once(confirm)) == {200: 1, 409: 5}


def test_a_key_replays_its_answer_after_a_restart(shop, settings, real_db, clock):
    order_id, headers = shop.running(), {"Idempotency-Key": "complete-1"}
    path = f"/partner/v1/orders/{order_id}/complete"
    first = shop.partner.post(path, json=bill(300), headers=headers)
    shop.app = create_app(kit=build_kit(settings, engine=real_db, clock=clock))
    shop.callers.clear()
    again = shop.partner.post(path, json=bill(300), headers=headers)
    assert (again.status_code, again.data, again.headers["Idempotent-Replayed"]) == (200, first.data, "true")


def test_two_workers_ring_each_timer_once(shop, real_db, at):
    ids = [shop.opened()["id"] for _ in range(8)]
    at(minutes=20)
    now = shop.kit.clock()

    def work(_: int) -> int:
        with Session(real_db) as session, session.begin():
            return run_timers(session, now, limit=5)

    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(work, range(6)))
    steps = shop.session.scalars(select(OrderTransition).where(OrderTransition.event == "order.expired")).all()
    assert (done, sorted(step.order_id for step in steps)) == (8, sorted(ids))

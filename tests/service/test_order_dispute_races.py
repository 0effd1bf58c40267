"""Disputes and kept promises under parallel calls, with true commits: one dispute, one end, one record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.services import kept_promises, leaving
from app.services.order_disputes import pass_deadlines
from app.store.order_disputes import OrderDisputeRow
from app.store.order_rows import OrderTransition
from app.store.records import RecordRow
from tests.support.callers import TestCaller
from tests.support.disputing import WORDS, dispute
from tests.support.shop import Shop


@pytest.fixture
def shop(real_app, real_db) -> Iterator[Shop]:
    with Session(real_db, expire_on_commit=False) as session:
        yield Shop(real_app, session)


def at_once(calls: list[Callable[[], TestResponse]]) -> Counter[int]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], TestResponse]) -> int:
        barrier.wait()
        return call().status_code

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def own(shop: Shop, caller: TestCaller) -> TestCaller:
    return TestCaller(shop.app.test_client(), caller.kit, caller.token, caller.key, caller.client_id, caller.grant_id)


def test_one_dispute_however_often_it_is_sent(shop):
    path, body = f"/citizen/v1/orders/{shop.due()}/disputes", {"kind": "charge", "statement": WORDS}
    people = [own(shop, shop.me) for _ in range(8)]
    assert at_once([lambda me=me: me.post(path, json=body) for me in people]) == {201: 1, 409: 7}
    assert len(shop.session.scalars(select(OrderDisputeRow)).all()) == 1


def test_one_end_of_those_that_come_together(shop, real_db, at):
    asked = dispute(shop, shop.due())
    back = f"/citizen/v1/orders/{asked['order_id']}/disputes/{asked['id']}/withdraw"
    settle = f"/partner/v1/disputes/{asked['id']}/accept"
    calls: list[Callable[[], TestResponse]] = []
    for amount in range(4):
        me, partner = own(shop, shop.me), own(shop, shop.partner)
        calls.append(lambda me=me: me.post(back, json={}))
        calls.append(lambda partner=partner, amount=amount: partner.post(settle, json={"amount": amount}))
    assert at_once(calls) == {200: 1, 409: 7}
    steps = shop.session.scalars(select(OrderTransition.action).where(OrderTransition.action == "resolve")).all()
    assert len(steps) == 1
    at(days=30)
    with Session(real_db) as session, session.begin():
        assert pass_deadlines(session, shop.kit.clock()) == 0


def test_two_workers_write_a_record_once_and_a_leaver_takes_it_along(shop, real_db, at):
    for _ in range(2):
        assert shop.mine(shop.due(), "pay").status_code == 200
    at(days=20)
    now, packs = shop.kit.clock(), shop.kit.packs

    def work(_: int) -> int:
        with Session(real_db) as session, session.begin():
            return kept_promises.write_due(session, packs, now)

    def leave(_: int) -> int:
        with Session(real_db) as session, session.begin():
            leaving.leave(session, shop.citizen_id, now)
            return 0

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert len(shop.session.scalars(select(RecordRow)).all()) == 2
    assert shop.mine(shop.due(), "pay").status_code == 200
    shop.session.rollback()
    at(days=20)
    now = shop.kit.clock()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda job: job(0), (work, leave, work, work)))
    shop.session.expire_all()
    assert shop.session.scalars(select(RecordRow)).all() == []

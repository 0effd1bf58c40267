"""Leaving with orders: closed ones go at once, an open one runs to its end with what it needs, then goes too."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.services import leaving, order_payments
from app.services.order_timers import run_timers
from app.store import events
from app.store.idempotency import IdempotencyKey
from app.store.order_rows import OrderRow, OrderTransition
from app.store.orders import NOBODY
from app.store.outbox import Message
from app.store.outer_ids import OuterId
from tests.support.shop import LIBRARY, Shop


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def traces(session, order_id):
    """How many rows speak of the order in each of its tables."""
    return [
        len(session.scalars(select(OrderRow.id).where(OrderRow.id == order_id)).all()),
        len(session.scalars(select(OrderTransition.sequence).where(OrderTransition.order_id == order_id)).all()),
        len(session.scalars(select(OuterId.outer_id).where(OuterId.outer_id == order_id)).all()),
    ]


def numbers(session):
    """Whose the partner's order numbers are."""
    return set(session.scalars(select(OuterId.citizen_id).where(OuterId.kind == "order_no")))


def test_closed_orders_go_at_once_and_the_open_one_runs_to_its_end(shop, session, at):
    closed, owed = shop.opened(scenario=LIBRARY)["id"], shop.due()
    shop.mine(closed, "decline")
    receipt = leaving.leave(session, shop.citizen_id, shop.kit.clock())
    session.commit()
    assert receipt.deleted["orders"] == 1
    assert traces(session, closed) == [0, 0, 0]
    assert shop.mine(owed, "pay").json["outcome"] == "paid"
    assert shop.seen(owed)["status"] == "completed"
    at(days=1)
    assert run_timers(session, shop.kit.clock()) == 1
    assert traces(session, owed) == [0, 0, 0]
    assert numbers(session) == {NOBODY}
    assert shop.partner.get(f"/partner/v1/orders/{owed}").status_code == 404


def test_an_order_that_nobody_confirmed_expires_for_a_leaver_too(shop, session, at):
    order_id = shop.opened()["id"]
    leaving.leave(session, shop.citizen_id, shop.kit.clock())
    session.commit()
    at(minutes=20)
    run_timers(session, shop.kit.clock())
    assert shop.seen(order_id)["status"] == "expired"
    at(days=1)
    run_timers(session, shop.kit.clock())
    assert traces(session, order_id) == [0, 0, 0]


def test_a_silent_partner_s_order_closes_free_of_charge_and_goes(shop, session, at):
    order_id = shop.running()
    leaving.leave(session, shop.citizen_id, shop.kit.clock())
    session.commit()
    for days in (1, 30):
        at(days=days, seconds=1)
        run_timers(session, shop.kit.clock())
    assert shop.seen(order_id)["outcome"] == "no_charge"
    at(days=1)
    run_timers(session, shop.kit.clock())
    assert traces(session, order_id) == [0, 0, 0]


def test_the_receipt_says_that_the_partner_s_books_stay_of_whoever_had_an_order_in_them(shop, session):
    without = leaving.rehearse(session, shop.citizen_id, shop.kit.clock())
    assert "partner_statements" not in without.kept
    shop.mine(shop.due(), "pay")
    receipt = leaving.leave(session, shop.citizen_id, shop.kit.clock())
    assert receipt.deleted["orders"] == 1
    assert receipt.kept["partner_statements"]


def test_kept_answers_about_an_order_go_with_it(shop, session):
    order_id = shop.due()
    shop.mine(order_id, "pay")
    assert shop.theirs(order_id, "refunds", amount=100, reason_code="goodwill").status_code == 201
    asked = shop.mine(order_id, "disputes", kind="service", statement="车坏了").json["id"]
    shop.mine(order_id, f"disputes/{asked}/withdraw")
    while order_payments.move_next(shop.kit.sessions, None, shop.kit.clock()):
        pass
    leaving.leave(session, shop.citizen_id, shop.kit.clock())
    kept = session.scalars(select(IdempotencyKey)).all()
    assert not [one.body for one in kept if order_id.encode() in one.body]


def test_what_a_leaver_was_told_of_an_order_goes_with_it(shop, session, at):
    owed = shop.due()
    leaving.leave(session, shop.citizen_id, shop.kit.clock())
    assert shop.mine(owed, "pay").json["outcome"] == "paid"
    for message in session.scalars(select(Message).where(Message.topic == events.TOPIC)):
        events.deliver(session, message)
    assert [told.kind for told in events.listed(session, shop.citizen_id, before=None, limit=9)] == ["order.paid"]
    at(days=1)
    run_timers(session, shop.kit.clock())
    assert not events.listed(session, shop.citizen_id, before=None, limit=9)


def test_a_number_of_a_forgotten_order_is_never_used_again(shop, session, at):
    wish = shop.wish(scenario=LIBRARY)
    order_id = shop.partner.post("/partner/v1/orders", json=wish).json["id"]
    shop.mine(order_id, "decline")
    leaving.leave(session, shop.citizen_id, shop.kit.clock())
    session.commit()
    again = Shop(shop.app, session, partner_id=shop.partner_id)
    answer = again.partner.post("/partner/v1/orders", json=wish | {"scan_id": again.scan(LIBRARY)})
    assert (answer.status_code, answer.json["code"]) == (409, "external-order-conflict")

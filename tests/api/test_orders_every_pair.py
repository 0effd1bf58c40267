"""Every status and every route that acts on an order: one step and one event, or 409 with what is allowed instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.order import Status
from app.services.order_payments import move_next
from app.store import orders
from app.store.order_rows import OrderRow, write
from app.store.outbox import Message
from tests.support.order_makers import NOW, in_status
from tests.support.shop import Shop, bill
from tests.unit.test_order_table import written

PARTNER = {
    "complete": bill(300),
    "extend": {"service_end_by": (NOW + timedelta(days=5)).isoformat()},
    "adjust": {"amount": 100, "reason_code": "goodwill"},
    "collect": {},
    "mark-paid": {"paid_at": NOW.isoformat(), "reference": "cash-1"},
    "write-off": {"reason_code": "goodwill"},
    "refunds": {"amount": 100, "reason_code": "goodwill"},
    "cancel": {"reason_code": "mistake"},
}
CITIZEN = {
    "confirm": {"path": "standard"},
    "decline": {},
    "cancel": {},
    "pay": {},
    "agree-extension": {},
    "refuse-extension": {},
}
ROUTES = [("partner", action, body) for action, body in PARTNER.items()]
ROUTES += [("citizen", action, body) for action, body in CITIZEN.items()]


@pytest.fixture
def shop(app, session, clock) -> Shop:
    clock.moment = NOW
    return Shop(app, session)


def put(shop, order_id, status) -> None:
    """Bring the order to that status, as its way there would have left it."""
    row = shop.session.scalar(select(OrderRow).where(OrderRow.id == order_id).execution_options(populate_existing=True))
    order = in_status(status)
    write(row, replace(order, version=row.version, terms=replace(row.order.terms, service_end_by=NOW + timedelta(1))))
    shop.session.commit()


def told(shop, order_id) -> list[str]:
    """The events of this order, by step."""
    kinds = (message.data for message in shop.session.scalars(select(Message)) if "kind" in message.data)
    mine = [each for each in kinds if each["data"].get("order_id") == order_id and "sequence" in each["data"]]
    return [each["kind"] for each in sorted(mine, key=lambda each: each["data"]["sequence"])]


def steps(shop, order_id):
    shop.session.expire_all()
    return orders.history(shop.session, orders.find(shop.session, order_id))


@pytest.mark.parametrize("status", Status)
def test_every_route_takes_its_one_step_or_says_what_is_allowed(shop, status):
    order_id = shop.opened(start_at=(NOW + timedelta(hours=1)).isoformat())["id"]
    for actor, action, body in ROUTES:
        put(shop, order_id, status)
        before = len(steps(shop, order_id))
        answer = (shop.theirs if actor == "partner" else shop.mine)(order_id, action, **body)
        while move_next(shop.kit.sessions, None, NOW):
            pass
        after = steps(shop, order_id)
        expected = written("in time", "calm").get((status, action.removesuffix("s"), actor))
        if expected is None:
            assert (answer.status_code, answer.json["code"]) == (409, "state-conflict"), (actor, action)
            allowed = {what for at, what, who in written("in time", "calm") if (at, who) == (status, actor)}
            assert set(answer.json["allowed_actions"]) == allowed
            assert len(after) == before
        else:
            assert answer.status_code in (200, 201), (actor, action, answer.json)
            assert (len(after), after[-1].after, after[-1].event) == (before + 1, *expected)
    assert told(shop, order_id) == [step.event for step in steps(shop, order_id)]

"""Disputes of orders, for tests."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from app.services import order_payments
from app.services.order_disputes import pass_deadlines
from tests.support.shop import Shop

WORDS = "车第二天就还了，账单多收了一天。"


def dispute(shop: Shop, order_id: str, kind: str = "charge", statement: str = WORDS) -> dict[str, Any]:
    """A dispute that the shop's citizen opened, as they read it."""
    answer = shop.mine(order_id, "disputes", kind=kind, statement=statement)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def theirs(shop: Shop, dispute_id: str, action: str, **body: Any) -> TestResponse:
    """The partner answers or settles."""
    return shop.partner.post(f"/partner/v1/disputes/{dispute_id}/{action}", json=body)


def mine(shop: Shop, asked: dict[str, Any], action: str) -> TestResponse:
    """The citizen takes it back, or asks the office."""
    return shop.mine(asked["order_id"], f"disputes/{asked['id']}/{action}")


def at_the_desk(shop: Shop, order_id: str, kind: str = "charge") -> dict[str, Any]:
    """A dispute that the partner left open until it went to the office."""
    asked = dispute(shop, order_id, kind)
    shop.kit.clock.advance(days=8)
    assert pass_deadlines(shop.session, shop.kit.clock()) == 1
    shop.session.commit()
    return asked


def seen_by_me(shop: Shop, order_id: str) -> dict[str, Any]:
    """The order as its citizen reads it."""
    return dict(shop.me.get(f"/citizen/v1/orders/{order_id}").json)


def pay(shop: Shop, order_id: str) -> str:
    """The same order, paid."""
    assert shop.mine(order_id, "pay").status_code == 200
    return order_id


def money_moves(shop: Shop) -> None:
    """What is on its way arrives."""
    while order_payments.move_next(shop.kit.sessions, None, shop.kit.clock()):
        pass
    shop.session.expire_all()

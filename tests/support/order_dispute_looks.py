"""Every look that partners and the office take at disputes of orders, as it really happens (guardrail 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests.support.disputing import at_the_desk, dispute
from tests.support.office import operator
from tests.support.shop import Shop

LOOKS = {
    "partner_list_disputes": "order_dispute.read",
    "partner_get_dispute": "order_dispute.read",
    "partner_respond_to_dispute": "order_dispute.answered",
    "partner_accept_dispute": "order_dispute.accepted",
    "operator_get_order_dispute": "order_dispute.read",
    "operator_resolve_order_dispute": "order_dispute.confirmed",
}
"""Operations that are looks, and the action that they log."""


def looks_at_order_disputes(app: Flask, session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Operation → the call that is the look."""
    shop = Shop(app, session)
    path = f"/partner/v1/disputes/{dispute(shop, shop.due())['id']}"
    yield "partner_list_disputes", lambda: shop.partner.get("/partner/v1/disputes")
    yield "partner_get_dispute", lambda: shop.partner.get(path)
    yield "partner_respond_to_dispute", lambda: shop.partner.post(f"{path}/responses", json={"text": "已核对"})
    yield "partner_accept_dispute", lambda: shop.partner.post(f"{path}/accept", json={"amount": 0})
    late = Shop(app, session)
    case = f"/operator/v1/order-disputes/{at_the_desk(late, late.due())['id']}"
    desk = operator(app, session, "office", serial=840)
    yield "operator_get_order_dispute", lambda: desk.get(case)
    said = {"outcome": "confirmed", "reason": "核对无误"}
    yield "operator_resolve_order_dispute", lambda: desk.post(f"{case}/resolve", json=said)

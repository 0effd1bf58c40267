"""The looks of partners at orders: each operation, the action that it logs, and a call that does it (guardrail 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.store.order_rows import OrderRow
from tests.support.shop import Shop, bill

ORDER_LOOKS = {
    "partner_create_order": "order.create",
    "partner_get_order": "order.read",
    "partner_list_orders": "order.read",
    "partner_list_transitions": "order.read",
    "partner_complete_order": "order.complete",
    "partner_adjust_order": "order.adjust",
    "partner_cancel_order": "order.cancel",
    "partner_mark_order_paid": "order.mark-paid",
    "partner_collect_order": "order.collect",
    "partner_write_off_order": "order.write-off",
    "partner_extend_order": "order.extend",
    "partner_create_refund": "order.refund",
    "partner_list_refunds": "order.read",
}
Look = tuple[str, Callable[[], Any]]


def looks_at_orders(app: Flask, session: Session) -> Iterator[Look]:
    """Each of them once."""
    shop, other = Shop(app, session), Shop(app, session)
    wish = shop.wish()
    yield "partner_create_order", lambda: shop.partner.post("/partner/v1/orders", json=wish)
    order, due, open_ = shop.running(), other.due(), str(other.opened()["id"])
    path = f"/partner/v1/orders/{order}"
    yield "partner_get_order", lambda: shop.partner.get(path)
    yield "partner_list_orders", lambda: shop.partner.get("/partner/v1/orders")
    yield "partner_list_transitions", lambda: shop.partner.get(f"{path}/transitions")
    late = (shop.kit.clock() + timedelta(days=3)).isoformat()
    yield "partner_extend_order", lambda: shop.theirs(order, "extend", service_end_by=late)
    yield "partner_complete_order", lambda: shop.theirs(order, "complete", **bill(300))
    yield "partner_adjust_order", lambda: other.theirs(due, "adjust", amount=200, reason_code="goodwill")
    paid = {"paid_at": shop.kit.clock().isoformat(), "reference": "R-9"}
    yield "partner_mark_order_paid", lambda: other.theirs(due, "mark-paid", **paid)
    yield "partner_cancel_order", lambda: other.theirs(open_, "cancel", reason_code="not_available")
    yield from _at_money(app, session)


def _at_money(app: Flask, session: Session) -> Iterator[Look]:
    payer, debtor, forgiven = Shop(app, session), Shop(app, session), Shop(app, session)
    paid, owed, given_up = payer.due(), debtor.due(), forgiven.due()
    payer.mine(paid, "pay")
    yield "partner_create_refund", lambda: payer.theirs(paid, "refunds", amount=1, reason_code="goodwill")
    yield "partner_list_refunds", lambda: payer.partner.get(f"/partner/v1/orders/{paid}/refunds")
    told = payer.kit.clock() - timedelta(days=2)
    values = {"status": "overdue", "due_at": told, "told_at": told}
    session.execute(OrderRow.__table__.update().where(OrderRow.id.in_((owed, given_up))).values(values))
    yield "partner_collect_order", lambda: debtor.theirs(owed, "collect")
    yield "partner_write_off_order", lambda: forgiven.theirs(given_up, "write-off", reason_code="goodwill")

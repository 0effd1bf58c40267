"""Guardrail 12: a record goes at its time, and the order that brought it stays, as its money was moved."""

from __future__ import annotations

from sqlalchemy import select

from app.services import kept_promises
from app.store import retention
from app.store.records import RecordRow
from tests.support.shop import Shop


def test_an_order_outlives_the_record_that_it_brought(app, session, at):
    shop = Shop(app, session)
    order_id = shop.due()
    assert shop.mine(order_id, "pay").status_code == 200
    at(days=15)
    assert kept_promises.write_due(session, shop.kit.packs, shop.kit.clock()) == 1
    mine = select(RecordRow).where(RecordRow.citizen_id == shop.citizen_id)
    retention.erase(session, session.scalars(mine).all())
    session.commit()
    assert session.scalars(mine).all() == []
    assert shop.seen(order_id)["collection"]["amount_paid"] == 300
    assert "record_id" not in shop.me.get(f"/citizen/v1/orders/{order_id}").json["record"]

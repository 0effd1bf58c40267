"""Guardrail 4: orders become records of those alone who agreed to a notice that says so, or who said yes."""

from __future__ import annotations

from app.store.enrolments import Enrolment
from tests.support.shop import Shop, bill

CHOICE = "/citizen/v1/kept-promises"


def record_of_a_kept_order(shop):
    order_id = shop.running()
    assert shop.theirs(order_id, "complete", **bill(0)).status_code == 200
    return shop.me.get(f"/citizen/v1/orders/{order_id}").json.get("record")


def test_who_agreed_to_a_notice_without_it_has_none_until_they_say_yes(app, session):
    shop = Shop(app, session)
    session.get(Enrolment, shop.citizen_id).notice_version = "2026-1"
    session.commit()
    assert shop.me.get(CHOICE).json["collect"] is False
    assert record_of_a_kept_order(shop) is None
    shop.me.put(CHOICE, json={"collect": True})
    assert record_of_a_kept_order(shop)["status"] == "pending_objection"


def test_the_notice_in_force_says_that_kept_orders_become_records(app, session):
    shop = Shop(app, session)
    notice = shop.me.get("/citizen/v1/enrolment").json["notice"]
    told = str(shop.me.get("/citizen/v1/enrolment", headers={"Accept-Language": "zh-CN"}).json["notice"])
    assert notice["version"] == "2026-2"
    assert "按约完成的信用订单" in told

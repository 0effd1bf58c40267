"""Disputes that the partner left open: the office lets the order stand at once, and changes it by two people's word."""

from __future__ import annotations

import pytest

from app.services.order_disputes import pass_deadlines
from tests.support.disputing import WORDS, at_the_desk, dispute, money_moves, pay, seen_by_me
from tests.support.office import operator
from tests.support.shop import Shop


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


@pytest.fixture
def desk(app, session):
    return operator(app, session, "office", serial=980)


def test_it_comes_there_by_itself_and_once(app, shop, session, at):
    asked = dispute(shop, shop.due())
    at(days=7, hours=11, minutes=59)
    assert pass_deadlines(session, shop.kit.clock()) == 0
    assert operator(app, session, "office").get("/operator/v1/order-disputes").json["data"] == []
    at(minutes=1)
    assert [pass_deadlines(session, shop.kit.clock()) for _ in range(2)] == [1, 0]
    session.commit()
    desk = operator(app, session, "office")
    (waits,) = desk.get("/operator/v1/order-disputes").json["data"]
    assert (waits["id"], "statement" in waits, "citizen_id" in waits) == (asked["id"], False, False)


def test_it_is_read_there_and_the_citizen_sees_the_look(app, shop, session):
    asked = at_the_desk(shop, shop.due())
    desk = operator(app, session, "office", serial=980)
    case = desk.get(f"/operator/v1/order-disputes/{asked['id']}").json
    assert (case["statement"], case["charged"], case["order"]["status"]) == (WORDS, 300, "payment_due")
    assert "张测试" not in str(case)
    looks = shop.me.get("/citizen/v1/access-log").json["data"]
    assert "王专员" in str(next(row for row in looks if "order_dispute.read" in str(row)))


def test_it_stands_at_once_with_the_reason_for_both(app, shop, session):
    asked = at_the_desk(shop, shop.due())
    desk = operator(app, session, "office", serial=980)
    ruled = desk.post(
        f"/operator/v1/order-disputes/{asked['id']}/resolve", json={"outcome": "confirmed", "reason": "有租车记录"}
    )
    assert (ruled.status_code, ruled.json["status"], ruled.json["resolution"]) == (200, "resolved", "confirmed")
    read = shop.partner.get(f"/partner/v1/disputes/{asked['id']}").json
    assert (read["explanation"], read["resolved_by"]) == ("有租车记录", "operator")
    assert seen_by_me(shop, asked["order_id"])["collection"]["amount_due"] == 300


def test_a_change_waits_for_a_second_operator(app, shop, session):
    asked = at_the_desk(shop, shop.due())
    first, second = (operator(app, session, "office", serial=serial) for serial in (980, 981))
    path = f"/operator/v1/order-disputes/{asked['id']}/resolve"
    said = {"outcome": "changed", "amount": 100, "reason": "多收了一天"}
    proposed = first.post(path, json=said).json
    assert proposed["status"] == "open"
    assert seen_by_me(shop, asked["order_id"])["collection"]["amount_due"] == 300
    approval = f"/operator/v1/approvals/{proposed['approval_id']}/approve"
    assert first.post(approval, json={}).json["code"] == "approval-own"
    assert first.post(path, json=said).json["code"] == "approval-pending"
    assert second.post(approval, json={}).status_code == 200
    order = seen_by_me(shop, asked["order_id"])
    assert (order["collection"]["amount_due"], order["dispute"]["resolution"]) == (100, "lowered")
    (told,) = shop.me.get(f"/citizen/v1/orders/{asked['order_id']}/disputes").json["data"]
    assert (told["explanation"], told["amount"], told["resolved_by"]) == ("多收了一天", 100, "operator")


def test_money_that_was_paid_goes_back_by_two_people_s_word(app, shop, session):
    asked = at_the_desk(shop, pay(shop, shop.due()))
    first, second = (operator(app, session, "office", serial=serial) for serial in (980, 981))
    said = {"outcome": "changed", "amount": 0, "reason": "没有服务"}
    proposed = first.post(f"/operator/v1/order-disputes/{asked['id']}/resolve", json=said).json
    assert second.post(f"/operator/v1/approvals/{proposed['approval_id']}/approve", json={}).status_code == 200
    money_moves(shop)
    (refund,) = seen_by_me(shop, asked["order_id"])["refunds"]
    assert (refund["amount"], refund["status"]) == (300, "succeeded")


def test_an_order_that_changed_since_is_proposed_anew(app, shop, session):
    asked = at_the_desk(shop, shop.due())
    first, second = (operator(app, session, "office", serial=serial) for serial in (980, 981))
    said = {"outcome": "changed", "amount": 200, "reason": "x"}
    proposed = first.post(f"/operator/v1/order-disputes/{asked['id']}/resolve", json=said).json
    assert shop.theirs(asked["order_id"], "adjust", amount=250, reason_code="goodwill").status_code == 200
    answer = second.post(f"/operator/v1/approvals/{proposed['approval_id']}/approve", json={})
    assert answer.json["code"] == "approval-stale"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"outcome": "changed", "reason": "x"}, "/amount"),
        ({"outcome": "confirmed", "amount": 1, "reason": "x"}, "/amount"),
        ({"outcome": "changed", "amount": 300, "reason": "x"}, "/amount"),
        ({"outcome": "changed", "amount": -1, "reason": "x"}, "/amount"),
        ({"outcome": "upheld", "reason": "x"}, "/outcome"),
        ({"outcome": "confirmed", "reason": ""}, "/reason"),
    ],
)
def test_a_ruling_that_does_not_fit_changes_nothing(app, shop, session, body, pointer):
    asked = at_the_desk(shop, shop.due())
    desk = operator(app, session, "office", serial=980)
    answer = desk.post(f"/operator/v1/order-disputes/{asked['id']}/resolve", json=body)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert seen_by_me(shop, asked["order_id"])["dispute"]["status"] == "open"


def test_what_is_still_the_partner_s_is_not_there(shop, desk):
    asked = dispute(shop, shop.due())
    path = f"/operator/v1/order-disputes/{asked['id']}"
    assert desk.get(path).status_code == 404
    assert desk.post(f"{path}/resolve", json={"outcome": "confirmed", "reason": "x"}).status_code == 404


def test_a_running_service_is_ended_by_two_people_s_word(app, shop, session):
    asked = at_the_desk(shop, shop.running(), "service")
    first, second = (operator(app, session, "office", serial=serial) for serial in (980, 981))
    said = {"outcome": "changed", "amount": 0, "reason": "车已归还"}
    proposed = first.post(f"/operator/v1/order-disputes/{asked['id']}/resolve", json=said).json
    assert second.post(f"/operator/v1/approvals/{proposed['approval_id']}/approve", json={}).status_code == 200
    order = seen_by_me(shop, asked["order_id"])
    assert (order["status"], order["outcome"]) == ("completed", "no_charge")

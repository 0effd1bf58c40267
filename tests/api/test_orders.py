"""Orders by API: journey 3 from both sides, and what each side may see."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.services.order_timers import run_timers
from app.store.access_log import AccessLogRow
from app.store.order_rows import OrderRow
from app.store.outbox import Message
from tests.support.shop import BIKE, LIBRARY, Shop, bill


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def test_a_deposit_free_ride_from_scan_to_payment(shop):
    order = shop.opened()
    assert (order["status"], order["currency"], order["allowed_actions"]) == ("pending_confirmation", "CNY", ["cancel"])
    mine = shop.me.get(f"/citizen/v1/orders/{order['id']}").json
    assert (mine["partner"]["name"], mine["paths"]) == ("鹭岛单车", ["credit", "standard"])
    confirmed = shop.mine(order["id"], "confirm", path="credit").json
    assert (confirmed["status"], confirmed["path"]) == ("active", "credit")
    completed = shop.theirs(order["id"], "complete", **bill(300)).json
    assert (completed["status"], completed["collection"]["amount_due"]) == ("payment_due", 300)
    paid = shop.mine(order["id"], "pay").json
    assert (paid["status"], paid["outcome"], paid["collection"]["amount_paid"]) == ("completed", "paid", 300)
    assert shop.seen(order["id"])["outcome"] == "paid"


def test_a_service_that_came_to_nothing_completes_without_charge(shop):
    completed = shop.theirs(shop.running(), "complete", total=0).json
    assert (completed["status"], completed["outcome"]) == ("completed", "no_charge")


def test_the_citizen_declines_and_nothing_follows(shop):
    order = shop.opened()
    assert shop.mine(order["id"], "decline").json["status"] == "declined"
    assert shop.mine(order["id"], "confirm", path="credit").json["code"] == "state-conflict"


def test_a_reservation_may_be_canceled_by_its_citizen_before_the_start(shop, at):
    start = (shop.kit.clock() + timedelta(hours=2)).isoformat()
    order_id = shop.running(start_at=start)
    assert shop.mine(order_id, "cancel").json["status"] == "canceled"


def test_a_running_service_is_not_canceled_by_its_citizen(shop):
    answer = shop.mine(shop.running(), "cancel")
    assert (answer.status_code, answer.json["code"]) == (409, "state-conflict")
    assert "cancel" not in answer.json["allowed_actions"]


def test_the_partner_cancels_lowers_and_marks_as_paid(shop, at):
    assert shop.theirs(shop.running(), "cancel", reason_code="not_available").json["status"] == "canceled"
    order_id = shop.due(300)
    lowered = shop.theirs(order_id, "adjust", amount=200, reason_code="goodwill").json
    assert lowered["collection"]["amount_due"] == 200
    paid_at = shop.kit.clock().isoformat()
    marked = shop.theirs(order_id, "mark-paid", paid_at=paid_at, reference="cash-7").json
    assert (marked["outcome"], marked["collection"]["reference"]) == ("paid_elsewhere", "cash-7")


def test_lowering_to_nothing_waives_the_bill(shop):
    waived = shop.theirs(shop.due(), "adjust", amount=0, reason_code="complaint_settled").json
    assert (waived["status"], waived["outcome"]) == ("completed", "waived")


def test_the_history_names_every_step_with_actor_reason_and_time(shop):
    order_id = shop.running()
    shop.theirs(order_id, "cancel", reason_code="mistake")
    steps = shop.partner.get(f"/partner/v1/orders/{order_id}/transitions").json["data"]
    assert [(step["sequence"], step.get("from"), step["to"], step["actor"]) for step in steps] == [
        (1, None, "pending_confirmation", "partner"),
        (2, "pending_confirmation", "active", "citizen"),
        (3, "active", "canceled", "partner"),
    ]
    assert (steps[2]["reason_code"], steps[2]["event"]) == ("mistake", "order.canceled")
    assert all(datetime.fromisoformat(step["at"]) and step["request_id"] for step in steps)


def test_each_step_is_one_event_in_the_citizen_s_inbox(shop, session):
    order_id = shop.due()
    kinds = [message.data["kind"] for message in session.scalars(select(Message).order_by(Message.id))]
    assert [kind for kind in kinds if kind.startswith("order.")] == [
        "order.created",
        "order.confirmed",
        "order.payment_due",
    ]
    shop.mine(order_id, "pay")
    told = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert (told.data["kind"], told.data["data"]["order_id"]) == ("order.paid", order_id)


def test_each_look_of_the_partner_is_one_row_that_the_citizen_sees(shop, session):
    order_id = shop.opened()["id"]
    shop.seen(order_id)
    shop.partner.get("/partner/v1/orders")
    rows = session.scalars(select(AccessLogRow).where(AccessLogRow.ref == order_id).order_by(AccessLogRow.number)).all()
    assert [(row.action, row.actor_name) for row in rows] == [
        ("order.create", "鹭岛单车"), ("order.read", "鹭岛单车"), ("order.read", "鹭岛单车"),
    ]  # fmt: skip
    assert "order.create" in {row["action"]["code"] for row in shop.me.get("/citizen/v1/access-log").json["data"]}


def test_credit_is_decided_again_at_the_moment_of_confirming(shop):
    order = shop.opened()
    shop.give_score(10)
    answer = shop.mine(order["id"], "confirm", path="credit")
    assert (answer.status_code, answer.json["code"]) == (409, "credit-not-open")
    assert "confirm" in answer.json["allowed_actions"]
    decision = shop.me.get(f"/citizen/v1/orders/{order['id']}").json["decision_id"]
    reasons = shop.me.get(f"/citizen/v1/decisions/{decision}").json["reasons"]
    assert [reason["code"] for reason in reasons] == ["threshold-ahead"]
    assert shop.mine(order["id"], "confirm", path="standard").json["path"] == "standard"


def test_one_credit_order_of_a_service_runs_at_a_time_as_the_offer_says(shop):
    shop.running()
    second = shop.opened()
    assert shop.mine(second["id"], "confirm", path="credit").json["code"] == "open-orders-full"
    assert shop.me.get(f"/citizen/v1/orders/{second['id']}").json["paths"] == ["standard"]
    assert shop.mine(second["id"], "confirm", path="standard").status_code == 200


def test_one_scan_opens_one_order_of_its_own_scenario(shop):
    scan_id = shop.scan()
    shop.opened(scan_id=scan_id)
    again = shop.partner.post("/partner/v1/orders", json=shop.wish(scan_id=scan_id))
    assert (again.status_code, again.json["code"]) == (409, "scan-not-valid")
    other = shop.partner.post("/partner/v1/orders", json=shop.wish(scan_id=shop.scan(), scenario=LIBRARY))
    assert (other.status_code, other.json["code"]) == (422, "other-scenario")


def test_a_scan_is_over_after_fifteen_minutes(shop, at):
    body = shop.wish()
    at(minutes=16)
    assert shop.partner.post("/partner/v1/orders", json=body).json["code"] == "scan-not-valid"


def test_a_partner_opens_orders_in_its_own_scenarios_only(app, session):
    shop = Shop(app, session, scenarios=(LIBRARY,))
    answer = shop.partner.post("/partner/v1/orders", json=shop.wish(scan_id="scn_x", scenario=BIKE))
    assert (answer.status_code, answer.json["code"]) == (403, "scenario-not-open")


def test_a_scenario_without_money_has_no_orders(app, session):
    shop = Shop(app, session, scenarios=("zj-library-loans",))
    answer = shop.partner.post("/partner/v1/orders", json=shop.wish(scan_id="scn_x", scenario="zj-library-loans"))
    assert (answer.status_code, answer.json["code"]) == (422, "scenario-without-orders")


def test_the_partner_s_own_number_opens_one_order_for_ever(shop, session):
    body = shop.wish()
    first = shop.partner.post("/partner/v1/orders", json=body)
    again = shop.partner.post("/partner/v1/orders", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["id"] == first.json["id"]
    other = shop.partner.post("/partner/v1/orders", json=body | {"amount": 1})
    assert (other.status_code, other.json["code"]) == (409, "external-order-conflict")
    assert len(session.scalars(select(OrderRow)).all()) == 1


def test_an_idempotency_key_replays_its_answer_and_refuses_another_body(shop):
    body, headers = shop.wish(), {"Idempotency-Key": '"k-1"'}
    first = shop.partner.post("/partner/v1/orders", json=body, headers=headers)
    again = shop.partner.post("/partner/v1/orders", json=body, headers=headers)
    assert (again.status_code, again.data, again.headers["Idempotent-Replayed"]) == (201, first.data, "true")
    other = shop.partner.post("/partner/v1/orders", json=body | {"title": "x"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    order_id = first.json["id"]
    shop.mine(order_id, "confirm", path="credit")
    keys = [shop.partner.post(f"/partner/v1/orders/{order_id}/complete", json=bill(300), headers=headers) for _ in "12"]
    assert [answer.status_code for answer in keys] == [200, 200]


def test_lists_page_newest_first_and_filter(shop):
    ids = [shop.opened()["id"] for _ in range(3)]
    first = shop.partner.get("/partner/v1/orders?limit=2").json
    rest = shop.partner.get(f"/partner/v1/orders?limit=2&cursor={first['next_cursor']}").json
    assert [order["id"] for order in first["data"] + rest["data"]] == ids[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    shop.mine(ids[0], "decline")
    declined = shop.partner.get("/partner/v1/orders?status=declined").json["data"]
    assert [order["id"] for order in declined] == [ids[0]]
    number = declined[0]["external_order_no"]
    assert len(shop.partner.get(f"/partner/v1/orders?external_order_no={number}").json["data"]) == 1
    mine = shop.me.get("/citizen/v1/orders?limit=2").json
    assert [order["id"] for order in mine["data"]] == ids[:0:-1]
    assert shop.me.get("/citizen/v1/orders?status=declined").json["data"][0]["id"] == ids[0]


def test_the_clock_expires_flags_and_makes_overdue(shop, session, at):
    pending, running = shop.opened()["id"], shop.running()
    at(minutes=16)
    assert run_timers(session, shop.kit.clock()) == 1
    assert shop.seen(pending)["status"] == "expired"
    at(days=1)
    run_timers(session, shop.kit.clock())
    flagged = shop.seen(running)
    assert (flagged["status"], flagged["return_overdue"]) == ("active", True)
    shop.theirs(running, "complete", **bill(300))
    at(hours=72)
    run_timers(session, shop.kit.clock())
    assert shop.seen(running)["status"] == "overdue"
    assert run_timers(session, shop.kit.clock()) == 0
    assert shop.mine(running, "pay").json["outcome"] == "paid"


def test_an_order_lapses_at_its_moment_even_before_the_worker_comes_by(shop, at):
    order = shop.opened()
    at(minutes=15)
    answer = shop.mine(order["id"], "confirm", path="standard")
    assert (answer.status_code, answer.json["allowed_actions"]) == (409, [])


def test_money_of_a_live_order_is_never_simulated(shop, session):
    order_id = shop.due()
    session.execute(OrderRow.__table__.update().values(livemode=True))
    answer = shop.mine(order_id, "pay")
    assert (answer.status_code, answer.json["code"]) == (503, "payment-provider-missing")
    assert shop.me.get(f"/citizen/v1/orders/{order_id}").json["status"] == "payment_due"


def test_the_sandbox_does_not_see_live_orders(shop, session):
    order_id = shop.opened()["id"]
    session.execute(OrderRow.__table__.update().values(livemode=True))
    assert shop.partner.get(f"/partner/v1/orders/{order_id}").status_code == 404
    assert shop.partner.get("/partner/v1/orders").json["data"] == []


def test_orders_are_their_own_citizen_s_and_partner_s(app, session, shop):
    order_id, stranger = shop.running(), Shop(app, session)
    assert stranger.me.get(f"/citizen/v1/orders/{order_id}").status_code == 404
    for action in ("decline", "cancel", "pay"):
        assert stranger.mine(order_id, action).status_code == 404
    assert stranger.mine(order_id, "confirm", path="standard").status_code == 404
    for path in ("", "/transitions"):
        assert stranger.partner.get(f"/partner/v1/orders/{order_id}{path}").status_code == 404
    assert stranger.theirs(order_id, "complete", total=0).status_code == 404
    assert stranger.partner.get("/partner/v1/orders").json["data"] == []
    assert shop.seen(order_id)["status"] == "active"

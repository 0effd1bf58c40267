"""Orders to their end by API: collected by the schedule, given up, repaired; refunds; extensions; If-Match."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.store.order_rows import OrderRow
from app.store.outbox import Message
from tests.support.owing import overdue, wind
from tests.support.shop import Shop


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def fail_next(shop, order_id, times):
    values = OrderRow.__table__.update().where(OrderRow.id == order_id).values(sandbox_failures=times)
    shop.session.execute(values)
    shop.session.commit()


def told(shop):
    kinds = shop.session.scalars(select(Message).order_by(Message.id))
    return [message.data["kind"] for message in kinds if "kind" in message.data]


def later(shop, **ahead):
    return (shop.kit.clock() + timedelta(**ahead)).isoformat()


def test_an_unpaid_order_is_collected_on_the_third_day(shop, at):
    order_id = overdue(shop, at)
    money = shop.seen(order_id)["collection"]
    due_at = datetime.fromisoformat(money["due_at"])
    assert datetime.fromisoformat(money["next_attempt_at"]) == due_at + timedelta(days=3)
    assert datetime.fromisoformat(money["ends_at"]) == due_at + timedelta(days=30)
    at(days=3)
    wind(shop)
    order = shop.seen(order_id)
    assert (order["status"], order["outcome"], order["collection"]["amount_paid"]) == ("completed", "paid", 300)
    assert [(a["actor"], a["status"], a["amount"]) for a in order["collection"]["attempts"]] == [
        ("system", "succeeded", 300)
    ]
    assert "next_attempt_at" not in order["collection"]


def test_five_attempts_fail_then_it_is_written_off_and_a_later_payment_repairs_it(shop, at):
    order_id = overdue(shop, at)
    fail_next(shop, order_id, 9)
    for _ in range(30):
        at(days=1)
        wind(shop)
    order = shop.seen(order_id)
    assert (order["status"], "ends_at" in order["collection"]) == ("written_off", False)
    assert [attempt["status"] for attempt in order["collection"]["attempts"]] == ["failed"] * 5
    assert told(shop)[-7:] == ["order.overdue", *["order.collection_failed"] * 5, "order.written_off"]
    fail_next(shop, order_id, 0)
    mine = shop.me.get(f"/citizen/v1/orders/{order_id}").json
    assert mine["allowed_actions"] == ["pay"]
    paid = shop.mine(order_id, "pay").json
    assert (paid["status"], paid["collection"]["amount_paid"], "outcome" in paid) == ("written_off", 300, False)
    at(days=60)
    wind(shop)
    assert shop.seen(order_id)["status"] == "written_off"


def test_each_attempt_is_announced_a_day_before_at_least(shop, session, at):
    order_id = overdue(shop, at)
    fail_next(shop, order_id, 9)
    for _ in range(28):
        at(days=1)
        wind(shop)
    notices = {"order.overdue", "order.collection_failed"}
    told_at = [m.created_at for m in session.scalars(select(Message)) if m.data.get("kind") in notices]
    tried = shop.seen(order_id)["collection"]["attempts"]
    for attempt in tried:
        at_ = datetime.fromisoformat(attempt["at"])
        assert any(notice <= at_ - timedelta(days=1) for notice in told_at)
    assert all(m.data["data"]["day_zh"] for m in session.scalars(select(Message)) if m.data.get("kind") in notices)


def test_the_partner_asks_for_an_attempt(shop, at):
    order_id = overdue(shop, at)
    soon = shop.theirs(order_id, "collect")
    assert (soon.status_code, soon.json["code"]) == (409, "state-conflict")
    at(days=1)
    asked = shop.theirs(order_id, "collect")
    assert (asked.status_code, asked.json["collection"]["attempts"][-1]["status"]) == (200, "pending")
    assert asked.json["allowed_actions"] == []
    wind(shop)
    steps = shop.partner.get(f"/partner/v1/orders/{order_id}/transitions").json["data"]
    assert [steps[-1][name] for name in ("action", "actor", "event", "amount")] == [
        "collect", "partner", "order.paid", 300,
    ]  # fmt: skip


def test_the_partner_gives_up_what_is_owed(shop, at):
    order_id = overdue(shop, at)
    given_up = shop.theirs(order_id, "write-off", reason_code="small_amount").json
    assert (given_up["status"], given_up["collection"]["amount_due"]) == ("written_off", 300)
    assert set(given_up["allowed_actions"]) == {"mark-paid"}


def test_a_payment_of_mine_that_fails_changes_nothing_and_can_be_repeated(shop):
    order_id = shop.due()
    fail_next(shop, order_id, 1)
    version = shop.seen(order_id)["version"]
    failed = shop.mine(order_id, "pay")
    assert (failed.status_code, failed.json["code"], failed.json["retryable"]) == (409, "payment-failed", True)
    assert shop.seen(order_id)["version"] == version
    assert shop.mine(order_id, "pay").json["outcome"] == "paid"
    mine = shop.me.get(f"/citizen/v1/orders/{order_id}").json
    assert [a["status"] for a in mine["collection"]["attempts"]] == ["failed", "succeeded"]
    assert [a["status"] for a in shop.seen(order_id)["collection"]["attempts"]] == ["succeeded"]


def test_refunds_give_back_at_most_what_was_paid_through_us(shop):
    order_id = shop.due(300)
    shop.mine(order_id, "pay")
    first = shop.theirs(order_id, "refunds", amount=100, reason_code="goodwill")
    assert (first.status_code, first.json["status"], first.json["order_id"]) == (201, "pending", order_id)
    assert shop.theirs(order_id, "refunds", amount=201, reason_code="goodwill").json["code"] == "amount-over-limit"
    wind(shop)
    assert shop.theirs(order_id, "refunds", amount=200, reason_code="mistake").status_code == 201
    wind(shop)
    rows = shop.partner.get(f"/partner/v1/orders/{order_id}/refunds").json["data"]
    assert [(row["amount"], row["status"]) for row in rows] == [(100, "succeeded"), (200, "succeeded")]
    assert all(row["reference"].startswith("sandbox-") for row in rows)
    order = shop.me.get(f"/citizen/v1/orders/{order_id}").json
    assert (order["status"], order["collection"]["amount_refunded"], len(order["refunds"])) == ("completed", 300, 2)
    assert "refund" not in shop.seen(order_id)["allowed_actions"]
    assert told(shop)[-2:] == ["refund.succeeded"] * 2


def test_a_refund_that_fails_can_be_asked_again(shop):
    order_id = shop.due(300)
    shop.mine(order_id, "pay")
    fail_next(shop, order_id, 1)
    refund_id = shop.theirs(order_id, "refunds", amount=300, reason_code="goodwill").json["id"]
    wind(shop)
    (row,) = shop.partner.get(f"/partner/v1/orders/{order_id}/refunds").json["data"]
    assert (row["id"], row["status"]) == (refund_id, "failed")
    assert shop.theirs(order_id, "refunds", amount=300, reason_code="goodwill").status_code == 201


@pytest.mark.parametrize("path", ["mark-paid", "unpaid"])
def test_nothing_is_given_back_that_did_not_go_through_us(shop, path):
    order_id = shop.due(300)
    if path == "mark-paid":
        shop.theirs(order_id, "mark-paid", paid_at=shop.kit.clock().isoformat(), reference="cash")
    answer = shop.theirs(order_id, "refunds", amount=1, reason_code="goodwill")
    assert (answer.status_code, answer.json["code"]) == (409, "state-conflict")


def test_a_later_end_holds_when_the_citizen_agrees(shop):
    order_id = shop.running()
    until = shop.seen(order_id)["service_end_by"]
    proposed = shop.theirs(order_id, "extend", service_end_by=later(shop, days=5)).json
    assert (proposed["service_end_by"], bool(proposed["extension"])) == (until, True)
    mine = shop.me.get(f"/citizen/v1/orders/{order_id}").json
    assert {"agree-extension", "refuse-extension"} <= set(mine["allowed_actions"])
    agreed = shop.mine(order_id, "agree-extension").json
    assert datetime.fromisoformat(agreed["service_end_by"]) == shop.kit.clock() + timedelta(days=5)
    assert "extension" not in agreed
    assert shop.mine(order_id, "agree-extension").status_code == 409


def test_what_the_partner_changed_meanwhile_is_not_agreed_to(shop):
    order_id = shop.running()
    shop.theirs(order_id, "extend", service_end_by=later(shop, days=5))
    read = shop.me.get(f"/citizen/v1/orders/{order_id}").json["extension"]
    shop.theirs(order_id, "extend", service_end_by=later(shop, days=25))
    answer = shop.mine(order_id, "agree-extension", **read)
    assert (answer.status_code, answer.json["code"]) == (412, "version-stale")
    read = shop.me.get(f"/citizen/v1/orders/{order_id}").json["extension"]
    assert shop.mine(order_id, "agree-extension", **read).json["service_end_by"] == read["service_end_by"]


def test_a_later_end_that_the_citizen_refuses_changes_nothing(shop):
    order_id = shop.running()
    until = shop.seen(order_id)["service_end_by"]
    shop.theirs(order_id, "extend", service_end_by=later(shop, days=5))
    refused = shop.mine(order_id, "refuse-extension").json
    assert (refused["service_end_by"], "extension" in refused) == (until, False)


def test_an_extension_keeps_the_limits_of_the_offer(shop):
    order_id = shop.running()
    for wrong in (later(shop, days=31), later(shop, hours=1)):
        answer = shop.theirs(order_id, "extend", service_end_by=wrong)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/service_end_by")


@pytest.mark.parametrize(
    ("seen", "status"), [('"2"', 200), ("*", 200), ('"1"', 412), ("2", 412), ('W/"2"', 412), ('"x"', 412)]
)
def test_an_act_may_name_the_version_that_it_saw(shop, seen, status):
    order_id = shop.running()
    answer = shop.partner.post(f"/partner/v1/orders/{order_id}/complete", json={"total": 0}, headers={"If-Match": seen})
    assert answer.status_code == status
    assert status == 200 or answer.json["code"] == "version-stale"


BAD = {
    "collect": [{"amount": 1}, []],
    "write-off": [{}, {"reason_code": "because"}, {"reason_code": None}, {"reason_code": "goodwill", "x": 1}],
    "extend": [{}, {"service_end_by": "soon"}, {"service_end_by": 7}, {"service_end_by": "2026-11-25T04:00:00"},
               {"service_end_by": "9999-12-31T23:59:59-14:00"}, {"service_end_by": "0001-01-01T00:00:00+14:00"}],
    "refunds": [{}, {"amount": 0, "reason_code": "goodwill"}, {"amount": -1, "reason_code": "goodwill"},
                {"amount": "1", "reason_code": "goodwill"}, {"amount": 10**19, "reason_code": "goodwill"},
                {"amount": 1, "reason_code": "because"}, {"amount": 1}],
}  # fmt: skip


@pytest.mark.parametrize(("action", "body"), [(action, body) for action, bodies in BAD.items() for body in bodies])
def test_bad_bodies_are_refused_by_field_and_change_nothing(shop, action, body):
    order_id = shop.running()
    answer = shop.partner.post(f"/partner/v1/orders/{order_id}/{action}", json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"][0]["pointer"]
    assert shop.seen(order_id)["version"] == 2


def test_a_repeat_with_the_same_key_moves_money_once(shop):
    order_id = shop.due(300)
    shop.mine(order_id, "pay")
    body, headers = {"amount": 100, "reason_code": "goodwill"}, {"Idempotency-Key": "refund-1"}
    path = f"/partner/v1/orders/{order_id}/refunds"
    first, again = (shop.partner.post(path, json=body, headers=headers) for _ in "12")
    assert (first.data, again.headers["Idempotent-Replayed"]) == (again.data, "true")
    wind(shop)
    assert shop.seen(order_id)["collection"]["amount_refunded"] == 100


def test_money_and_extensions_are_their_own_partner_s_and_citizen_s(app, session, shop, at):
    order_id, stranger = shop.running(), Shop(app, session)
    bodies = {
        "collect": {},
        "write-off": {"reason_code": "goodwill"},
        "extend": {"service_end_by": later(shop, days=2)},
        "refunds": {"amount": 1, "reason_code": "goodwill"},
    }
    for action, body in bodies.items():
        assert stranger.theirs(order_id, action, **body).status_code == 404
    assert stranger.partner.get(f"/partner/v1/orders/{order_id}/refunds").status_code == 404
    for action in ("agree-extension", "refuse-extension"):
        assert stranger.mine(order_id, action).status_code == 404
    session.execute(OrderRow.__table__.update().values(livemode=True))
    session.commit()
    for action, body in bodies.items():
        assert shop.theirs(order_id, action, **body).status_code == 404
    assert shop.seen(order_id)["code"] == "not-found"


def test_a_live_order_is_not_collected_where_no_provider_is_and_still_comes_to_its_end(shop, session, at):
    order_id = overdue(shop, at)
    session.execute(OrderRow.__table__.update().values(livemode=True))
    session.commit()
    for _ in range(30):
        at(days=1)
        wind(shop)
    order = shop.me.get(f"/citizen/v1/orders/{order_id}").json
    assert (order["status"], "attempts" in order["collection"]) == ("written_off", False)
    assert "order.collection_failed" not in told(shop)


def test_a_refund_of_a_version_is_given_once_though_another_key_asks_again(shop):
    order_id = shop.due(300)
    assert shop.mine(order_id, "pay").status_code == 200
    seen = {"If-Match": f'"{shop.seen(order_id)["version"]}"'}
    path, body = f"/partner/v1/orders/{order_id}/refunds", {"amount": 100, "reason_code": "goodwill"}
    answers = [shop.partner.post(path, json=body, headers=seen) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 412]
    wind(shop)
    assert shop.partner.post(path, json=body, headers=seen).status_code == 412
    assert shop.seen(order_id)["collection"]["amount_refunded"] == 100

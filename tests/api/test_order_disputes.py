"""Disputes of orders: opened by the citizen, answered or settled by the partner, ruled by the office; amounts fall."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.services.order_timers import run_timers
from app.store.order_disputes import OrderDisputeRow
from app.store.outbox import Message
from tests.support.disputing import WORDS, dispute, mine, money_moves, pay, seen_by_me, theirs
from tests.support.shop import Shop

LONG = timedelta(days=60)


@pytest.fixture
def shop(app, session) -> Shop:
    return Shop(app, session)


def moment(said: str) -> datetime:
    return datetime.fromisoformat(said)


def test_a_dispute_is_shown_to_both_and_its_words_to_the_partner_alone(shop, session):
    order_id = shop.due()
    asked = dispute(shop, order_id)
    assert (asked["status"], asked["statement"], asked["allowed_actions"]) == ("open", WORDS, ["withdraw"])
    for order in (seen_by_me(shop, order_id), shop.seen(order_id)):
        assert order["dispute"] == {"id": asked["id"], "status": "open"}
    (listed,) = shop.partner.get("/partner/v1/disputes").json["data"]
    assert (listed["id"], "statement" in listed) == (asked["id"], False)
    read = shop.partner.get(f"/partner/v1/disputes/{asked['id']}").json
    assert (read["statement"], read["charged"]) == (WORDS, 300)
    row = session.scalars(select(OrderDisputeRow)).one()
    assert WORDS.encode() not in row.sealed_statement


def test_five_working_days_are_the_partner_s(shop):
    """The clock stands at noon on a Friday in Shanghai."""
    asked = dispute(shop, shop.due())
    assert moment(asked["desk_at"]).isoformat() == "2026-11-28T00:00:00+08:00"


@pytest.mark.parametrize("kind", ["charge", "payment"])
def test_what_is_charged_is_disputed_once_there_is_a_bill(shop, kind):
    answer = shop.mine(shop.running(), "disputes", kind=kind, statement=WORDS)
    assert (answer.status_code, answer.json["code"]) == (422, "dispute-needs-bill")
    assert answer.json["errors"][0]["pointer"] == "/kind"


@pytest.mark.parametrize("body", [
    {}, {"kind": "charge"}, {"kind": "price", "statement": "x"}, {"kind": "charge", "statement": ""},
    {"kind": "charge", "statement": "x" * 1001}, {"kind": "charge", "statement": " "}, {"kind": None, "statement": "x"},
    {"kind": "charge", "statement": "x", "amount": 1},
])  # fmt: skip
def test_a_body_that_does_not_fit_changes_nothing(shop, session, body):
    order_id = shop.due()
    answer = shop.me.post(f"/citizen/v1/orders/{order_id}/disputes", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "validation")
    assert session.scalars(select(OrderDisputeRow)).all() == []
    assert "dispute" not in shop.seen(order_id)


def test_one_at_a_time_and_three_in_all(shop):
    order_id = shop.due()
    for _ in range(3):
        asked = dispute(shop, order_id)
        again = shop.mine(order_id, "disputes", kind="charge", statement=WORDS)
        assert (again.status_code, again.json["code"]) == (409, "state-conflict")
        assert mine(shop, asked, "withdraw").json["resolution"] == "withdrawn"
    assert shop.mine(order_id, "disputes", kind="charge", statement=WORDS).json["code"] == "disputes-full"
    assert len(shop.me.get(f"/citizen/v1/orders/{order_id}/disputes").json["data"]) == 3


def test_clocks_stand_still_and_go_on_with_the_time_that_was_left(shop, session, at):
    order_id = shop.due()
    due = moment(seen_by_me(shop, order_id)["collection"]["due_at"])
    at(hours=24)
    asked = dispute(shop, order_id)
    at(days=30)
    run_timers(session, shop.kit.clock())
    assert seen_by_me(shop, order_id)["status"] == "payment_due"
    assert mine(shop, asked, "withdraw").status_code == 200
    order = seen_by_me(shop, order_id)
    assert moment(order["collection"]["due_at"]) == due + timedelta(days=30)
    at(hours=47)
    run_timers(session, shop.kit.clock())
    assert seen_by_me(shop, order_id)["status"] == "payment_due"
    at(hours=2)
    run_timers(session, shop.kit.clock())
    assert seen_by_me(shop, order_id)["status"] == "overdue"


def test_a_completed_order_is_disputed_for_sixty_days(shop, at):
    first, late = pay(shop, shop.due()), pay(shop, shop.due())
    at(days=60)
    dispute(shop, first)
    at(seconds=1)
    answer = shop.mine(late, "disputes", kind="charge", statement=WORDS)
    assert (answer.status_code, answer.json["code"]) == (409, "state-conflict")


def test_one_that_was_marked_as_paid_is_objected_to(shop):
    order_id = shop.due()
    paid = {"paid_at": shop.kit.clock().isoformat(), "reference": "cash"}
    assert shop.theirs(order_id, "mark-paid", **paid).status_code == 200
    asked = dispute(shop, order_id, "payment")
    settled = theirs(shop, asked["id"], "accept", amount=100, text="多收部分已在柜台退还")
    assert (settled.json["resolution"], settled.json["amount"]) == ("refunded", 100)
    (told,) = shop.me.get(f"/citizen/v1/orders/{order_id}/disputes").json["data"]
    assert (told["explanation"], told["resolved_by"]) == ("多收部分已在柜台退还", "partner")


def test_the_partner_answers_once_and_the_citizen_decides(shop, session, at):
    asked = dispute(shop, shop.due())
    at(days=2)
    answer = theirs(shop, asked["id"], "responses", text="第二天 10 点才还车。")
    assert (answer.status_code, answer.json["status"], answer.json["allowed_actions"]) == (201, "answered", ["accept"])
    assert not {"statement", "response"} & set(answer.json), "the answer is kept for 72 hours, the words are not in it"
    assert theirs(shop, asked["id"], "responses", text="再说一次").json["code"] == "dispute-answered"
    (read,) = shop.me.get(f"/citizen/v1/orders/{asked['order_id']}/disputes").json["data"]
    assert (read["response"], read["allowed_actions"]) == ("第二天 10 点才还车。", ["withdraw", "to-the-desk"])
    assert mine(shop, asked, "to-the-desk").json["at_desk"] is True
    told = [message.data["kind"] for message in session.scalars(select(Message)) if "kind" in message.data]
    assert {"dispute.opened", "dispute.answered"} <= set(told)


def test_before_the_answer_it_is_the_partner_s(shop):
    asked = dispute(shop, shop.due())
    assert mine(shop, asked, "to-the-desk").json["code"] == "dispute-waits"


def test_an_accepted_amount_is_due_and_the_clock_goes_on(shop):
    asked = dispute(shop, shop.due(total=300))
    settled = theirs(shop, asked["id"], "accept", amount=100)
    assert (settled.json["status"], settled.json["resolution"], settled.json["amount"]) == ("resolved", "lowered", 100)
    order = seen_by_me(shop, asked["order_id"])
    assert (order["status"], order["collection"]["amount_due"]) == ("payment_due", 100)
    assert order["dispute"] == {"id": asked["id"], "status": "resolved", "resolution": "lowered"}


def test_an_accepted_nothing_waives_the_bill(shop):
    asked = dispute(shop, shop.due())
    theirs(shop, asked["id"], "accept", amount=0)
    order = seen_by_me(shop, asked["order_id"])
    assert (order["status"], order["outcome"]) == ("completed", "waived")


def test_what_was_paid_beyond_it_goes_back(shop):
    asked = dispute(shop, pay(shop, shop.due(total=300)))
    settled = theirs(shop, asked["id"], "accept", amount=120)
    assert settled.json["resolution"] == "refunded"
    money_moves(shop)
    (refund,) = seen_by_me(shop, asked["order_id"])["refunds"]
    assert (refund["amount"], refund["status"], refund["reason_code"]) == (180, "succeeded", "dispute")


def test_a_service_that_still_runs_is_ended_without_a_charge(shop):
    asked = dispute(shop, shop.running(), "service")
    part = theirs(shop, asked["id"], "accept", amount=50)
    assert (part.status_code, part.json["code"]) == (422, "amount-over-limit")
    assert theirs(shop, asked["id"], "accept", amount=0).status_code == 200
    order = seen_by_me(shop, asked["order_id"])
    assert (order["status"], order["outcome"]) == ("completed", "no_charge")


@pytest.mark.parametrize("amount", [300, 301, 10**9])
def test_an_amount_only_falls(shop, amount):
    asked = dispute(shop, shop.due(total=300))
    answer = theirs(shop, asked["id"], "accept", amount=amount)
    assert (answer.status_code, answer.json["code"]) == (422, "amount-increase")
    assert answer.json["errors"][0]["pointer"] == "/amount"
    assert seen_by_me(shop, asked["order_id"])["dispute"]["status"] == "open"


def test_a_settled_one_is_settled(shop):
    asked = dispute(shop, shop.due())
    theirs(shop, asked["id"], "accept", amount=1)
    for answer in (
        theirs(shop, asked["id"], "accept", amount=0),
        theirs(shop, asked["id"], "responses", text="x"),
        mine(shop, asked, "withdraw"),
        mine(shop, asked, "to-the-desk"),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "dispute-settled")


def test_another_s_dispute_is_not_there(app, session, shop):
    asked, rival = dispute(shop, shop.due()), Shop(app, session)
    assert rival.partner.get(f"/partner/v1/disputes/{asked['id']}").status_code == 404
    assert theirs(rival, asked["id"], "accept", amount=0).status_code == 404
    assert mine(rival, asked, "withdraw").status_code == 404
    other = dispute(rival, rival.due())
    crossed = shop.mine(asked["order_id"], f"disputes/{other['id']}/withdraw")
    assert crossed.status_code == 404
    assert [row["id"] for row in rival.partner.get("/partner/v1/disputes").json["data"]] == [other["id"]]


def test_the_list_is_filtered_and_paged(app, session, shop):
    settled = dispute(shop, shop.due())
    theirs(shop, settled["id"], "accept", amount=0)
    open_ = dispute(shop, shop.due())
    path = "/partner/v1/disputes"
    assert [row["id"] for row in shop.partner.get(f"{path}?status=open").json["data"]] == [open_["id"]]
    mine_ = shop.partner.get(f"{path}?order_id={settled['order_id']}").json["data"]
    assert [row["id"] for row in mine_] == [settled["id"]]
    first = shop.partner.get(f"{path}?limit=1").json
    rest = shop.partner.get(f"{path}?limit=1&cursor={first['next_cursor']}").json
    assert [first["data"][0]["id"], rest["data"][0]["id"]] == [open_["id"], settled["id"]]
    assert shop.partner.get(f"{path}?status=lost").status_code == 422


def test_who_leaves_takes_a_settled_dispute_along_and_an_open_one_goes_with_its_order(shop, session, at):
    closed, running = shop.due(), shop.running("standard")
    theirs(shop, dispute(shop, closed)["id"], "accept", amount=0)
    asked = dispute(shop, running, "service")
    assert shop.me.delete("/citizen/v1/enrolment", json={}).status_code in (200, 204)
    session.expire_all()
    assert session.scalars(select(OrderDisputeRow.id)).all() == [asked["id"]]
    assert theirs(shop, asked["id"], "accept", amount=0).status_code == 200
    at(days=2)
    run_timers(session, shop.kit.clock())
    assert session.execute(text("select count(*) from order_disputes")).scalar() == 0

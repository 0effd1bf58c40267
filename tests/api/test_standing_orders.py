"""Orders without a confirmation: the citizen agreed beforehand, up to caps; all else awaits them as any order does."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.offer import Standing
from app.services import consents
from app.store.order_rows import OrderRow, OrderTransition
from app.store.outbox import Message
from tests.support.callers import TestCaller
from tests.support.shop import BIKE, LIBRARY, Shop
from tests.support.standing import agree, publish, start

MOST = Standing(per_order_fen=10_000, per_day_fen=20_000)


@pytest.fixture
def shop(app, session, many_at_once) -> Shop:
    return Shop(app, session)


@pytest.fixture
def many_at_once(monkeypatch) -> None:
    """The bike's offer lets several run at once, up to the caps of MOST."""
    publish(monkeypatch, MOST)


def test_within_the_caps_it_runs_at_once_on_credit_and_the_citizen_is_told(shop, session):
    order = start(shop, agree(shop)).json
    assert (order["status"], order["path"]) == ("active", "credit")
    (step,) = session.scalars(select(OrderTransition).where(OrderTransition.order_id == order["id"])).all()
    assert (step.before, step.after, step.event, step.reason_code) == (None, "active", "order.confirmed", "standing")
    told = [message.data["kind"] for message in session.scalars(select(Message)) if "kind" in message.data]
    assert "order.started" in told
    mine = shop.me.get(f"/citizen/v1/orders/{order['id']}").json
    assert mine["decision_id"]


def test_it_can_be_given_up_before_it_starts_and_gives_the_day_back(shop):
    consent_id = agree(shop)
    order = start(shop, consent_id).json
    assert shop.mine(order["id"], "cancel").json["status"] == "canceled"
    assert start(shop, consent_id).json["status"] == "active"
    assert start(shop, consent_id).json["status"] == "pending_confirmation"


def test_what_its_partner_gives_up_stays_of_the_day(shop):
    consent_id = agree(shop)
    order = start(shop, consent_id).json
    assert shop.theirs(order["id"], "cancel", reason_code="not_available").status_code == 200
    assert start(shop, consent_id).json["status"] == "pending_confirmation"


def test_after_one_that_did_not_start_the_others_of_the_day_await_the_citizen_too(shop, at):
    consent_id = agree(shop)
    waiting = start(shop, consent_id, 5_001).json["id"]
    assert shop.theirs(waiting, "cancel", reason_code="not_available").status_code == 200
    assert start(shop, consent_id, 100).json["status"] == "pending_confirmation"
    at(hours=12)
    assert start(shop, consent_id, 100).json["status"] == "active"


@pytest.mark.parametrize("amount", [5_001, 10_000])
def test_above_the_cap_of_an_order_it_awaits_the_citizen(shop, amount):
    assert start(shop, agree(shop), amount).json["status"] == "pending_confirmation"


def test_the_cap_of_a_day_is_of_the_day_in_shanghai(shop, at):
    consent_id = agree(shop)  # the clock stands at noon in Shanghai
    assert [start(shop, consent_id, amount).json["status"] for amount in (4_500, 3_000)] == ["active", "active"]
    at(hours=11, minutes=59)
    assert start(shop, consent_id, 1).json["status"] == "pending_confirmation"
    at(minutes=1)
    assert start(shop, consent_id, 5_000).json["status"] == "active"


def test_what_the_citizen_confirms_is_not_of_the_day(shop):
    consent_id = agree(shop)
    waiting = start(shop, consent_id, 6_000).json["id"]
    assert shop.mine(waiting, "confirm", path="credit").status_code == 200
    assert start(shop, consent_id, 5_000).json["status"] == "active"


def test_the_offer_s_own_caps_bound_those_that_were_agreed(shop, monkeypatch):
    consent_id = agree(shop, 20_000, 40_000)
    assert start(shop, consent_id, 10_000).json["status"] == "active"
    publish(monkeypatch, Standing(5_000, 40_000))
    assert start(shop, consent_id, 5_001).json["status"] == "pending_confirmation"
    publish(monkeypatch, None)
    assert start(shop, consent_id, 1).json["status"] == "pending_confirmation"


def test_no_more_run_at_once_than_the_scenario_allows(shop):
    consent_id = agree(shop, 100, 10_000)
    states = [start(shop, consent_id, 100).json["status"] for _ in range(10)]
    assert Counter(states) == {"active": 9, "pending_confirmation": 1}


def test_without_the_word_for_it_the_order_awaits_the_citizen(shop):
    order = shop.opened(consent_id=agree(shop), amount=5_000)
    assert order["status"] == "pending_confirmation"


def test_the_same_number_is_the_same_order(shop):
    consent_id = agree(shop)
    first = start(shop, consent_id, external_order_no="S-1", service_end_by=None)
    assert first.status_code == 422
    body = shop.wish(consent_id=consent_id, confirmation="standing", amount=5_000, external_order_no="S-2")
    made, again = (shop.partner.post("/partner/v1/orders", json=body) for _ in range(2))
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json["id"] == again.json["id"]
    other = shop.partner.post("/partner/v1/orders", json=body | {"confirmation": "citizen"})
    assert other.json["code"] == "external-order-conflict"


def test_a_consent_to_ask_starts_nothing(shop):
    plain = consents.grant(
        shop.session, shop.kit.pii, citizen_id=shop.citizen_id, partner_id=shop.partner_id, now=shop.kit.clock(),
        scope=f"eligibility:{BIKE}", term_days=30, grant_id="grt_2",
    )  # fmt: skip
    shop.session.commit()
    answer = start(shop, plain.consent_id)
    assert (answer.status_code, answer.json["code"]) == (422, "other-purpose")
    assert answer.json["errors"][0]["pointer"] == "/confirmation"


def test_another_scenario_an_ended_one_and_no_consent_are_refused(shop, session):
    consent_id = agree(shop)
    assert start(shop, consent_id, scenario=LIBRARY).json["code"] == "other-scenario"
    scan = shop.partner.post("/partner/v1/orders", json=shop.wish(confirmation="standing"))
    assert (scan.status_code, scan.json["errors"][0]["pointer"]) == (422, "/confirmation")
    order = start(shop, consent_id).json
    consents.end(session, shop.citizen_id, consent_id, shop.kit.clock())
    session.commit()
    assert start(shop, consent_id).json["code"] == "consent-not-found"
    assert shop.theirs(order["id"], "complete", total=0).json["status"] == "completed"


def test_its_citizen_sees_the_caps_and_what_the_day_has_used(shop):
    consent_id = agree(shop)
    start(shop, consent_id, 4_000)
    (seen,) = shop.me.get("/citizen/v1/consents").json["data"]
    assert seen["caps"] == {"per_order_fen": 5_000, "per_day_fen": 7_500, "today_fen": 4_000}
    assert (seen["scenario"], seen["purpose"], seen["shows_score"]) == (BIKE, "orders", False)
    assert shop.me.post(f"/citizen/v1/consents/{consent_id}/end", json={}).json["status"] == "ended"


def test_parallel_orders_never_exceed_the_day(real_app, real_db, many_at_once):
    with Session(real_db, expire_on_commit=False) as session:
        shop = Shop(real_app, session)
        consent_id = agree(shop, 4_000, 10_000)
        usual = {"consent_id": consent_id, "confirmation": "standing", "amount": 4_000}
        wishes = [shop.wish(**usual) for _ in range(8)]
        one, barrier = shop.partner, Barrier(8)

        def ask(wish) -> str:
            client = real_app.test_client()
            caller = TestCaller(client, one.kit, one.token, one.key, one.client_id, one.grant_id)
            barrier.wait()
            return caller.post("/partner/v1/orders", json=wish).json["status"]

        with ThreadPoolExecutor(8) as pool:
            states = Counter(pool.map(ask, wishes))
        assert states == {"active": 2, "pending_confirmation": 6}
        started = session.scalars(select(OrderRow.amount).where(OrderRow.standing_on.is_not(None))).all()
        assert sum(started) == 8_000

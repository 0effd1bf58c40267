"""The sandbox's clock: what falls due on the way happens at its own moment, to test citizens and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.store.order_disputes import OrderDisputeRow, at_the_desk
from app.store.records import RecordRow
from tests.support.sandbox import BIKE, ROOM, Sandbox
from tests.support.shop import Shop


@pytest.fixture
def box(app: Flask, session: Session) -> Sandbox:
    return Sandbox(app, session)


def test_a_dispute_stops_the_clocks_until_it_is_taken_back(box: Sandbox) -> None:
    order_id = box.due()
    assert box.simulate(order_id, "dispute").json["dispute"]["status"] == "open"
    box.advance(days=30)
    assert box.seen(order_id)["status"] == "payment_due"
    assert box.simulate(order_id, "withdraw-dispute").json["dispute"]["status"] == "resolved"
    box.advance(days=4)
    assert box.seen(order_id)["status"] == "overdue"


def test_a_dispute_goes_to_the_office_in_the_sandboxs_time(box: Sandbox, session: Session) -> None:
    box.simulate(box.due(), "dispute")
    box.advance(days=30)
    Worker(box.kit).work()
    assert session.scalars(select(OrderDisputeRow.escalated_at)).one() is not None
    assert not at_the_desk(session, after=None, limit=20), "its people have real ones to read"


def test_a_test_citizens_kept_promise_is_no_record(box: Sandbox, session: Session) -> None:
    order_id = box.due()
    box.simulate(order_id, "pay")
    box.advance(days=60)
    Worker(box.kit).work()
    assert "record" not in box.seen(order_id)
    assert not session.scalars(select(RecordRow.id)).all()


def test_each_timer_rings_at_its_own_moment(box: Sandbox) -> None:
    """Service end, silence: one advance over both, and each step bears its own time."""
    order_id, start = box.running(), box.now()
    assert box.advance(days=40)["timers_rung"] == 2
    order = box.seen(order_id)
    assert (order["status"], order["outcome"]) == ("completed", "no_charge")
    steps = box.partner.get(f"/partner/v1/orders/{order_id}/transitions").json["data"]
    days = [(step["event"], step["at"]) for step in steps[-2:]]
    ends = [start + timedelta(days=1), start + timedelta(days=31)]
    assert days == [("order.end_passed", ends[0].isoformat()), ("order.completed", ends[1].isoformat())]


def test_an_unpaid_bill_goes_overdue_is_collected_and_pauses_meanwhile(box: Sandbox) -> None:
    order_id = box.due()
    box.simulate(order_id, "fail-collection")
    box.advance(days=3, minutes=1)
    assert box.seen(order_id)["status"] == "overdue"
    box.advance(days=30)
    assert box.seen(order_id)["status"] == "completed"


def test_credit_pauses_by_the_sandboxs_time(box: Sandbox) -> None:
    citizen = box.citizen(consent=True)
    order = box.order(consent_id=citizen["consent_id"])
    box.simulate(order["id"], "confirm")
    bill = {"total": 300, "items": [{"name": "骑行", "amount": 300}]}
    box.partner.post(f"/partner/v1/orders/{order['id']}/complete", json=bill)
    asked = {"scenario": BIKE, "consent_id": citizen["consent_id"]}
    paths = []
    for days in (1, 2.1):
        box.advance(days=days)
        paths.append(box.partner.post("/partner/v1/eligibility-checks", json=asked).json["path"])
    assert paths == ["credit", "standard"]


def test_an_order_made_later_lives_in_the_sandboxs_time(box: Sandbox) -> None:
    box.advance(days=100)
    there = box.now()
    order = box.order()
    assert order["created_at"] == there.isoformat()
    assert order["confirm_by"] == (there + timedelta(minutes=15)).isoformat()
    assert box.simulate(order["id"], "confirm").json["status"] == "active"


def test_time_goes_on_by_itself_between_advances(box: Sandbox, at: Callable[..., object]) -> None:
    """What the advance left to come comes by the worker, at its moment."""
    box.advance(days=10)
    order_id = box.order()["id"]
    at(minutes=16)
    Worker(box.kit).work()
    assert box.seen(order_id)["status"] == "expired"


def test_scans_and_consents_end_in_the_sandboxs_time(box: Sandbox) -> None:
    citizen, (_, scan) = box.citizen(consent=True), box.checked()
    box.advance(minutes=16)
    late = box.partner.post("/partner/v1/orders", json=box.wish(consent_id="x") | {"scan_id": scan, "consent_id": "x"})
    assert late.status_code == 422
    body = {name: value for name, value in box.wish(consent_id="x").items() if name != "consent_id"}
    assert box.partner.post("/partner/v1/orders", json=body | {"scan_id": scan}).json["code"] == "scan-not-valid"
    box.advance(days=365)
    asked = {"scenario": BIKE, "consent_id": citizen["consent_id"]}
    assert box.partner.post("/partner/v1/eligibility-checks", json=asked).status_code == 404


def test_the_orders_of_people_are_not_moved(app: Flask, session: Session) -> None:
    shop = Shop(app, session)
    order_id = shop.running()
    before = shop.seen(order_id)
    Sandbox(app, session, partner_id=shop.partner_id).advance(days=200)
    assert shop.seen(order_id) == before


def test_one_partners_clock_is_not_anothers(box: Sandbox, app: Flask, session: Session) -> None:
    other = Sandbox(app, session)
    order_id = other.order()["id"]
    box.advance(days=9)
    assert other.seen(order_id)["status"] == "pending_confirmation"
    assert other.now() == box.kit.clock()


def test_the_clock_goes_forwards_within_bounds(box: Sandbox) -> None:
    for seconds in (0, -1, 366 * 86_400 + 1, "60", 1.5, True, None):
        answer = box.post("clock/advance", seconds=seconds)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/seconds"), seconds
    for _ in range(3):
        box.advance(days=366)
    far = box.post("clock/advance", seconds=1)
    assert (far.status_code, far.json["code"]) == (422, "sandbox-clock-too-far")


def test_a_reset_leaves_nothing_in_the_future(box: Sandbox, session: Session) -> None:
    box.due(), box.citizen()
    box.advance(days=30)
    answer = box.post("clock/reset").json
    assert (answer["removed"], answer["offset_seconds"]) == (2, 0)
    assert box.partner.get(f"{ROOM}/citizens").json["data"] == []
    assert box.partner.get("/partner/v1/orders").json["data"] == []

"""The sandbox: test citizens with chosen outcomes, who act as told, in a time that the partner moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.services import sandbox_citizens
from app.store import sandbox as store
from app.store.access_log import AccessLogRow
from app.store.order_disputes import OrderDisputeRow
from app.store.order_rows import OrderRow
from app.store.records import RecordRow
from tests.support.callers import as_partner
from tests.support.people import make_citizen
from tests.support.sandbox import BIKE, ROOM, Sandbox
from tests.support.shop import Shop


@pytest.fixture
def box(app: Flask, session: Session) -> Sandbox:
    return Sandbox(app, session)


@pytest.mark.parametrize("outcome", ["credit", "standard"])
def test_a_test_citizen_has_the_outcome_that_was_chosen(box: Sandbox, outcome: str) -> None:
    check, _ = box.checked(outcome=outcome)
    assert (check["path"], check["livemode"]) == (outcome, False)


@pytest.mark.parametrize("outcome", ["credit", "standard"])
def test_a_test_citizen_comes_with_a_consent_where_one_is_wanted(box: Sandbox, outcome: str) -> None:
    citizen = box.citizen(outcome=outcome, consent=True)
    asked = {"scenario": BIKE, "consent_id": citizen["consent_id"]}
    for _ in range(2):
        answer = box.partner.post("/partner/v1/eligibility-checks", json=asked)
        assert (answer.json["path"], answer.json["citizen_ref"]) == (outcome, citizen["citizen_ref"])


def test_every_offer_that_is_in_force_can_be_tried_with_both_outcomes(box: Sandbox, session: Session) -> None:
    """Whatever a plug-in waits for, a test citizen can have it; or the answer says that nobody has it today."""
    offers = [offer for offer in box.kit.registry.offers() if offer.in_force(box.kit.clock().date())]
    shop = Sandbox(box.app, session, scenarios=tuple(offer.code for offer in offers))
    maker = sandbox_citizens.Maker(shop.kit.registry, shop.kit.packs, shop.kit.pii, shop.kit.clock())
    for offer in offers:
        for outcome in ("credit", "standard"):
            made = sandbox_citizens.create(session, maker, shop.partner_id, scenario=offer.code, outcome=outcome)
            sandbox_citizens.remove(session, [made.citizen], maker.now)


def test_test_citizens_are_listed_and_give_further_codes(box: Sandbox) -> None:
    made = [box.citizen() for _ in range(3)]
    listed = box.partner.get(f"{ROOM}/citizens?limit=2").json
    assert [row["id"] for row in listed["data"]] == [made[2]["id"], made[1]["id"]]
    assert listed["has_more"]
    one = box.partner.get(f"{ROOM}/citizens/{made[0]['id']}").json
    assert one == {name: made[0][name] for name in one}
    code = box.post(f"citizens/{made[0]['id']}/codes").json["code"]
    scan = box.partner.post("/partner/v1/card-scans", json={"code": code}).json
    assert scan["citizen_ref"] == made[0]["citizen_ref"]


def test_they_are_bounded_in_number(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_citizens, "MOST", 2)
    box.citizen(), box.citizen()
    full = box.post("citizens", scenario=BIKE)
    assert (full.status_code, full.json["code"]) == (409, "sandbox-citizens-full")


def test_the_order_runs_as_with_a_person(box: Sandbox) -> None:
    order_id = box.due(300)
    paid = box.simulate(order_id, "pay").json
    assert (paid["status"], paid["outcome"], paid["collection"]["amount_paid"]) == ("completed", "paid", 300)
    assert paid["collection"]["reference"].startswith("sandbox-")


@pytest.mark.parametrize(
    ("action", "status"),
    [("confirm", "active"), ("confirm-standard", "active"), ("decline", "declined"), ("cancel", "canceled")],
)
def test_a_test_citizen_answers_as_told(box: Sandbox, action: str, status: str) -> None:
    answer = box.simulate(box.order()["id"], action)
    assert answer.json["status"] == status
    assert answer.json.get("path") == {"confirm": "credit", "confirm-standard": "standard"}.get(action)


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


def test_an_extension_is_agreed_to_as_told(box: Sandbox) -> None:
    order_id, later = box.running(), (box.now() + timedelta(days=2)).isoformat()
    proposed = box.partner.post(f"/partner/v1/orders/{order_id}/extend", json={"service_end_by": later})
    assert proposed.status_code == 200, proposed.text
    assert box.simulate(order_id, "agree-extension").json["service_end_by"] == later


def test_a_test_citizens_kept_promise_is_no_record(box: Sandbox, session: Session) -> None:
    order_id = box.due()
    box.simulate(order_id, "pay")
    box.advance(days=60)
    Worker(box.kit).work()
    assert "record" not in box.seen(order_id)
    assert not session.scalars(select(RecordRow.id)).all()


def test_what_the_table_refuses_to_a_person_it_refuses_here(box: Sandbox) -> None:
    answer = box.simulate(box.order()["id"], "pay")
    assert (answer.status_code, answer.json["code"]) == (409, "state-conflict")


def test_a_person_is_never_simulated(app: Flask, session: Session) -> None:
    shop = Shop(app, session)
    order_id = shop.opened()["id"]
    answer = Sandbox(app, session, partner_id=shop.partner_id).simulate(order_id, "confirm")
    assert (answer.status_code, answer.json["code"]) == (409, "sandbox-order-of-a-person")
    assert shop.seen(order_id)["status"] == "pending_confirmation"


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


def test_a_removed_test_citizen_leaves_nothing(box: Sandbox, session: Session) -> None:
    order_id, citizen = box.due(), box.partner.get(f"{ROOM}/citizens").json["data"][0]
    assert box.partner.delete(f"{ROOM}/citizens/{citizen['id']}").status_code == 204
    assert box.partner.get(f"/partner/v1/orders/{order_id}").status_code == 404
    assert box.partner.delete(f"{ROOM}/citizens/{citizen['id']}").status_code == 404
    assert not session.scalars(select(OrderRow).where(OrderRow.partner_id == box.partner_id)).all()


def test_they_go_by_themselves_after_a_week(box: Sandbox, at: Callable[..., object]) -> None:
    citizen = box.citizen()
    at(days=7, minutes=1)
    Worker(box.kit).work()
    assert box.partner.get(f"{ROOM}/citizens/{citizen['id']}").status_code == 404


def test_another_partner_meets_a_404_and_changes_nothing(box: Sandbox, app: Flask, session: Session) -> None:
    citizen, other = box.citizen(), Sandbox(app, session)
    path = f"{ROOM}/citizens/{citizen['id']}"
    assert {
        other.partner.get(path).status_code,
        other.partner.delete(path).status_code,
        other.post(f"citizens/{citizen['id']}/codes").status_code,
        other.simulate(box.order()["id"], "confirm").status_code,
    } == {404}
    assert box.partner.get(path).status_code == 200


def test_only_the_scope_opens_the_sandbox(box: Sandbox, app: Flask, session: Session) -> None:
    narrow = as_partner(app, session, box.partner_id, scopes=["partner", "orders"])
    assert narrow.get(f"{ROOM}/clock").json["code"] == "insufficient-scope"


def test_bad_input_is_refused_by_name(box: Sandbox) -> None:
    for body, pointer in (
        ({}, "/scenario"),
        ({"scenario": BIKE, "outcome": "platinum"}, "/outcome"),
        ({"scenario": BIKE, "consent": "yes please"}, "/consent"),
        ({"scenario": BIKE, "name": "张三"}, "/name"),
        ({"scenario": 1}, "/scenario"),
    ):
        answer = box.partner.post(f"{ROOM}/citizens", json=body)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer), answer.text
    elsewhere = box.post("citizens", scenario="xm-library-loans")
    assert (elsewhere.status_code, elsewhere.json["code"]) == (403, "scenario-not-open")
    assert box.simulate(box.order()["id"], "explode").json["errors"][0]["pointer"] == "/action"


def test_a_look_at_a_test_citizen_is_logged_like_any(box: Sandbox, session: Session) -> None:
    box.due()
    citizen = next(iter(store.of_partner(session, box.partner_id)))
    rows = session.scalars(select(AccessLogRow.action).where(AccessLogRow.citizen_id == citizen)).all()
    assert {"check", "order.create", "order.read", "order.complete"} <= set(rows)


def test_the_same_key_makes_one_test_citizen(box: Sandbox) -> None:
    partner, key = box.partner, {"Idempotency-Key": "one"}
    answers = [partner.post(f"{ROOM}/citizens", json={"scenario": BIKE}, headers=key) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(partner.get(f"{ROOM}/citizens").json["data"]) == 1


def test_it_is_made_of_no_data_of_anyone(box: Sandbox, session: Session, app: Flask) -> None:
    make_citizen(session, box.kit.pii, box.kit.clock())
    box.citizen()
    citizen = session.get(store.Citizen, next(iter(store.of_partner(session, box.partner_id))))
    assert citizen is not None
    assert (citizen.sealed_name, citizen.sealed_id_number, citizen.adult, citizen.city) == (None, None, None, "sandbox")

"""The sandbox: test citizens with chosen outcomes, who act as told, in a time that the partner moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.services import orders, sandbox_citizens
from app.store import sandbox as store
from app.store.access_log import AccessLogRow
from app.store.order_rows import OrderRow
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


def test_an_extension_is_agreed_to_as_told(box: Sandbox) -> None:
    order_id, later = box.running(), (box.now() + timedelta(days=2)).isoformat()
    proposed = box.partner.post(f"/partner/v1/orders/{order_id}/extend", json={"service_end_by": later})
    assert proposed.status_code == 200, proposed.text
    assert box.simulate(order_id, "agree-extension").json["service_end_by"] == later


def test_what_the_table_refuses_to_a_person_it_refuses_here(box: Sandbox) -> None:
    answer = box.simulate(box.order()["id"], "pay")
    assert (answer.status_code, answer.json["code"]) == (409, "state-conflict")


def test_a_person_is_never_simulated(app: Flask, session: Session) -> None:
    shop = Shop(app, session)
    order_id = shop.opened()["id"]
    answer = Sandbox(app, session, partner_id=shop.partner_id).simulate(order_id, "confirm")
    assert (answer.status_code, answer.json["code"]) == (409, "sandbox-order-of-a-person")
    assert shop.seen(order_id)["status"] == "pending_confirmation"


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


def test_a_test_citizen_agrees_to_whatever_a_person_may(app: Flask, session: Session) -> None:
    """To be asked again, to have the score read, and, where the offer lets it, to orders that start by themselves."""
    standing = next(offer.code for offer in Sandbox(app, session).kit.registry.offers() if offer.limits.standing)
    box = Sandbox(app, session, scenarios=(standing, BIKE))
    citizen = box.citizen(scenario=standing)
    path = f"citizens/{citizen['id']}/consents"
    agreed = {
        scope: box.post(path, scope=scope) for scope in ("score:read", f"eligibility:{standing}", f"orders:{standing}")
    }
    assert {answer.status_code for answer in agreed.values()} == {201}
    assert box.partner.get(f"/partner/v1/citizens/{citizen['citizen_ref']}/score").status_code == 200
    wish = {"scenario": standing, "consent_id": agreed[f"orders:{standing}"].json["consent_id"], "amount": 1}
    order = box.order(**wish, confirmation="standing")
    assert order["status"] == "active"


def test_a_scope_that_nobody_could_agree_to_is_refused_by_name(box: Sandbox) -> None:
    path = f"citizens/{box.citizen()['id']}/consents"
    for scope, status in (
        ("everything", 422),
        (f"orders:{BIKE}x", 403),
        ("eligibility:xm-library-loans", 403),
        (1, 422),
    ):
        answer = box.post(path, scope=scope)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (status, "/scope"), answer.text


def test_a_sandbox_has_orders_for_a_test_and_not_for_a_flood(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock moves all of them in one request, which other partners' requests would wait for."""
    monkeypatch.setattr(orders, "SANDBOX_MOST", 2)
    mine, another = Sandbox(app, session), Sandbox(app, session)
    for _ in range(2):
        mine.order()
    full = mine.partner.post("/partner/v1/orders", json=mine.wish())
    assert (full.status_code, full.json["code"]) == (409, "sandbox-orders-full")
    assert another.order()["livemode"] is False
    assert mine.post("clock/reset").json["removed"] == 3
    assert mine.order()["livemode"] is False

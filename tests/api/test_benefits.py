"""Every kind of benefit as it is told, and the orders that follow from it: for each scenario that is offered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import scenarios
from tests.support.callers import TestCaller, as_citizen
from tests.support.checks import World, citizen_of

OFFERS = {offer.code: offer for offer in scenarios.load().offers()}
CNY = {"currency": "CNY"}

TOLD = {
    "hz-library-card": {"kind": "deposit_waiver", "amount": 10_000, **CNY},
    "hz-office-equipment": {
        "kind": "deposit_waiver",
        "amount": 1_000_000,
        "unit": "sets",
        "each_from": 80_000,
        "each_to": 100_000,
        **CNY,
    },
    "hz-public-housing": {
        "kind": "deposit_reduction",
        "amount": 150_000,
        "ordinary_amount": 300_000,
        "percent": 50,
        **CNY,
    },
    "nb-medical-pay": {"kind": "pay_later", "amount": 100_000, "days": 30, **CNY},
    "zj-library-loans": {
        "kind": "quota",
        "unit": "books",
        "ordinary_count": 12,
        "count": 20,
        "ordinary_days": 45,
        "days": 60,
    },
    "sz-bike-time": {"kind": "term", "unit": "minutes", "ordinary_length": 60, "length": 120},
    "zj-library-late-fee": {"kind": "fee", "ordinary_amount": 10, "amount": 0, **CNY},
    "hz-broadband-offer": {"kind": "price", "from_percent": 50, "to_percent": 70},
    "hz-campus-fitness": {"kind": "review_skip", "ordinary_from_days": 3, "ordinary_days": 5, "days": 1},
    "zs-parking-space": {"kind": "reservation", "unit": "spaces", "count": 1, "ahead_days": 1},
}


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


@pytest.mark.parametrize("code", TOLD)
def test_a_benefit_is_told_in_numbers_with_their_units(world: World, code: str) -> None:
    offer = world.partner().get(f"/partner/v1/scenarios/{code}").json
    assert offer["benefit"] == TOLD[code]


def test_a_rule_tells_its_group_whose_score_it_reads_and_what_it_needs(world: World) -> None:
    partner = world.partner()
    housing = partner.get("/partner/v1/scenarios/hz-public-housing").json
    assert (housing["group"], housing["subject"]) == ("rent", "household_member")
    assert [each["needed"] for each in housing["conditions"]] == [True, True]
    card = partner.get("/partner/v1/scenarios/hz-library-card").json
    assert (card["group"], card["subject"]) == ("read", "own")
    assert [each["needed"] for each in card["conditions"]] == [False]


def test_limits_tell_a_days_places_and_caps_where_there_are_any(world: World) -> None:
    partner = world.partner()
    assert partner.get("/partner/v1/scenarios/zs-tour-lane").json["limits"]["daily"] == 200
    ride = partner.get("/partner/v1/scenarios/hz-transit-ride").json["limits"]
    assert ride["standing"] == {"per_order": 2_000, "per_day": 4_000, **CNY}
    assert not {"daily", "standing"} & set(partner.get("/partner/v1/scenarios/hz-library-card").json["limits"])


@pytest.mark.parametrize("code", [code for code, offer in OFFERS.items() if offer.order_kind])
def test_a_benefit_that_is_settled_opens_an_order_of_its_kind(world: World, code: str) -> None:
    offer, partner = OFFERS[code], world.partner(code)
    citizen = citizen_of(world, offer, 990)
    amount = {"amount": offer.limits.amount_fen} if offer.limits.amount_fen else {}
    opened = _open(world, partner, citizen, code, **amount)
    assert opened.status_code == 201, opened.text
    order: dict[str, Any] = opened.json or {}
    assert (order["kind"], order["amount"]) == (offer.order_kind, offer.limits.amount_fen)
    taken = as_citizen(world.app, world.session, citizen).post(
        f"/citizen/v1/orders/{order['id']}/confirm", json={"path": "credit"}
    )
    assert taken.status_code == 200, taken.text
    assert (taken.json["status"], taken.json["path"]) == ("active", "credit")


@pytest.mark.parametrize("code", [code for code, offer in OFFERS.items() if not offer.order_kind])
def test_a_benefit_with_nothing_to_settle_opens_none(world: World, code: str) -> None:
    opened = _open(world, world.partner(code), citizen_of(world, OFFERS[code], 990), code, amount=100)
    assert opened.status_code in (409, 422)
    assert "/scenario" in opened.text


def _open(world: World, partner: TestCaller, citizen: str, code: str, **amount: int) -> TestResponse:
    scan_id = world.scan(partner, citizen)["id"]
    checked = partner.post("/partner/v1/eligibility-checks", json={"scenario": code, "scan_id": scan_id}).json
    assert checked["path"] == "credit"
    end = world.kit.clock() + timedelta(hours=2)
    body = {
        "external_order_no": f"B-{code}",
        "scenario": code,
        "title": OFFERS[code].name.zh,
        "scan_id": scan_id,
        "service_end_by": end.isoformat(),
        **amount,
    }
    return partner.post("/partner/v1/orders", json=body)

"""Guardrail 2: in a basic public service, score zero and no membership get the same service; payment alone differs."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import scenarios
from app.domain.offer import PAYMENT_ONLY
from tests.support.callers import as_citizen
from tests.support.checks import World, citizen_of, same_but_ids

BASIC = [offer.code for offer in scenarios.load().offers() if offer.basic_public_service]


def test_libraries_transport_and_treatment_are_flagged() -> None:
    flagged = {"hz-library-card", "hz-transit-ride", "zs-transit-ride", "hz-medical-pay", "hz-public-housing"}
    assert flagged <= set(BASIC)


@pytest.mark.parametrize("code", BASIC)
def test_the_service_is_the_same_for_everyone(app: Flask, session: Session, code: str) -> None:
    world, offer = World(app, session), scenarios.load().offer(code)
    best, zero = citizen_of(world, offer, 1000), citizen_of(world, offer, 0)
    stranger = world.person(offer.city)
    seen = [
        as_citizen(app, session, person).get(f"/citizen/v1/scenarios/{code}").json for person in (best, zero, stranger)
    ]
    assert len({scenario["service"] for scenario in seen}) == 1
    assert [scenario["path"] for scenario in seen] == ["credit", "standard", "standard"]
    assert isinstance(offer.benefit, PAYMENT_ONLY)
    partner = world.partner(code)
    assert same_but_ids(world.check(partner, zero, code)) == same_but_ids(world.check(partner, stranger, code))


def test_treatment_never_waits_for_a_score(app: Flask, session: Session) -> None:
    answer = World(app, session).partner().get("/partner/v1/scenarios/hz-medical-pay").json
    assert "诊疗不受影响" in answer["ordinary_path"]["text"]
    assert answer["ordinary_path"]["price"] == 0

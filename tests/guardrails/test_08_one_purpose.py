"""Guardrail 8: a consent is one partner, one scenario, one purpose, one term; reuse is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.offer import Standing
from tests.support.checks import World
from tests.support.shop import BIKE, LIBRARY, Shop
from tests.support.standing import agree, publish, start

CHECKS = "/partner/v1/eligibility-checks"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def test_for_one_scenario(world: World) -> None:
    partner = world.partner("hz-library-card", "hz-transit-ride")
    consent = world.consent(world.person("hangzhou", 900), partner, "eligibility:hz-library-card")
    asked = {"scenario": "hz-transit-ride", "consent_id": consent.consent_id}
    assert partner.post(CHECKS, json=asked).status_code == 404


def test_for_one_partner(world: World) -> None:
    given, other = world.partner("hz-library-card"), world.partner("hz-library-card")
    consent = world.consent(world.person("hangzhou", 900), given, "eligibility:hz-library-card")
    asked = {"scenario": "hz-library-card", "consent_id": consent.consent_id}
    assert other.post(CHECKS, json=asked).status_code == 404


def test_for_one_purpose(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 900)
    reading = world.consent(citizen, partner, "score:read")
    asking = world.consent(citizen, world.partner("hz-library-card"), "eligibility:hz-library-card")
    asked = {"scenario": "hz-library-card", "consent_id": reading.consent_id}
    assert partner.post(CHECKS, json=asked).status_code == 404
    assert partner.get(f"/partner/v1/citizens/{asking.citizen_ref}/score").status_code == 404


def test_for_one_term(world: World, at: Callable[..., object]) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 900)
    asking = world.consent(citizen, partner, "eligibility:hz-library-card", days=30)
    reading = world.consent(citizen, partner, "score:read", days=30)
    at(days=30)
    partner = world.again(partner)
    asked = {"scenario": "hz-library-card", "consent_id": asking.consent_id}
    assert partner.post(CHECKS, json=asked).status_code == 404
    assert partner.get(f"/partner/v1/citizens/{reading.citizen_ref}/score").status_code == 404


def test_to_start_orders_is_a_purpose_of_its_own(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers no check and reads no score; a consent to ask starts no order."""
    publish(monkeypatch, Standing(per_order_fen=10_000, per_day_fen=10_000))
    shop = Shop(app, session)
    consent_id = agree(shop)
    asked = {"scenario": BIKE, "consent_id": consent_id}
    assert shop.partner.post(CHECKS, json=asked).status_code == 404
    order = start(shop, consent_id).json
    assert shop.partner.get(f"/partner/v1/citizens/{order['citizen_ref']}/score").status_code == 404
    assert start(shop, consent_id, scenario=LIBRARY).status_code == 422
    rival = Shop(app, session)
    assert start(rival, consent_id).status_code == 404


def test_to_start_orders_is_for_one_term(
    app: Flask, session: Session, at: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, Standing(per_order_fen=10_000, per_day_fen=10_000))
    shop = Shop(app, session)
    consent_id = agree(shop)
    at(days=30)
    assert start(shop, consent_id).json["code"] == "consent-not-found"

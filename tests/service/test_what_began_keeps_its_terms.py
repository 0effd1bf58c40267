"""A new version of an offer changes nothing that has begun: orders, answers, consents keep what they began with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.benefit import DepositWaiver
from app.domain.calendar import day_of
from app.domain.offer import Limits, Offer
from app.domain.offer_file import offer_text
from app.store import consents
from app.store.offers import VERSIONS
from app.store.versions import SCHEDULED
from app.web.kit import Kit
from tests.support.checks import World
from tests.support.shop import BIKE, Shop, bill


def in_force(session: Session, kit: Kit, offer: Offer, day: date) -> None:
    """Let a version be in force from `day` on, as if it had gone its road."""
    named: dict[str, Any] = {"code": offer.code, "version": offer.version, "city": offer.city, "cities": [offer.city]}
    said: dict[str, Any] = {"text": offer_text(offer), "sha256": "0", "proposed_by": "opr", "now": kit.clock()}
    VERSIONS.add(session, VERSIONS.values(**said, status=SCHEDULED, effective_on=day, **named))
    session.commit()


@pytest.fixture
def stricter(kit: Kit) -> Offer:
    """From more points than anyone has, for less money, and ending at once."""
    now: Offer = kit.registry.offer(BIKE)
    limits: Limits = replace(now.limits, amount_fen=100)
    benefit = DepositWaiver(amount_fen=100)
    return replace(now, version=2, threshold=1000, limits=limits, benefit=benefit)


@pytest.fixture
def change(session: Session, kit: Kit, at: Callable[..., datetime], stricter: Offer) -> Callable[[], None]:
    """Let the stricter version be in force, in each process, from now on."""

    def take_effect() -> None:
        in_force(session, kit, stricter, day_of(kit.clock()))
        at(minutes=2)
        assert kit.registry.offer(BIKE) == stricter

    return take_effect


def test_an_order_is_ended_by_the_terms_it_began_with(
    app: Flask, session: Session, change: Callable[[], None], stricter: Offer
) -> None:
    shop = Shop(app, session)
    order = shop.running()
    cap = shop.seen(order)["amount"]
    assert cap > stricter.limits.amount_fen
    change()
    assert shop.seen(order)["amount"] == cap
    done = shop.theirs(order, "complete", **bill(cap))
    assert (done.status_code, done.json["status"]) == (200, "payment_due"), done.json


def test_an_answer_that_was_given_is_read_as_it_was_given_and_a_new_one_is_by_the_new_rule(
    app: Flask, session: Session, change: Callable[[], None]
) -> None:
    world = World(app, session)
    partner, me = world.partner(BIKE), world.person("xiamen", 700)
    given = world.check(partner, me, BIKE).json
    assert given["path"] == "credit"
    change()
    partner = world.again(partner)
    read = partner.get(f"/partner/v1/eligibility-checks/{given['id']}").json
    assert (read["path"], read["benefit"], read["valid_until"]) == ("credit", given["benefit"], given["valid_until"])
    assert world.check(partner, me, BIKE).json["path"] == "standard"


def test_an_order_that_waits_for_its_citizen_keeps_what_they_are_asked_to_confirm(
    app: Flask, session: Session, change: Callable[[], None]
) -> None:
    """Which way it goes is decided when they confirm, by the rule of that moment; the ordinary way is always there."""
    shop = Shop(app, session)
    asked = shop.opened()
    change()
    seen = shop.seen(str(asked["id"]))
    assert (seen["amount"], seen["service_end_by"]) == (asked["amount"], asked["service_end_by"])
    assert shop.mine(str(asked["id"]), "confirm", path="standard").status_code == 200


def test_a_consent_keeps_its_partner_its_purpose_and_its_term(
    app: Flask, session: Session, change: Callable[[], None]
) -> None:
    world = World(app, session)
    partner, me = world.partner(BIKE), world.person("xiamen", 700)
    consent = world.consent(me, partner, f"eligibility:{BIKE}")
    change()
    kept = consents.of_citizen(session, me, consent.consent_id)
    assert kept is not None
    assert (kept.scope, kept.expires_at, kept.citizen_ref) == (consent.scope, consent.expires_at, consent.citizen_ref)

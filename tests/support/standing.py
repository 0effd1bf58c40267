"""A consent under which orders start without a confirmation, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.domain.consent import Caps
from app.domain.offer import Offer, Standing
from app.services import consents
from scenarios.registry import Registry
from tests.support.shop import BIKE, Shop


def publish(patch: pytest.MonkeyPatch, standing: Standing | None, scenario: str = BIKE) -> None:
    """Let the scenario's offer have these caps, and several orders running at once."""
    shipped = Registry.offer

    def offer(self: Registry, code: str) -> Offer:
        found = shipped(self, code)
        if code != scenario:
            return found
        return replace(found, limits=replace(found.limits, open_orders=9, standing=standing))

    patch.setattr(Registry, "offer", offer)


def agree(shop: Shop, per_order: int = 5_000, per_day: int = 7_500, scenario: str = BIKE) -> str:
    """The id of a standing consent of the shop's citizen with these caps, in fen."""
    consent = consents.grant(
        shop.session,
        shop.kit.pii,
        citizen_id=shop.citizen_id,
        partner_id=shop.partner_id,
        scope=f"orders:{scenario}",
        term_days=30,
        grant_id="grt_test",
        now=shop.kit.clock(),
        caps=Caps(per_order, per_day),
    )
    shop.session.commit()
    return consent.consent_id


def start(shop: Shop, consent_id: str, amount: int = 5_000, **changes: Any) -> TestResponse:
    """The partner asks for an order without a confirmation; it starts in an hour, so that it can be given up."""
    starts = (shop.kit.clock() + timedelta(hours=1)).isoformat()
    usual = {"consent_id": consent_id, "confirmation": "standing", "amount": amount, "start_at": starts}
    return shop.partner.post("/partner/v1/orders", json=shop.wish(**(usual | changes)))

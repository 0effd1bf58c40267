"""A suspension holds in every process from the moment it commits, and so does the end of it (5 seconds are allowed)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.config import Settings
from app.services.partner_events import tell
from app.store import webhook_deliveries
from tests.conftest import Clock
from tests.support.callers import TestCaller
from tests.support.office import OFFICE, both, operator
from tests.support.onboarding import Merchant, merchant
from tests.support.processes import started
from tests.support.shop import BIKE, Shop, bill

ALLOWED = 5
"""Seconds that a suspension may take."""
HOOK = {"url": "https://hooks.egret.example/xinyi", "event_types": ["*"]}


@dataclass
class Two:
    """A merchant that both processes know already, a citizen of it, and the desk, at which the first is asked."""

    shop: Merchant
    elsewhere: Merchant
    citizen: Shop
    desk: tuple[TestCaller, TestCaller]
    session: Session
    clock: Clock

    @property
    def both(self) -> tuple[Merchant, Merchant]:
        return self.shop, self.elsewhere

    def decide(self, what: str) -> None:
        """Two operators suspend or resume the partner in the first process; then the time that is allowed passes."""
        assert both(*self.desk, f"/partners/{self.shop.partner_id}/{what}", {"reason": "投诉"}).status_code == 200
        self.clock.advance(seconds=ALLOWED)
        self.session.rollback()


@pytest.fixture
def two(real_db: Engine, settings: Settings, clock: Clock) -> Iterator[Two]:
    here, there = (started(settings, real_db, clock) for _ in range(2))
    with Session(real_db, expire_on_commit=False) as session:
        shop = merchant(here, session, scenarios=[BIKE, "xm-library-loans"])
        elsewhere = replace(shop, app=there)
        assert [one.caller().get("/partner/v1/me").status_code for one in (shop, elsewhere)] == [200, 200]
        desk = tuple(operator(here, session, "office", serial=serial) for serial in (901, 902))
        yield Two(shop, elsewhere, Shop(here, session, partner_id=shop.partner_id), desk, session, clock)
    for app in (here, there):
        app.extensions["xinyi"].engine.dispose()


def codes(answers: list[Any]) -> list[tuple[int, str | None]]:
    return [(answer.status_code, (answer.json or {}).get("code")) for answer in answers]


def test_in_every_process_it_opens_nothing_new_and_serves_again_after(two: Two) -> None:
    callers = [one.caller() for one in two.both]
    wishes = [two.citizen.wish() for _ in callers]

    def ask() -> list[Any]:
        scans = [caller.post("/partner/v1/card-scans", json={"code": "nobody"}) for caller in callers]
        checks = [
            caller.post("/partner/v1/eligibility-checks", json={"scenario": BIKE, "consent_id": "cns_x"})
            for caller in callers
        ]
        orders = [caller.post("/partner/v1/orders", json=wish) for caller, wish in zip(callers, wishes, strict=True)]
        return [*scans, *checks, *orders]

    two.decide("suspend")
    seen = two.desk[0].get(f"{OFFICE}/partners/{two.shop.partner_id}").json
    assert (seen["status"], seen["suspended_reason"], "suspended_at" in seen) == ("suspended", "投诉", True)
    assert codes(ask()) == [(403, "partner-suspended")] * 2 + [(403, "scenario-not-open")] * 4
    two.decide("resume")
    assert codes(ask()) == [(409, "code-not-valid")] * 2 + [(404, "consent-not-found")] * 2 + [(201, None)] * 2


def test_its_new_tokens_are_for_settling_what_is_open_and_nothing_else(two: Two) -> None:
    two.decide("suspend")
    assert [one.tokens().json["scope"] for one in two.both] == ["partner orders"] * 2
    assert [one.tokens(scope="eligibility").json["error"] for one in two.both] == ["invalid_scope"] * 2
    assert two.elsewhere.caller().get("/partner/v1/me").json["status"] == "suspended"
    two.decide("resume")
    assert {"eligibility", "card_scans"} <= set(two.elsewhere.tokens().json["scope"].split())


def test_open_orders_are_completed_and_paid(two: Two) -> None:
    order = two.citizen.running()
    two.decide("suspend")
    there = two.elsewhere.caller()
    due = there.post(f"/partner/v1/orders/{order}/complete", json=bill(300))
    assert due.json["status"] == "payment_due"
    assert two.citizen.mine(order, "pay").status_code == 200
    assert two.citizen.seen(order)["status"] in ("payment_due", "completed")


def test_its_webhooks_wait_until_it_serves_again(two: Two) -> None:
    made = two.shop.caller().post("/partner/v1/webhook-endpoints", json=HOOK)
    assert made.status_code == 201, made.json
    two.decide("suspend")
    now = two.clock()
    about = {"status": "active", "citizen_ref": "ctz_x", "order_id": "ord_x"}
    tell(
        two.session, partner_id=two.shop.partner_id, livemode=False, type="order.confirmed", data=about,
        citizen_id=None, now=now, order_id="ord_x", sequence=1,
    )  # fmt: skip
    two.session.commit()

    def due() -> int:
        found = webhook_deliveries.claim(two.session, now, now, failing=False, seats=9, each=9, of_one=9, busy={})
        two.session.rollback()
        return len(found)

    assert due() == 0
    two.decide("resume")
    assert due() == 1


def test_a_revoked_key_is_dead_in_the_process_that_knew_it(two: Two) -> None:
    before, new = two.elsewhere.caller(), ECKey.generate_key("P-256")
    keys = "/partner/v1/keys"
    public = {name: value for name, value in new.as_dict(private=False).items() if name != "kid"}
    added = two.shop.caller().post(keys, json={"jwk": public}).json
    old = next(row for row in two.shop.caller(new).get(keys).json["data"] if row["id"] != added["id"])
    assert two.shop.caller(new).post(f"{keys}/{old['id']}/revoke").status_code == 200
    assert before.get("/partner/v1/me").status_code == 401
    assert two.elsewhere.tokens().json["error"] == "invalid_client"
    assert two.elsewhere.caller(new).get("/partner/v1/me").status_code == 200

"""What a partner is told of orders and consents: each step once, with its sequence, by ids and a status alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.domain.webhook import DATA, TYPES
from app.services import consents, partner_events
from app.services.cleaning import clean
from app.store.partner_events import PartnerEvent
from tests.support.callers import TestCaller, as_citizen
from tests.support.checks import World
from tests.support.documented import document_of
from tests.support.hooks import Hooks
from tests.support.receivers import receiver
from tests.support.shop import BIKE, Shop, bill

EVENTS = "/partner/v1/events"


@pytest.fixture
def shop(app: Flask, session: Session) -> Shop:
    return Shop(app, session)


def told(caller: TestCaller, prefix: str = "order.") -> list[dict[str, Any]]:
    """What a partner was told, oldest first."""
    return [row for row in reversed(caller.get(f"{EVENTS}?limit=100").json["data"]) if row["type"].startswith(prefix)]


def test_each_step_of_an_order_is_one_event_in_order(shop: Shop) -> None:
    order = shop.due()
    assert shop.mine(order, "pay").status_code == 200
    events = told(shop.partner)
    steps = shop.partner.get(f"/partner/v1/orders/{order}/transitions").json["data"]
    assert [row["data"]["sequence"] for row in events] == list(range(1, len(steps) + 1))
    assert [row["type"] for row in events][:3] == ["order.created", "order.confirmed", "order.payment_due"]
    assert events[-1]["data"]["status"] == shop.seen(order)["status"]
    for row in events:
        assert set(row["data"]) == {"order_id", "status", "sequence"}
        assert row["livemode"] is False
        assert row["data"]["order_id"] == order


def test_an_act_that_is_refused_or_repeated_tells_nothing(shop: Shop) -> None:
    order = shop.running()
    before = told(shop.partner)
    headers = {"Idempotency-Key": "one"}
    for _ in range(2):
        shop.partner.post(f"/partner/v1/orders/{order}/complete", json=bill(300), headers=headers)
    assert shop.theirs(order, "cancel", reason_code="not_started").status_code == 409
    assert len(told(shop.partner)) == len(before) + 1


def test_clocks_tell_too(shop: Shop, at: Any) -> None:
    order = str(shop.opened()["id"])
    at(minutes=16)
    Worker(shop.kit).work()
    assert [row["type"] for row in told(shop.partner)] == ["order.created", "order.expired"]
    assert told(shop.partner)[-1]["data"]["order_id"] == order


def test_webhooks_bring_what_the_list_says(shop: Shop, app: Flask, session: Session) -> None:
    hooks = Hooks(app, session, partner_id=shop.partner_id)
    with receiver() as made:
        hooks.endpoint(made.url, event_types=["order.created", "order.confirmed"])
        shop.due()
        hooks.deliver()
    events = {row["id"]: row for row in told(shop.partner)}
    assert len(made.received) == 2
    for one in made.received:
        row = events[one.headers["webhook-id"]]
        assert one.json == {
            "id": row["id"], "type": row["type"], "timestamp": row["at"], "livemode": False, "data": row["data"],
        }  # fmt: skip


def test_a_consent_is_told_when_it_begins_and_ends(app: Flask, session: Session) -> None:
    world = World(app, session)
    partner, me = world.partner(BIKE), world.person("xiamen", 700)
    consent = world.consent(me, partner, f"eligibility:{BIKE}")
    consents.end(session, me, consent.consent_id, world.kit.clock())
    session.commit()
    about = {"consent_id": consent.consent_id, "citizen_ref": consent.citizen_ref}
    assert [(row["type"], row["data"]) for row in told(partner, "consent.")] == [
        ("consent.created", {**about, "status": "live"}),
        ("consent.ended", {**about, "status": "ended"}),
    ]


def test_the_citizen_sees_that_a_partner_was_told_of_what_it_did_not_do_itself(shop: Shop) -> None:
    order = shop.due()
    looks = shop.me.get("/citizen/v1/access-log?limit=100").json["data"]
    rows = [look for look in looks if look["action"]["code"] == "partner.told"]
    assert [(look["purpose"]["code"], look["ref"]) for look in rows] == [("order.confirmed", order)]
    assert rows[0]["purpose"]["name"] != "order.confirmed", "in words"


def test_leaving_takes_the_events_away_and_their_deliveries(shop: Shop, app: Flask, session: Session) -> None:
    hooks = Hooks(app, session, partner_id=shop.partner_id)
    hooks.endpoint("https://hooks.example.com/")
    shop.due()
    about_nobody = hooks.tell()
    assert as_citizen(app, session, shop.citizen_id).delete("/citizen/v1/enrolment").status_code == 200
    assert [row["id"] for row in told(shop.partner, "")] == [about_nobody]
    assert session.scalars(select(PartnerEvent.citizen_id)).all() == [None]


def test_a_leavers_order_that_runs_on_is_told_and_forgotten_with_the_order(
    shop: Shop, app: Flask, session: Session, at: Any
) -> None:
    order = shop.running()
    as_citizen(app, session, shop.citizen_id).delete("/citizen/v1/enrolment")
    shop.theirs(order, "complete", **bill(0) | {"items": []})
    assert [row["type"] for row in told(shop.partner)] == ["order.completed"]
    at(days=2)
    Worker(shop.kit).work()
    assert told(shop.partner) == []


def test_events_are_kept_thirty_days(shop: Shop, session: Session, at: Any) -> None:
    shop.opened()
    at(days=29)
    clean(session, shop.kit.clock())
    assert len(told(shop.partner)) == 1
    at(days=1)
    clean(session, shop.kit.clock())
    assert told(shop.partner) == []


def test_lists_are_pages_and_bad_input_is_named(shop: Shop) -> None:
    for _ in range(3):
        shop.opened()
    first = shop.partner.get(f"{EVENTS}?limit=2").json
    second = shop.partner.get(f"{EVENTS}?limit=2&cursor={first['next_cursor']}").json
    assert len({row["id"] for row in first["data"] + second["data"]}) == 3
    refused = shop.partner.get(f"{EVENTS}?type=record.written")
    assert refused.json["errors"][0]["pointer"] == "/type"
    assert shop.partner.get(f"{EVENTS}/pev_nobody").status_code == 404


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("order.paid", {"score": 700}),
        ("order.paid", {"reason": "x"}),
        ("order.paid", {"name": "林晓"}),
        ("order.paid", {"path": "standard"}),
        ("record.written", {}),
        ("decision.made", {}),
        ("order.paid", {"status": "x" * 20_000}),
    ],
)
def test_what_no_partner_is_told_cannot_be_told(session: Session, shop: Shop, kind: str, data: dict[str, Any]) -> None:
    """By construction: neither a field nor a type beyond the list gets out (guardrails 5, 9)."""
    with pytest.raises(ValueError, match=r"no partner is told|bytes"):
        partner_events.tell(
            session, partner_id=shop.partner_id, livemode=False, type=kind, data=data, citizen_id=None,
            now=shop.kit.clock(),
        )  # fmt: skip


def test_the_document_lists_every_type_and_every_field(app: Flask) -> None:
    schemas = document_of(app)["components"]["schemas"]
    assert set(schemas["PartnerEventData"]["properties"]) == set(DATA)
    assert set(schemas["PartnerEvent"]["properties"]["type"]["enum"]) == set(TYPES)

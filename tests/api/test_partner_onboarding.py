"""Onboarding: the sandbox first; live after a checklist that we verify, by two people, with nothing shared."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.partner_going_live import ITEMS
from app.store import partner_milestones, partners
from app.store.idempotency import IdempotencyKey
from tests.support.callers import TestCaller
from tests.support.office import OFFICE, both, operator
from tests.support.onboarding import Merchant, merchant, public
from tests.support.shop import BIKE, LIBRARY, Shop

PARTNER = {"name_zh": "鹭岛单车", "name_en": "Egret Bikes", "scenarios": [BIKE]}
CONTACT = {"role": "technical", "name": "陈工", "email": "api@egret.example", "phone": "+86 592 000 0000"}
CHECKLIST, CONTACTS = "/partner/v1/checklist", "/partner/v1/contacts"


@pytest.fixture
def one(app: Flask, session: Session) -> TestCaller:
    return operator(app, session, "admin", "office", serial=901, name="甲")


@pytest.fixture
def other(app: Flask, session: Session) -> TestCaller:
    return operator(app, session, "admin", "office", serial=902, name="乙")


@pytest.fixture
def shop(app: Flask, session: Session) -> Merchant:
    return merchant(app, session)


def refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    return answer.json


def states(answer: Any) -> dict[str, str]:
    return {item["code"]: item["state"] for item in answer.json["items"]}


def complete_an_order(shop: Merchant, session: Session) -> None:
    """An order of the partner's, from the scan to its end."""
    citizen = Shop(shop.app, session, partner_id=shop.partner_id)
    assert citizen.theirs(citizen.running(), "complete", total=0).json["status"] == "completed"


def ready(shop: Merchant, session: Session, one: TestCaller, other: TestCaller) -> ECKey:
    """Fulfil the checklist; the key that waits to go live."""
    caller, live = shop.caller(), ECKey.generate_key("P-256")
    both(one, other, f"/partners/{shop.partner_id}/change", {"website": "https://egret.example/"})
    complete_an_order(shop, session)
    repeated = {"Idempotency-Key": uuid.uuid4().hex}
    kept = [caller.put(CONTACTS, json={"contacts": [CONTACT]}, headers=repeated) for _ in range(2)]
    assert [answer.status_code for answer in kept] == [200, 200]
    assert caller.get("/partner/v1/events").status_code == 200
    partner_milestones.reach(session, shop.partner_id, "statement-read", shop.kit.clock())
    assert caller.post("/partner/v1/keys", json={"jwk": public(live), "stage": "live"}).json["status"] == "waiting"
    session.commit()
    return live


def test_a_partner_is_taken_on_by_two_with_its_key_and_begins_in_the_sandbox(app, one, other) -> None:
    key = ECKey.generate_key("P-256")
    terms = {"website": "https://egret.example", "orders_per_day": 500, "order_fen": 20_000}
    result = both(one, other, "/partners", PARTNER | terms | {"jwk": public(key)}).json["result"]
    assert result["client_id"].startswith("test_")
    me = Merchant(app, result["partner_id"], result["client_id"], key).caller().get("/partner/v1/me").json
    assert (me["stage"], me["livemode"], me["caps"]) == (
        "sandbox", False, {"orders_per_day": 500, "order_fen": 20_000},
    )  # fmt: skip
    assert me["checklist_url"].endswith(CHECKLIST)
    seen = one.get(f"{OFFICE}/partners/{result['partner_id']}").json
    assert (seen["website"], seen["stage"], seen["contacts"]) == ("https://egret.example", "sandbox", [])


def test_a_partner_may_bring_a_key_set_of_two(app, one, other) -> None:
    keys = [ECKey.generate_key("P-256") for _ in range(2)]
    result = both(one, other, "/partners", PARTNER | {"jwks": {"keys": [public(key) for key in keys]}}).json["result"]
    shop = Merchant(app, result["partner_id"], result["client_id"], keys[0])
    assert [shop.caller(key).get("/partner/v1/me").status_code for key in keys] == [200, 200]


ONE = public(ECKey.generate_key("P-256"))


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"website": "http://egret.example"}, "/website"),
        ({"website": "https://user@egret.example"}, "/website"),
        ({"website": "javascript:alert(1)"}, "/website"),
        ({"orders_per_day": 0}, "/orders_per_day"),
        ({"orders_per_day": 10**9}, "/orders_per_day"),
        ({"order_fen": -1}, "/order_fen"),
        ({"order_fen": "100"}, "/order_fen"),
        ({"jwk": ONE | {"d": ONE["x"]}}, "/jwk/d"),
        ({"jwk": ONE, "jwks": {"keys": [ONE]}}, "/jwks"),
        ({"jwks": {"keys": []}}, "/jwks/keys"),
        ({"jwks": {"keys": [ONE, ONE]}}, "/jwks/keys"),
        ({"jwks": {"keys": [ONE, ONE | {"d": ONE["x"]}]}}, "/jwks/keys/1/d"),
        ({"stage": "live"}, "/stage"),
    ],
)
def test_bad_terms_are_refused_by_field_and_nothing_is_proposed(one, changes, pointer) -> None:
    said = refused(one.post(f"{OFFICE}/partners", json=PARTNER | changes), 422, "validation")
    assert pointer in [error["pointer"] for error in said["errors"]]
    assert one.get(f"{OFFICE}/approvals").json["data"] == []


def test_terms_change_by_two_and_what_is_not_named_stays(one, other, shop) -> None:
    path = f"/partners/{shop.partner_id}/change"
    both(one, other, path, {"scenarios": [LIBRARY, BIKE], "order_fen": 9_000})
    both(one, other, path, {"website": "https://egret.example"})
    seen = one.get(f"{OFFICE}/partners/{shop.partner_id}").json
    assert (seen["scenarios"], seen["caps"], seen["website"]) == (
        [BIKE, LIBRARY], {"order_fen": 9_000}, "https://egret.example",
    )  # fmt: skip
    both(one, other, path, {"order_fen": 0})
    assert one.get(f"{OFFICE}/partners/{shop.partner_id}").json["caps"] == {}
    refused(one.post(OFFICE + path, json={"reason": "x"}), 422, "validation")
    refused(one.post(OFFICE + path, json={"scenarios": ["no-such"]}), 422, "validation")


def test_contacts_are_sealed_at_rest_and_out_of_the_trail(one, shop, session) -> None:
    path = f"{OFFICE}/partners/{shop.partner_id}/contacts"
    assert one.put(path, json={"contacts": [CONTACT]}).json["contacts"] == [CONTACT]
    assert shop.caller().get(CONTACTS).json["contacts"] == [CONTACT]
    row = partners.get(session, shop.partner_id)
    assert "陈工".encode() not in bytes(row.sealed_contacts)
    assert "陈工" not in one.get(f"{OFFICE}/actions").text
    assert "contacts" not in one.get(f"{OFFICE}/partners").json["data"][0]


def test_contacts_are_sealed_in_the_answers_that_are_kept_for_a_repeat_too(shop, session) -> None:
    for replayed in (False, True):
        answer = shop.caller().put(CONTACTS, json={"contacts": [CONTACT]}, headers={"Idempotency-Key": "a-contact"})
        assert answer.json == {"contacts": [CONTACT]}
        assert ("Idempotent-Replayed" in answer.headers) is replayed
    kept = session.scalars(select(IdempotencyKey.body).where(IdempotencyKey.client_id == shop.client_id)).all()
    assert not [body for body in kept if CONTACT["name"].encode() in body or CONTACT["email"].encode() in body]


@pytest.mark.parametrize(
    ("contact", "pointer"),
    [
        ({"role": "boss"}, "/contacts/0/role"),
        ({"email": "not an address"}, "/contacts/0/email"),
        ({"phone": "call me"}, "/contacts/0/phone"),
        ({"name": ""}, "/contacts/0/name"),
        ({"email": None}, "/contacts/0/email"),
        ({"id_number": "x"}, "/contacts/0/id_number"),
    ],
)
def test_a_bad_contact_is_named(shop, contact, pointer) -> None:
    said = refused(shop.caller().put(CONTACTS, json={"contacts": [CONTACT | contact]}), 422, "validation")
    assert said["errors"][0]["pointer"] == pointer
    nobody = {"role": "technical", "name": "陈工"}
    refused(shop.caller().put(CONTACTS, json={"contacts": [nobody]}), 422, "validation")
    assert shop.caller().get(CONTACTS).json["contacts"] == []


def test_each_item_of_the_checklist_is_verified_and_says_how(one, other, shop, session) -> None:
    fresh = shop.caller().get(CHECKLIST)
    done = {code for code, state in states(fresh).items() if state == "done"}
    assert (fresh.json["state"], done) == ("open", {"scenarios", "sandbox-key", "not-suspended"})
    assert list(states(fresh)) == list(ITEMS)
    assert all(item["title"] and item["how"] for item in fresh.json["items"])
    ready(shop, session, one, other)
    after = one.get(f"{OFFICE}/partners/{shop.partner_id}/checklist")
    assert (after.json["state"], set(states(after).values())) == ("ready", {"done"})


def test_nobody_goes_live_while_something_is_open(one, shop) -> None:
    said = refused(one.post(f"{OFFICE}/partners/{shop.partner_id}/go-live"), 409, "checklist-open")
    assert "/items/order-completed" in [error["pointer"] for error in said["errors"]]
    assert one.get(f"{OFFICE}/approvals").json["data"] == []


def test_going_live_makes_a_partner_a_client_and_a_key_apart(app, one, other, shop, session) -> None:
    live_key, path = ready(shop, session, one, other), f"/partners/{shop.partner_id}/go-live"
    result = both(one, other, path).json["result"]
    live = Merchant(app, result["partner_id"], result["client_id"], live_key)
    assert live.client_id.startswith("live_")
    me = live.caller().get("/partner/v1/me").json
    assert (me["id"], me["stage"], me["livemode"], "checklist_url" in me) == (live.partner_id, "live", True, False)
    assert live.caller().get(CONTACTS).json["contacts"] == [CONTACT]
    assert shop.tokens(live_key).json["error"] == "invalid_client", "a key is of one stage"
    assert live.tokens(shop.key).json["error"] == "invalid_client"
    assert live.caller().get("/partner/v1/orders").json["data"] == [], "nothing of the sandbox crosses"
    assert len(shop.caller().get("/partner/v1/orders").json["data"]) == 1
    assert one.get(f"{OFFICE}/partners/{shop.partner_id}").json["live_partner_id"] == live.partner_id
    assert one.get(f"{OFFICE}/partners/{live.partner_id}").json["sandbox_partner_id"] == shop.partner_id
    assert shop.caller().get(CHECKLIST).json["state"] == "live"
    refused(one.post(OFFICE + path), 409, "partner-live-already")


def test_the_one_who_proposed_it_does_not_let_it_go_live(one, other, shop, session) -> None:
    ready(shop, session, one, other)
    asked = one.post(f"{OFFICE}/partners/{shop.partner_id}/go-live").json
    assert set(asked["seen"]) == {"scenarios", "live_key", "orders_per_day", "order_fen"}
    refused(one.post(f"{OFFICE}/approvals/{asked['id']}/approve", json={}), 403, "approval-own")


def test_what_was_undone_since_it_was_proposed_is_seen_again(one, other, shop, session) -> None:
    ready(shop, session, one, other)
    asked = one.post(f"{OFFICE}/partners/{shop.partner_id}/go-live").json
    another = {"jwk": public(ECKey.generate_key("P-256")), "stage": "live"}
    assert shop.caller().post("/partner/v1/keys", json=another).status_code == 201
    refused(other.post(f"{OFFICE}/approvals/{asked['id']}/approve", json={}), 409, "approval-stale")


def test_only_the_sandbox_collects_milestones_and_each_once(shop, session) -> None:
    for _ in range(2):
        shop.caller().get("/partner/v1/events")
    assert list(partner_milestones.reached(session, shop.partner_id)) == ["events-read"]


def test_a_partners_caps_hold_for_its_orders(app, session, one, other, at) -> None:
    shop = Shop(app, session)
    path = f"/partners/{shop.partner_id}/change"
    both(one, other, path, {"orders_per_day": 1, "order_fen": 8_000})
    refused(shop.partner.post("/partner/v1/orders", json=shop.wish(amount=8_001)), 422, "partner-cap-fen")
    shop.opened(amount=8_000)
    refused(shop.partner.post("/partner/v1/orders", json=shop.wish(amount=100)), 429, "partner-cap-day")
    at(hours=24)
    shop.opened(amount=100)


def test_the_api_never_tells_a_partner_of_its_people_what_its_terms_do_not(shop) -> None:
    told = json.dumps([shop.caller().get(path).json for path in ("/partner/v1/me", CHECKLIST)])
    assert not [word for word in ("score", "grade", "reason", "id_number") if f'"{word}"' in told]

"""Guardrail 15, as far as there is something to bite on: what decides is versioned, and says its version."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from app.services.approval_kinds import KINDS
from app.web.kit import Kit
from tests.support.office import OFFICE, both, operator
from tests.support.shop import BIKE


def test_every_pack_and_offer_has_a_version(kit: Kit) -> None:
    assert all(pack.version >= 1 for pack in kit.packs.values())
    assert all(offer.version >= 1 for offer in kit.registry.offers())


def test_a_decision_names_the_versions_that_made_it(kit: Kit) -> None:
    for offer in kit.registry.offers():
        assert f"offer {offer.version}" in kit.registry.rule(offer.code)


def test_no_route_changes_a_pack_or_an_offer(app: Flask) -> None:
    """Until publishing has notice, a second person and a simulation, nothing can be changed while we serve."""
    writes = {"POST", "PUT", "PATCH", "DELETE"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/operator/v1/")]
    changing = [
        rule.rule
        for rule in rules
        if writes & (rule.methods or set()) and ("pack" in rule.rule or "scenario" in rule.rule)
    ]
    assert changing == []


def test_who_may_ask_about_citizens_is_changed_by_two_people(app: Flask, session: Session) -> None:
    one, other = (operator(app, session, "office", serial=serial) for serial in (901, 902))
    shop = {"name_zh": "某店", "name_en": "A shop", "scenarios": [BIKE]}
    asked = one.post(f"{OFFICE}/partners", json=shop).json
    assert one.post(f"{OFFICE}/approvals/{asked['id']}/approve", json={}).status_code == 403
    assert one.get(f"{OFFICE}/partners").json["data"] == []
    assert both(one, other, "/partners", shop).json["result"]["partner_id"]
    assert {"partners.create", "partners.suspend", "partners.resume", "operators.add"} <= set(KINDS)

"""Guardrail 15, as far as there is something to bite on: what decides is versioned, and says its version."""

from __future__ import annotations

from flask import Flask

from app.web.kit import Kit


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

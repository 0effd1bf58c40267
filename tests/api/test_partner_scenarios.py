"""What a partner reads before it asks: our clock, its rights, the published rules."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.callers import as_citizen
from tests.support.checks import World


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def test_our_clock_is_open_to_all(world: World) -> None:
    answer = world.app.test_client().get("/partner/v1/time")
    assert answer.json == {"now": world.kit.clock().isoformat()}


def test_a_partner_reads_its_own_rights(world: World) -> None:
    partner = world.partner("hz-library-card", name="西湖图书馆")
    me = partner.get("/partner/v1/me").json
    assert (me["name"], me["status"], me["scenarios"]) == ("西湖图书馆", "active", ["hz-library-card"])
    assert me["livemode"] is False
    assert "eligibility" in me["scopes"]


def test_a_partner_lists_what_it_serves(world: World) -> None:
    partner = world.partner("hz-transit-ride", "hz-library-card", "a-retired-one")
    first = partner.get("/partner/v1/scenarios?limit=1").json
    rest = partner.get(f"/partner/v1/scenarios?cursor={first['next_cursor']}").json
    assert [offer["code"] for offer in first["data"] + rest["data"]] == ["hz-library-card", "hz-transit-ride"]


def test_a_rule_is_published_as_it_stands(world: World) -> None:
    offer = world.partner().get("/partner/v1/scenarios/hz-medical-pay", headers={"Accept-Language": "en"}).json
    assert (offer["threshold"], offer["basic_public_service"]) == (550, True)
    assert offer["benefit"] == {"kind": "pay_later", "amount": 500_000, "currency": "CNY", "days": 30}
    assert offer["ordinary_path"]["text"].startswith("The ordinary way: treatment is the same")
    assert world.partner().get("/partner/v1/scenarios/no-such").status_code == 404


def test_these_doors_are_for_partners(world: World) -> None:
    citizen = as_citizen(world.app, world.session, world.person())
    for path in ("/me", "/scenarios", "/scenarios/hz-library-card", "/eligibility-checks/dec_1"):
        assert citizen.get(f"/partner/v1{path}").status_code == 403
        assert world.app.test_client().get(f"/partner/v1{path}").status_code == 401

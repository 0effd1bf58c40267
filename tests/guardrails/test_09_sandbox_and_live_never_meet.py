"""Guardrail 9: the sandbox and real people never meet, in any route, and neither learns that the other is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.errors import Refusal
from app.services import consents, statistics
from app.store import citizens, enrolments, partners, population
from app.store.citizens import Citizen, RealName
from tests.support import ledger
from tests.support.callers import TestCaller, as_partner
from tests.support.checks import World
from tests.support.everything import make_everything
from tests.support.identity import City
from tests.support.oauth import agree, answer_of, log_in
from tests.support.operations import OPERATIONS, Operation
from tests.support.people import id_number
from tests.support.sandbox import BIKE, ROOM, Sandbox

MODES = pytest.mark.parametrize("livemode", [False, True], ids=["sandbox", "live"])
SHARED = {
    "partner_get_scenario": "published, alike for everyone",
    "partner_get_own_key": "a client's own keys: a live client is another client",
    "partner_revoke_own_key": "the same",
}
"""Partners' operations with ids of what is of no mode."""
WITH_IDS = [
    operation
    for operation in OPERATIONS
    if operation.audience == "partner" and set(operation.ids) - {"date", "day"} and operation.id not in SHARED
]


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def partner_of(world: World, livemode: bool) -> TestCaller:
    """A partner of this mode that rents bikes."""
    row = partners.add(
        world.session, name_zh="商户", name_en="Shop", scenarios=[BIKE], livemode=livemode, now=world.kit.clock()
    )
    world.session.commit()
    return as_partner(world.app, world.session, row.id, livemode=livemode)


def citizen_of(world: World, livemode: bool, serial: int = 1) -> str:
    """A person whom a real-name platform vouched for, or one of the sandbox's platform."""
    who = RealName("张测试", id_number(serial), "xiamen", "al2")
    citizen_id = citizens.upsert(world.session, world.kit.pii, who, world.kit.clock(), livemode=livemode)
    world.session.commit()
    return citizen_id


def said(answer: TestResponse) -> Any:
    """Status and body, without what belongs to the one request."""
    body = {name: value for name, value in (answer.json or {}).items() if name not in ("request_id", "instance")}
    return answer.status_code, json.dumps(body, sort_keys=True, ensure_ascii=False)


@MODES
def test_the_code_of_the_other_mode_is_an_unknown_code(world: World, livemode: bool) -> None:
    partner, other = partner_of(world, livemode), partner_of(world, not livemode)
    code = world.code(citizen_of(world, not livemode))
    unknown = partner.post("/partner/v1/card-scans", json={"code": "0" * 16})
    assert said(partner.post("/partner/v1/card-scans", json={"code": code})) == said(unknown)
    assert other.post("/partner/v1/card-scans", json={"code": code}).status_code == 201, "nobody used it up"


@MODES
def test_nobody_consents_to_the_other_mode(world: World, livemode: bool) -> None:
    partner_id = partner_of(world, livemode).client_id.partition("-")[2]
    citizen_id = citizen_of(world, not livemode)
    with pytest.raises(Refusal, match="consent-not-found"):
        consents.grant(
            world.session, world.kit.pii, citizen_id=citizen_id, partner_id=partner_id,
            scope=f"eligibility:{BIKE}", term_days=30, grant_id="grt_1", now=world.kit.clock(), livemode=livemode,
        )  # fmt: skip


def test_the_consent_page_gives_nothing_across_modes(city: City, session: Session) -> None:
    partner = city.partner()
    page = log_in(partner, scope=f"openid eligibility:{BIKE}")
    session.execute(update(Citizen).values(livemode=True))
    session.commit()
    assert answer_of(agree(partner, page))["error"] == "access_denied"


def test_a_test_citizen_is_known_to_its_own_partner_alone(world: World, app: Flask, session: Session) -> None:
    box, other = Sandbox(app, session), partner_of(world, livemode=False)
    code = box.citizen()["code"]
    unknown = other.post("/partner/v1/card-scans", json={"code": "0" * 16})
    assert said(other.post("/partner/v1/card-scans", json={"code": code})) == said(unknown)
    assert box.partner.post("/partner/v1/card-scans", json={"code": code}).status_code == 201


def test_no_id_of_the_sandbox_means_anything_to_live_credentials(app: Flask, session: Session) -> None:
    """Of the very same partner: each read and write with an id of the one mode is unknown in the other."""
    thing = make_everything(app, session)
    owner = thing.owners["partner"]
    partner_id = owner.client_id.removeprefix("client-")
    other = as_partner(app, session, partner_id, livemode=True)
    before = ledger.rows(session)
    for operation in WITH_IDS:
        mine, unknown = _asked(other, operation, thing.ids), _asked(other, operation, {})
        assert mine[0] in (403, 404), (operation.id, mine)
        assert mine == unknown, operation.id
    assert ledger.rows(session) == before


def test_no_ground_of_the_sandbox_opens_anything_live(app: Flask, session: Session) -> None:
    world, box = World(app, session), Sandbox(app, session)
    other = as_partner(app, session, box.partner_id, livemode=True)
    for ground in _grounds(box):
        for path, body in _uses(box, ground):
            unknown = {name: f"{value[:4]}{'0' * 32}" for name, value in ground.items()}
            assert said(other.post(path, json=body)) == said(other.post(path, json=body | unknown)), (path, ground)
    assert world.kit.clock() == box.now()


def test_the_sandbox_is_closed_to_live_credentials(world: World) -> None:
    partner = partner_of(world, livemode=True)
    for operation in OPERATIONS:
        if operation.path.startswith(ROOM):
            answer = partner.request(
                operation.method, operation.url, data=operation.example(), content_type="application/json"
            )
            assert (answer.status_code, answer.json["code"]) == (403, "sandbox-only"), operation.id


def test_test_citizens_are_in_no_count_run_or_simulation(world: World, app: Flask, session: Session) -> None:
    from_outside = _counts(session)
    box = Sandbox(app, session)
    for _ in range(25):
        box.checked()
    box.due()
    assert _counts(session) == from_outside


def _counts(session: Session) -> Any:
    session.flush()
    tables = {name: dict(count(session)) for name, count in statistics.TABLES.items()}
    drawn = [enrolments.sample_of_city(session, city, seed=1, limit=100) for city in ("xiamen", "hangzhou")]
    runs = [population.count(session, city) for city in ("xiamen", "hangzhou", "sandbox")]
    return tables, drawn, runs, enrolments.lock_due(session, date(2099, 1, 1), 100)


def _asked(caller: TestCaller, operation: Operation, ids: dict[str, str]) -> Any:
    known = {name: ids.get(name, f"{name[:3]}_{'0' * 32}") for name in operation.ids}
    path = operation.path.format(**known)
    return said(caller.request(operation.method, path, data=operation.example(), content_type="application/json"))


def _grounds(box: Sandbox) -> Iterator[dict[str, str]]:
    _, scan = box.checked()
    yield {"scan_id": scan}
    yield {"consent_id": box.citizen(consent=True)["consent_id"]}


def _uses(box: Sandbox, ground: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "/partner/v1/eligibility-checks", {"scenario": BIKE} | ground
    wish = {name: value for name, value in box.wish(consent_id="").items() if name != "consent_id"}
    yield "/partner/v1/orders", wish | ground

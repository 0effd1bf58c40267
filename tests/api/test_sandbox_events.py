"""The sandbox's event trigger: an example of everything that a partner is told, marked as sandbox."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.webhook import DECISION_RECONSIDERED, SCORE_CHANGED, TYPES
from app.services import sandbox_citizens
from app.services.sandbox_citizens import Maker
from tests.support.checks import World
from tests.support.sandbox import BIKE, Sandbox

RESTING = {SCORE_CHANGED, DECISION_RECONSIDERED}
"""What is told only while a consent or a decision holds."""


@pytest.fixture
def box(app: Flask, session: Session) -> Sandbox:
    return Sandbox(app, session)


@pytest.mark.parametrize("kind", sorted(set(TYPES) - RESTING))
def test_an_example_of_each_event_is_told(box: Sandbox, kind: str) -> None:
    answer = box.post("events/trigger", type=kind)
    assert (answer.status_code, answer.json["type"], answer.json["livemode"]) == (201, kind, False)
    assert box.partner.get("/partner/v1/events").json["data"][0] == answer.json


def test_what_rests_on_a_consent_or_a_decision_is_told_of_a_test_citizens(box: Sandbox, session: Session) -> None:
    check, _ = box.checked()
    row = sandbox_citizens.listed(session, box.partner_id, before=None, limit=1)[0]
    maker = Maker(box.kit.registry, box.kit.packs, box.kit.pii, box.kit.clock())
    reading = sandbox_citizens.grant(session, maker, row, "score:read").consent_id
    session.commit()
    for kind, about in (
        (DECISION_RECONSIDERED, {"decision_id": check["id"]}),
        (SCORE_CHANGED, {"consent_id": reading}),
    ):
        answer = box.post("events/trigger", type=kind, **about)
        assert (answer.status_code, answer.json["data"] | about) == (201, answer.json["data"]), answer.text
        assert answer.json["data"]["citizen_ref"] == check["citizen_ref"]


@pytest.mark.parametrize("kind", sorted(RESTING))
def test_and_of_nothing_else(app: Flask, session: Session, box: Sandbox, kind: str) -> None:
    field = "consent_id" if kind == SCORE_CHANGED else "decision_id"
    missing = box.post("events/trigger", type=kind)
    assert (missing.status_code, missing.json["errors"][0]["pointer"]) == (422, f"/{field}")
    world = World(app, session, people=40)
    partner = box.partner
    person = world.person("xiamen", 900)
    consent = world.consent(person, partner, "score:read").consent_id
    decision = world.check(partner, person, BIKE).json["id"]
    for known in ({"consent_id": consent, "decision_id": decision}[field], f"{field[:3]}_{'0' * 32}"):
        assert box.post("events/trigger", type=kind, **{field: known}).status_code == 404


def test_bad_input_is_refused_by_name(box: Sandbox) -> None:
    for body, pointer in (({}, "/type"), ({"type": "order.exploded"}, "/type"), ({"type": "order.paid", "x": 1}, "/x")):
        answer = box.post("events/trigger", **body)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)

"""Guardrail 9: a merchant gets path, benefit, cap, expiry, signed decision. No name, score, reason, personal limit."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.checks import World, same_but_ids
from tests.support.documented import document_of
from tests.support.people import id_number

TELLING = {
    *("name", "id_number", "score", "grade", "reason", "reasons", "digest"),
    *("declared", "preference", "phone", "city", "member"),
}
ALLOWED = {"/partner/v1/citizens/{citizen_ref}/score": {"score", "grade"}}
ABOUT_PEOPLE = ("card-scans", "eligibility-checks", "orders", "citizens", "disputes")


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


@pytest.mark.parametrize(("score", "path"), [(913, "credit"), (139, "standard")])
def test_an_answer_holds_nothing_else(world: World, score: int, path: str) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", score)
    answer = world.check(partner, citizen, "hz-library-card")
    expected = {"id", "livemode", "citizen_ref", "scenario", "path", "decided_at", "valid_until", "decision"}
    given = {"credit": {"benefit", "limits"}, "standard": {"ordinary_path"}}[path]
    assert set(answer.json) == expected | given
    said = same_but_ids(answer).decode()
    for secret in (citizen, "张测试", id_number(1)):
        assert secret not in said
    # Three digits stand in the partner's own random id, a nonce or a key's name now and then.
    assert str(score) not in re.sub(r'\b([a-z]{3}_)?[0-9a-f]{32}\b|"kid": "[^"]+"', "#", said)


def test_the_benefit_is_the_scenarios_and_not_the_persons(world: World) -> None:
    partner = world.partner("hz-medical-pay")
    answers = []
    for score in (550, 1000):
        citizen = world.person("hangzhou", score)
        world.chooses(citizen, "hz-medical-pay", "service-opened")
        answers.append(world.check(partner, citizen, "hz-medical-pay").json)
    assert answers[0]["benefit"] == answers[1]["benefit"]
    assert answers[0]["limits"] == answers[1]["limits"]


def test_thresholds_cannot_be_probed_with_one_code(world: World) -> None:
    partner = world.partner("hz-library-card", "zj-library-loans")
    scan_id = world.scan(partner, world.person("hangzhou", 560))["id"]
    asked = [{"scenario": code, "scan_id": scan_id} for code in ("zj-library-loans", "hz-library-card")]
    assert [partner.post("/partner/v1/eligibility-checks", json=body).status_code for body in asked] == [201, 409]


def test_no_answer_to_a_partner_about_a_person_has_a_field_that_tells(app: Flask) -> None:
    told = []
    for path, field in _answered(document_of(app)):
        about_people = any(part in path for part in ABOUT_PEOPLE)
        if about_people and field not in ALLOWED.get(path, set()) and field in TELLING:
            told.append((path, field))
    assert not told


def _answered(document: dict[str, Any]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for path, operations in document["paths"].items():
        if path.startswith("/partner/"):
            for operation in operations.values():
                for status, answer in (operation.get("responses", {}) if isinstance(operation, dict) else {}).items():
                    if str(status).startswith("2"):
                        found |= {(path, field) for field in _fields(document, answer)}
    return found


def _fields(document: dict[str, Any], node: Any) -> set[str]:
    if isinstance(node, list):
        return {field for item in node for field in _fields(document, item)}
    if not isinstance(node, dict):
        return set()
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        return set() if name == "OrderLine" else _fields(document, document["components"]["schemas"][name])
    own = set(node.get("properties", {}))
    return own | {field for value in node.values() for field in _fields(document, value)}

"""Whatever is sent: a problem document that names the field, nothing changed, never a 5xx."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.callers import as_citizen
from tests.support.checks import World

CHECKS = "/partner/v1/eligibility-checks"
SCANS = "/partner/v1/card-scans"
REVIEWS = "/citizen/v1/decisions/dec_1/reviews"
END = "/citizen/v1/consents/cns_1/end"
PREFERENCE = "/citizen/v1/scenarios/hz-library-card/preference"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def refused(answer: TestResponse, status: int, pointer: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(answer.json)
    if pointer:
        assert pointer in [error["pointer"] for error in answer.json["errors"]]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        (SCANS, {}, "/code"),
        (SCANS, {"code": ""}, "/code"),
        (SCANS, {"code": 7}, "/code"),
        (SCANS, {"code": None}, "/code"),
        (SCANS, {"code": ["A"]}, "/code"),
        (SCANS, {"code": "A" * 65}, "/code"),
        (SCANS, {"code": "A\u0000"}, "/code"),
        (SCANS, {"code": "A", "score": 1}, "/score"),
        (SCANS, [], None),
        (CHECKS, {"scan_id": "scn_1"}, "/scenario"),
        (CHECKS, {"scenario": "hz-library-card"}, "/scan_id"),
        (CHECKS, {"scenario": "hz-library-card", "scan_id": "a", "consent_id": "b"}, "/scan_id"),
        (CHECKS, {"scenario": "no-such", "scan_id": "scn_1"}, "/scenario"),
        (CHECKS, {"scenario": "\ud800", "scan_id": "scn_1"}, "/scenario"),
        (CHECKS, {"scenario": {}, "scan_id": "scn_1"}, "/scenario"),
        (CHECKS, {"scenario": "hz-library-card", "scan_id": 1.5}, "/scan_id"),
        (CHECKS, {"scenario": "hz-library-card", "scan_id": "s", "citizen_ref": "ctz_1"}, "/citizen_ref"),
        (CHECKS, "text", None),
    ],
)
def test_a_partners_body_is_refused_by_field(world: World, path: str, body: object, pointer: str | None) -> None:
    refused(world.partner("hz-library-card").post(path, json=body), 422, pointer)


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        (REVIEWS, {}, "/text"),
        (REVIEWS, {"text": ""}, "/text"),
        (REVIEWS, {"text": "字" * 1001}, "/text"),
        (REVIEWS, {"text": "a", "status": "upheld"}, "/status"),
        (END, {"reason": "none of your business"}, "/reason"),
    ],
)
def test_a_citizens_body_is_refused_by_field(world: World, path: str, body: object, pointer: str) -> None:
    refused(as_citizen(world.app, world.session, world.person()).post(path, json=body), 422, pointer)


@pytest.mark.parametrize("path", [SCANS, CHECKS])
@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"code": ' + b"[" * 5000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"code=1", "application/x-www-form-urlencoded", 415),
        (b"x" * 1_100_000, "application/json", 413),
    ],
)
def test_what_is_no_json_is_refused(world: World, path: str, data: bytes, content_type: str, status: int) -> None:
    refused(world.partner().post(path, data=data, content_type=content_type), status)


@pytest.mark.parametrize("id", ["dec_1", "\x00", "a" * 300, "..", "ctz_市民", "'--", "🚲", "null"])
def test_an_id_that_is_nobodys_is_not_found(world: World, id: str) -> None:
    partner, me = world.partner(), as_citizen(world.app, world.session, world.person())
    for path in (f"{CHECKS}/{id}", f"/partner/v1/scenarios/{id}", f"/partner/v1/citizens/{id}/score"):
        refused(partner.get(path), 404)
    for path in (f"/citizen/v1/scenarios/{id}", f"/citizen/v1/decisions/{id}"):
        refused(me.get(path), 404)


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?limit=x", "?cursor=%", "?cursor=AAA", "?score=1"])
def test_a_list_takes_no_other_query(world: World, query: str) -> None:
    partner, me = world.partner(), as_citizen(world.app, world.session, world.person())
    refused(partner.get(f"/partner/v1/scenarios{query}"), 422)
    for path in ("scenarios", "decisions", "consents"):
        refused(me.get(f"/citizen/v1/{path}{query}"), 422)


def test_a_write_of_a_partner_needs_an_idempotency_key(world: World) -> None:
    for path in (SCANS, CHECKS):
        answer = world.partner().post(path, json={}, headers={"Idempotency-Key": ""})
        refused(answer, 400)


def test_another_audience_is_shown_the_door(world: World) -> None:
    partner, me = world.partner(), as_citizen(world.app, world.session, world.person())
    refused(me.post(SCANS, json={"code": "A"}), 403)
    refused(me.post(CHECKS, json={}), 403)
    refused(partner.get("/citizen/v1/decisions"), 403)
    refused(partner.post(END, json={}), 403)
    refused(partner.put(PREFERENCE, json={"path": "credit"}), 403)

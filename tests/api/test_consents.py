"""A standing consent: one partner, one scope, one term; ended with one tap, and then as if it never was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.store.outbox import Message
from tests.support.callers import TestCaller, as_citizen
from tests.support.checks import World

CHECKS = "/partner/v1/eligibility-checks"
SCOPE = "eligibility:hz-library-card"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def ask(partner: TestCaller, consent_id: str, scenario: str = "hz-library-card") -> TestResponse:
    return partner.post(CHECKS, json={"scenario": scenario, "consent_id": consent_id})


def test_a_partner_asks_again_and_again_by_consent(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    consent = world.consent(citizen, partner, SCOPE)
    for _ in range(2):
        answer = ask(partner, consent.consent_id)
        assert (answer.status_code, answer.json["path"]) == (201, "credit")
        assert answer.json["citizen_ref"] == consent.citizen_ref
    assert [look["action"]["code"] for look in world.looks(citizen)] == ["check", "check"]


def test_the_citizen_sees_who_may_ask_and_ends_it(world: World) -> None:
    partner, citizen = world.partner("hz-library-card", name="西湖图书馆"), world.person("hangzhou", 600)
    consent = world.consent(citizen, partner, SCOPE, days=30)
    me = as_citizen(world.app, world.session, citizen)
    listed = me.get("/citizen/v1/consents").json["data"][0]
    assert listed["partner"]["name"] == "西湖图书馆"
    assert (listed["scenario"], listed["status"], listed["shows_score"]) == ("hz-library-card", "live", False)
    ended = me.post(f"/citizen/v1/consents/{consent.consent_id}/end", json={})
    assert (ended.status_code, ended.json["status"]) == (200, "ended")
    twice = me.post(f"/citizen/v1/consents/{consent.consent_id}/end", json={})
    assert (twice.status_code, twice.json["ended_at"]) == (200, ended.json["ended_at"])


def test_ending_a_consent_ends_its_grant(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    granted = as_citizen(world.app, world.session, citizen)
    consent = world.consent(citizen, partner, SCOPE, grant_id=granted.grant_id)
    assert granted.get("/citizen/v1/consents").status_code == 200
    as_citizen(world.app, world.session, citizen).post(f"/citizen/v1/consents/{consent.consent_id}/end", json={})
    assert granted.get("/citizen/v1/consents").status_code == 401


def test_a_consent_ends_with_its_term(world: World, at: Callable[..., object]) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    consent = world.consent(citizen, partner, SCOPE, days=30)
    at(days=30)
    assert ask(world.again(partner), consent.consent_id).status_code == 404
    listed = as_citizen(world.app, world.session, citizen).get("/citizen/v1/consents").json["data"]
    assert listed[0]["status"] == "expired"


def test_a_new_consent_of_the_same_scope_takes_the_place_of_the_old(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    old, new = (world.consent(citizen, partner, SCOPE) for _ in range(2))
    assert ask(partner, old.consent_id).status_code == 404
    assert ask(partner, new.consent_id).status_code == 201


def test_one_does_not_end_anothers_consent(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    consent = world.consent(citizen, partner, SCOPE)
    stranger = as_citizen(world.app, world.session, world.person())
    assert stranger.post(f"/citizen/v1/consents/{consent.consent_id}/end", json={}).status_code == 404
    assert ask(partner, consent.consent_id).status_code == 201


def test_granting_and_ending_are_told(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou")
    consent = world.consent(citizen, partner, SCOPE)
    as_citizen(world.app, world.session, citizen).post(f"/citizen/v1/consents/{consent.consent_id}/end", json={})
    told = world.session.query(Message).filter_by(citizen_id=citizen).order_by(Message.id)
    assert [message.data["kind"] for message in told] == ["consent.granted", "consent.ended"]


def test_the_score_is_read_under_a_consent_of_its_own(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 640)
    consent = world.consent(citizen, partner, "score:read")
    answer = partner.get(f"/partner/v1/citizens/{consent.citizen_ref}/score")
    assert answer.status_code == 200
    assert (answer.json["score"], answer.json["pack"]) == (640, "qianjiang")
    assert answer.json["grade"] == world.kit.packs["qianjiang"].grade(640).code
    look = world.looks(citizen)[0]
    assert (look["action"]["code"], look["purpose"]["code"], look["ref"]) == ("score.read", "score", consent.consent_id)
    assert sorted(field["code"] for field in look["fields"]) == ["grade", "score"]
    listed = as_citizen(world.app, world.session, citizen).get("/citizen/v1/consents").json["data"][0]
    assert listed["shows_score"]


def test_no_score_without_that_consent_and_no_row_either(world: World, at: Callable[..., object]) -> None:
    partner, other, citizen = world.partner("hz-library-card"), world.partner(), world.person("hangzhou", 640)
    ref = world.consent(citizen, partner, SCOPE).citizen_ref
    ended = world.person("hangzhou", 640)
    consent = world.consent(ended, partner, "score:read")
    as_citizen(world.app, world.session, ended).post(f"/citizen/v1/consents/{consent.consent_id}/end", json={})
    unscored = world.consent(world.person("hangzhou"), partner, "score:read").citizen_ref
    theirs = world.consent(citizen, other, "score:read").citizen_ref
    answers = [
        partner.get(f"/partner/v1/citizens/{ref}/score", headers={"X-Request-Id": "req_the_same"})
        for ref in (ref, consent.citizen_ref, unscored, theirs, "ctz_unknown")
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(404, answers[0].data)}
    assert answers[0].json["code"] == "consent-not-found"
    assert not world.looks(citizen)


def test_the_right_to_read_scores_is_a_scope_of_its_own(world: World) -> None:
    partner = world.partner("hz-library-card")
    narrow = world.again(partner, ["partner", "eligibility"])
    assert narrow.get("/partner/v1/citizens/ctz_x/score").status_code == 403

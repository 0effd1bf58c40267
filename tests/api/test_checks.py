"""Journey 2: a code scanned, a question asked, one answer that anyone can verify and the citizen sees at once."""

from __future__ import annotations

from collections.abc import Callable

import jwt
import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from app.services import partners
from app.store.outbox import Message
from tests.support.callers import as_citizen
from tests.support.checks import World

CHECKS = "/partner/v1/eligibility-checks"
SCANS = "/partner/v1/card-scans"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def test_credit_from_the_line_on(world: World) -> None:
    answer = world.check(world.partner("hz-library-card"), world.person("hangzhou", 573), "hz-library-card")
    assert answer.status_code == 201
    assert answer.json["path"] == "credit"
    assert answer.json["benefit"] == {"kind": "deposit_waiver", "amount": 10000, "currency": "CNY"}
    assert answer.json["limits"]["amount"] == 10000
    assert "ordinary_path" not in answer.json


def test_the_ordinary_way_one_point_before_it(world: World) -> None:
    answer = world.check(world.partner("hz-library-card"), world.person("hangzhou", 572), "hz-library-card")
    assert answer.json["path"] == "standard"
    assert answer.json["ordinary_path"]["price"] == 10000
    assert answer.json["ordinary_path"]["text"].startswith("按普通方式办理")
    assert "benefit" not in answer.json


def test_the_ordinary_way_is_told_in_english_too(world: World) -> None:
    partner = world.partner("hz-library-card")
    scan_id = world.scan(partner, world.person("hangzhou"))["id"]
    asked = {"scenario": "hz-library-card", "scan_id": scan_id}
    answer = partner.post(CHECKS, json=asked, headers={"Accept-Language": "en"})
    assert answer.json["ordinary_path"]["text"].startswith("The ordinary way")


@pytest.mark.parametrize("score", [573, 0])
def test_anyone_verifies_the_decision_with_the_published_keys(world: World, score: int) -> None:
    partner = world.partner("hz-library-card")
    answer = world.check(partner, world.person("hangzhou", score), "hz-library-card").json
    header = jwt.get_unverified_header(answer["decision"])
    key = next(key for key in world.kit.keys.jwks()["keys"] if key["kid"] == header["kid"])
    claims = jwt.decode(
        answer["decision"],
        ECKey.import_key(key).as_pem(private=False),
        algorithms=["ES256"],
        audience=world.partner_id(partner),
        issuer=world.kit.settings.base_url,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert header["typ"] == "decision+jwt"
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert claims["jti"] == answer["id"]
    for said in ("path", "scenario", "citizen_ref", "livemode"):
        assert claims[said] == answer[said]
    assert claims.get("benefit") == answer.get("benefit")
    assert set(claims) - {"benefit"} == {
        "iss", "aud", "jti", "iat", "exp", "livemode", "citizen_ref", "scenario", "path",
    }  # fmt: skip


def test_the_citizen_sees_the_check_at_once_in_one_row(world: World) -> None:
    citizen = world.person("hangzhou", 600)
    check = world.check(world.partner("hz-library-card", name="西湖图书馆"), citizen, "hz-library-card").json
    looks = as_citizen(world.app, world.session, citizen).get("/citizen/v1/access-log").json["data"]
    assert len(looks) == 1
    look = looks[0]
    assert look["actor"] == {"kind": "partner", "name": "西湖图书馆"}
    assert look["action"]["code"] == "check"
    assert look["purpose"]["code"] == "eligibility"
    assert [field["code"] for field in look["fields"]] == ["eligibility"]
    assert (look["scenario"], look["ref"], look["outcome"]["code"]) == ("hz-library-card", check["id"], "credit")


def test_the_citizen_is_told(world: World) -> None:
    citizen = world.person("hangzhou", 600)
    check = world.check(world.partner("hz-library-card", name="西湖图书馆"), citizen, "hz-library-card").json
    told = world.session.query(Message).filter_by(citizen_id=citizen).one()
    assert told.data["kind"] == "decision.made"
    assert told.data["data"]["decision_id"] == check["id"]


def test_a_partner_reads_its_answer_again_and_that_is_a_look(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    check = world.check(partner, citizen, "hz-library-card").json
    again = partner.get(f"{CHECKS}/{check['id']}")
    assert again.status_code == 200
    assert {k: v for k, v in again.json.items() if k != "decision"} == {
        k: v for k, v in check.items() if k != "decision"
    }
    looks = as_citizen(world.app, world.session, citizen).get("/citizen/v1/access-log").json["data"]
    assert [look["action"]["code"] for look in looks] == ["check.read", "check"]


def test_another_partner_does_not_read_it(world: World) -> None:
    check = world.check(world.partner("hz-library-card"), world.person("hangzhou", 600), "hz-library-card").json
    assert world.partner("hz-library-card").get(f"{CHECKS}/{check['id']}").status_code == 404


def test_a_scan_tells_nothing_about_the_person(world: World) -> None:
    partner = world.partner("hz-library-card")
    scans = [world.scan(partner, world.person("hangzhou", score)) for score in (900, 0, None)]
    assert [set(scan) for scan in scans] == [{"id", "citizen_ref", "expires_at", "livemode"}] * 3


def test_the_reference_is_the_same_for_one_partner_and_different_for_two(world: World) -> None:
    one, two, citizen = world.partner(), world.partner(), world.person()
    first, again, other = (world.scan(partner, citizen)["citizen_ref"] for partner in (one, one, two))
    assert first == again
    assert first != other
    assert citizen not in first


def test_a_scan_answers_one_check_for_one_scenario(world: World) -> None:
    partner = world.partner("hz-library-card", "hz-transit-ride")
    scan_id = world.scan(partner, world.person("hangzhou", 600))["id"]
    assert partner.post(CHECKS, json={"scenario": "hz-library-card", "scan_id": scan_id}).status_code == 201
    for scenario in ("hz-library-card", "hz-transit-ride"):
        second = partner.post(CHECKS, json={"scenario": scenario, "scan_id": scan_id})
        assert (second.status_code, second.json["code"]) == (409, "scan-not-valid")


def test_the_same_question_sent_twice_is_answered_once(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    asked = {"scenario": "hz-library-card", "scan_id": world.scan(partner, citizen)["id"]}
    first, again = (partner.post(CHECKS, json=asked, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(as_citizen(world.app, world.session, citizen).get("/citizen/v1/access-log").json["data"]) == 1


def test_a_scan_lives_fifteen_minutes(world: World, at: Callable[..., object]) -> None:
    partner = world.partner("hz-library-card")
    scan_id = world.scan(partner, world.person("hangzhou", 600))["id"]
    at(minutes=15)
    late = world.again(partner).post(CHECKS, json={"scenario": "hz-library-card", "scan_id": scan_id})
    assert (late.status_code, late.json["code"]) == (409, "scan-not-valid")


def test_a_code_lives_sixty_seconds_and_is_used_once(world: World, at: Callable[..., object]) -> None:
    partner, citizen = world.partner(), world.person()
    code = world.code(citizen)
    assert partner.post(SCANS, json={"code": code}).status_code == 201
    used = partner.post(SCANS, json={"code": code})
    code = world.code(citizen)
    at(seconds=60)
    over, unknown = (partner.post(SCANS, json={"code": c}) for c in (code, "ZZZZZZZZZZZZZZZZ"))
    assert [(answer.status_code, answer.json["code"]) for answer in (used, over, unknown)] == [
        (409, "code-not-valid")
    ] * 3


def test_another_partners_scan_is_not_there(world: World) -> None:
    scan_id = world.scan(world.partner("hz-library-card"), world.person("hangzhou", 600))["id"]
    other = world.partner("hz-library-card")
    answer = other.post(CHECKS, json={"scenario": "hz-library-card", "scan_id": scan_id})
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")


def test_a_partner_asks_only_for_what_it_serves(world: World) -> None:
    partner = world.partner("hz-transit-ride")
    scan_id = world.scan(partner, world.person("hangzhou", 600))["id"]
    not_mine = partner.post(CHECKS, json={"scenario": "hz-library-card", "scan_id": scan_id})
    assert (not_mine.status_code, not_mine.json["code"]) == (403, "scenario-not-open")
    unknown = partner.post(CHECKS, json={"scenario": "no-such", "scan_id": scan_id})
    assert (unknown.status_code, unknown.json["errors"][0]["pointer"]) == (422, "/scenario")
    mine = partner.post(CHECKS, json={"scenario": "hz-transit-ride", "scan_id": scan_id})
    assert mine.status_code == 201, "a question that was refused does not use up the scan"


def test_a_suspended_partner_serves_nobody(world: World) -> None:
    partner, citizen = world.partner("hz-library-card"), world.person("hangzhou", 600)
    scan_id = world.scan(partner, citizen)["id"]
    consent = world.consent(citizen, partner, "eligibility:hz-library-card")
    shared = world.consent(citizen, partner, "score:read")
    partners.set_status(world.session, world.partner_id(partner), active=False)
    world.session.commit()
    for right in ({"scan_id": scan_id}, {"consent_id": consent.consent_id}):
        asked = partner.post(CHECKS, json={"scenario": "hz-library-card", **right})
        assert (asked.status_code, asked.json["code"]) == (403, "scenario-not-open")
    scanned = partner.post(SCANS, json={"code": world.code(citizen)})
    read = partner.get(f"/partner/v1/citizens/{shared.citizen_ref}/score")
    assert [(answer.status_code, answer.json["code"]) for answer in (scanned, read)] == [(403, "partner-suspended")] * 2
    assert not world.looks(citizen)

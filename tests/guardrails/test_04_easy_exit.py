"""Guardrail 4: leaving deletes score, cards, consents and codes; the app still works, and one may come back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.notice import NOTICE
from tests.support.callers import TestCaller
from tests.support.cards import CardHolders, code_of, redeem, swap
from tests.support.checks import World
from tests.support.people import make_citizen

SCENARIO = "hz-library-card"
CHECKS = "/partner/v1/eligibility-checks"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session, people=100)


@pytest.fixture
def me(world: World, holders: CardHolders) -> TestCaller:
    return holders.login(world.person("hangzhou", 700))


def leave(caller: TestCaller) -> dict[str, Any]:
    answer = caller.delete("/citizen/v1/enrolment")
    assert answer.status_code == 200
    receipt: dict[str, Any] = answer.json
    return receipt


def bare(answer: Any) -> dict[str, Any]:
    return {**answer.json, "request_id": ""}


def test_nobody_has_a_score_before_they_agree(holders: CardHolders) -> None:
    caller = holders("张小三", "hangzhou")
    assert caller.get("/citizen/v1/score").status_code == 404
    assert "score" not in caller.get("/citizen/v1/home").json


def test_leaving_is_one_call_and_answers_a_receipt(me: TestCaller) -> None:
    receipt = leave(me)
    counts = {entry["kind"]: entry["count"] for entry in receipt["deleted"]}
    assert counts["scores"] == 1
    assert {entry["kind"] for entry in receipt["kept"]} <= {
        *("citizens", "outer_ids", "oauth_grants", "access_chain", "access_heads"),
        *("orders", "order_transitions", "order_payments"),
        "deletion_receipts",
    }
    assert all(entry["name"] for entry in receipt["deleted"])
    assert all(entry["reason"] and entry["law"] and entry["until"] for entry in receipt["kept"])


@pytest.mark.parametrize("path", ["score", "score/history", "score/explanation"])
def test_the_score_is_gone(me: TestCaller, path: str) -> None:
    assert me.get(f"/citizen/v1/{path}").status_code == 200
    leave(me)
    answer = me.get(f"/citizen/v1/{path}")
    assert (answer.status_code, answer.json["code"]) == (404, "not-enrolled")


def test_the_records_are_gone(world: World, holders: CardHolders) -> None:
    me = world.person("hangzhou", 700)
    holders.give(me, "honour")
    caller = holders.login(me)
    (record,) = caller.get("/citizen/v1/records").json["data"]
    leave(caller)
    assert caller.get("/citizen/v1/records").json["data"] == []
    assert caller.get(f"/citizen/v1/records/{record['id']}").status_code == 404


def test_the_app_still_works(me: TestCaller) -> None:
    leave(me)
    home = me.get("/citizen/v1/home")
    assert (home.status_code, home.json["member"]) == (200, False)
    assert {entry["path"] for entry in home.json["scenarios"]} == {"standard"}
    for path in ("scenarios", "orders", "consents", "access-log", "events", "name-cards", "enrolment", "devices"):
        assert me.get(f"/citizen/v1/{path}").status_code == 200, path
    assert me.get("/citizen/v1/name-card").json["code"] == "login-needed"


def test_cards_that_others_hold_of_me_die_too(me: TestCaller, holders: CardHolders) -> None:
    friend = holders("李四")
    held = swap(me, friend).json["received"]["id"]
    leave(me)
    assert friend.get(f"/citizen/v1/name-cards/{held}").status_code == 404
    assert friend.get("/citizen/v1/name-cards").json["data"] == []
    assert me.get("/citizen/v1/name-cards").json["data"] == []


def test_codes_shown_before_are_dead(me: TestCaller, holders: CardHolders, world: World) -> None:
    exchange, partner = code_of(me), world.partner(SCENARIO)
    check = me.post("/citizen/v1/name-card/codes", json={"purpose": "check"}).json["code"]
    leave(me)
    assert redeem(holders("李四"), exchange).json["code"] == "code-not-valid"
    scan = partner.post("/partner/v1/card-scans", json={"code": check})
    assert scan.json["code"] == "code-not-valid"


def test_an_ended_a_deleted_and_an_unknown_consent_are_one_404(world: World, holders: CardHolders) -> None:
    partner, left, ended = world.partner(SCENARIO), world.person("hangzhou", 700), world.person("hangzhou", 700)
    consents = [world.consent(citizen, partner, f"eligibility:{SCENARIO}") for citizen in (left, ended)]
    leave(holders.login(left))
    holders.login(ended).post(f"/citizen/v1/consents/{consents[1].consent_id}/end")
    ids = [*(consent.consent_id for consent in consents), "con_" + "0" * 32]
    answers = [partner.post(CHECKS, json={"scenario": SCENARIO, "consent_id": consent}) for consent in ids]
    assert [bare(answer) for answer in answers] == [bare(answers[0])] * 3
    assert answers[0].status_code == 404


def test_to_a_merchant_one_who_left_is_one_who_never_joined(world: World, holders: CardHolders) -> None:
    partner, me = world.partner(SCENARIO), world.person("hangzhou", 700)
    leave(holders.login(me))
    stranger = world.person("hangzhou")
    told = [world.check(partner, citizen, SCENARIO).json for citizen in (me, stranger)]
    assert {answer["path"] for answer in told} == {"standard"}
    assert told[0]["ordinary_path"] == told[1]["ordinary_path"]
    assert set(told[0]) == set(told[1])


def test_answers_kept_for_repeats_go_along(world: World, holders: CardHolders) -> None:
    partner, me = world.partner(SCENARIO), world.person("hangzhou", 700)
    consent = world.consent(me, partner, f"eligibility:{SCENARIO}")
    asked = {"scenario": SCENARIO, "consent_id": consent.consent_id}
    once = {"headers": {"Idempotency-Key": "one-1"}, "json": asked}
    first, repeated = partner.post(CHECKS, **once), partner.post(CHECKS, **once)
    assert (first.status_code, repeated.headers["Idempotent-Replayed"], repeated.data) == (201, "true", first.data)
    leave(holders.login(me))
    after = partner.post(CHECKS, **once)
    assert (after.status_code, after.json["code"]) == (404, "consent-not-found")


def test_coming_back_starts_afresh(world: World, holders: CardHolders) -> None:
    me = holders.person("王归来", "hangzhou")
    world.enrol(me)
    world.score(me, "hangzhou", 700)
    holders.give(me, "honour")
    caller = holders.login(me)
    leave(caller)
    agreement = {"notice_version": NOTICE.version}
    assert caller.post("/citizen/v1/enrolment", json=agreement).json["code"] == "login-needed"
    again = make_citizen(
        world.session, world.kit.pii, world.kit.clock(), serial=holders.people, name="王归来", city="hangzhou"
    )
    assert again == me
    assert caller.post("/citizen/v1/enrolment", json=agreement).status_code == 201
    assert caller.get("/citizen/v1/home").json["member"]
    assert caller.get("/citizen/v1/records").json["data"] == []
    assert caller.get("/citizen/v1/name-card").json["preview"]["display_name"] == "王*来"


def test_someone_who_never_joined_may_leave_as_well(holders: CardHolders) -> None:
    caller = holders()
    caller.put("/citizen/v1/name-card", json={"nickname": "小鱼", "show": {"name_kind": "nickname", "fields": []}})
    assert {entry["kind"]: entry["count"] for entry in leave(caller)["deleted"]}["cards"] == 1


def test_no_name_is_left_in_the_tables(world: World, holders: CardHolders, session: Session) -> None:
    me = holders.person("司马不留名", "hangzhou")
    caller = holders.login(me)
    caller.put("/citizen/v1/name-card", json={"nickname": "绝不留名", "show": {"name_kind": "full", "fields": []}})
    leave(caller)
    tables = session.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars()
    for table in tables.all():
        rows = session.execute(text(f'select t::text from "{table}" t')).scalars()
        assert not any("不留名" in row for row in rows), table


@pytest.mark.parametrize("query", ["?force=1", "?citizen_id=cit_1"])
def test_leaving_takes_no_parameters(me: TestCaller, query: str) -> None:
    assert me.delete(f"/citizen/v1/enrolment{query}").status_code == 422
    assert me.get("/citizen/v1/score").status_code == 200

"""Reviews: a person asks, the desk answers in time, two people change something, and nobody else learns of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.domain.calendar import day_of
from app.services import reviews
from app.store.outbox import Message
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import TestCaller, as_citizen, as_department
from tests.support.checks import World, same_but_ids
from tests.support.correcting import member_with_records, record_of
from tests.support.office import operator
from tests.support.reviewing import DESK, LIBRARY, agreed, ask, decided, say

MINE = "/citizen/v1/reviews"
WORDS = "系统没有算上我今年的志愿服务"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


@pytest.fixture
def desk(app: Flask, session: Session) -> TestCaller:
    return operator(app, session, "office")


@pytest.fixture
def second(app: Flask, session: Session) -> TestCaller:
    return operator(app, session, "admin", serial=902, name="李主任")


def test_one_asks_follows_and_is_answered_with_reasons(world: World, desk: TestCaller) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    asked = ask(me, "decisions", check["id"], WORDS)
    today = day_of(world.kit.clock())
    assert asked["due_on"] == (today + timedelta(days=20)).isoformat()
    assert asked["about"]["code"] == LIBRARY
    assert me.get(f"/citizen/v1/decisions/{check['id']}").json["review"]["id"] == asked["id"]
    answered = say(desk, asked["id"], "stands", "分数核对无误")
    assert (answered.status_code, answered.json["status"]) == (200, "stands")
    mine = me.get(f"{MINE}/{asked['id']}").json
    assert (mine["status"], mine["reason"], mine["text"]) == ("stands", "分数核对无误", WORDS)
    assert [row["id"] for row in me.get(MINE).json["data"]] == [asked["id"]]


def test_the_queue_names_nobody_and_shows_what_is_overdue_first(world: World, desk: TestCaller, clock: Clock) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    asked = ask(me, "decisions", check["id"], WORDS)
    clock.advance(days=15)
    later, other = decided(world, world.person("hangzhou", 573))
    ask(later, "decisions", other["id"])
    clock.advance(days=6)
    rows = operator(world.app, world.session, "office").get(DESK).json["data"]
    assert [(row["id"] == asked["id"], row["overdue"]) for row in rows] == [(True, True), (False, False)]
    assert all(set(row) == {"id", "kind", "received_at", "due_on", "overdue"} for row in rows)


def test_opening_one_is_a_look_that_its_person_sees(world: World, desk: TestCaller) -> None:
    citizen = world.person("hangzhou", 572)
    me, check = decided(world, citizen)
    asked = ask(me, "decisions", check["id"], WORDS)
    case = desk.get(f"{DESK}/{asked['id']}").json
    assert (case["text"], case["decision"]["path"], case["decision"]["score"]) == (WORDS, "standard", 572)
    assert "张测试" not in str(case)
    look = world.looks(citizen)[0]
    assert (look["action"]["code"], look["actor"]["name"]) == ("review.read", "王专员")


def test_a_changed_decision_opens_the_service_by_a_persons_word(
    world: World, desk: TestCaller, second: TestCaller, clock: Clock
) -> None:
    citizen = world.person("hangzhou", 400)
    me, check = decided(world, citizen)
    asked = ask(me, "decisions", check["id"])
    agreed(world.app, world.session, world.kit, desk, second, asked["id"])
    assert me.get(f"/citizen/v1/decisions/{check['id']}").json["path"] == "standard", "what was answered was answered"
    again = world.check(world.partner(LIBRARY), citizen, LIBRARY)
    assert again.json["path"] == "credit"
    mine = me.get(f"/citizen/v1/decisions/{again.json['id']}").json
    assert ([reason["code"] for reason in mine["reasons"]], mine["used"]["score"]) == (["person-decided"], 400)
    word = me.get(f"{MINE}/{asked['id']}").json
    assert (word["status"], word["holds_until"]) == (
        "changed",
        (day_of(clock()) + timedelta(days=90)).isoformat(),
    )
    clock.advance(days=90)
    world.score(citizen, "hangzhou", 400)
    assert world.check(world.partner(LIBRARY), citizen, LIBRARY).json["path"] == "standard"


def test_a_word_opens_its_own_scenario_and_no_gate(world: World, desk: TestCaller, second: TestCaller) -> None:
    citizen = world.person("hangzhou", 400)
    me, check = decided(world, citizen)
    agreed(world.app, world.session, world.kit, desk, second, ask(me, "decisions", check["id"])["id"])
    other = "hz-transit-ride"
    assert world.check(world.partner(other), citizen, other).json["path"] == "standard"
    world.chooses(citizen, LIBRARY, ordinary=True)
    assert world.check(world.partner(LIBRARY), citizen, LIBRARY).json["path"] == "standard"


def test_to_a_merchant_credit_by_a_word_is_credit_as_any(world: World, desk: TestCaller, second: TestCaller) -> None:
    low, high = world.person("hangzhou", 400), world.person("hangzhou", 900)
    me, check = decided(world, low)
    agreed(world.app, world.session, world.kit, desk, second, ask(me, "decisions", check["id"])["id"])
    partner = world.partner(LIBRARY)
    assert same_but_ids(world.check(partner, low, LIBRARY)) == same_but_ids(world.check(partner, high, LIBRARY))


def test_only_an_ordinary_answer_that_rested_on_the_score_can_be_changed(world: World, desk: TestCaller) -> None:
    citizen = world.person("hangzhou", 900)
    me, check = decided(world, citizen)
    credit = ask(me, "decisions", check["id"])
    world.chooses(citizen, LIBRARY, ordinary=True)
    _, own_choice = decided(world, citizen)
    for asked in (credit, ask(me, "decisions", own_choice["id"])):
        refused = say(desk, asked["id"], "changed")
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/outcome")
        assert me.get(f"{MINE}/{asked['id']}").json["status"] == "received"


def test_a_change_is_two_peoples_word_and_the_first_sees_no_effect(world: World, desk: TestCaller) -> None:
    citizen = world.person("hangzhou", 400)
    me, check = decided(world, citizen)
    asked = ask(me, "decisions", check["id"])
    proposal = say(desk, asked["id"], "changed").json["approval_id"]
    own = desk.post(f"/operator/v1/approvals/{proposal}/approve", json={})
    assert (own.status_code, own.json["code"]) == (403, "approval-own")
    assert world.check(world.partner(LIBRARY), citizen, LIBRARY).json["path"] == "standard"
    assert "reason" not in me.get(f"{MINE}/{asked['id']}").json


def test_answered_once(world: World, desk: TestCaller) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    asked = ask(me, "decisions", check["id"])
    assert say(desk, asked["id"], "stands").status_code == 200
    again = say(desk, asked["id"], "stands")
    assert (again.status_code, again.json["code"]) == (409, "review-answered")


def test_one_review_of_a_thing_waits_at_a_time(world: World, desk: TestCaller) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    asked, path = ask(me, "decisions", check["id"]), f"/citizen/v1/decisions/{check['id']}/reviews"
    twice = me.post(path, json={"text": "再看一看"})
    assert (twice.status_code, twice.json["code"]) == (409, "review-open")
    say(desk, asked["id"], "stands")
    assert me.post(path, json={"text": "有了新材料"}).status_code == 201


def test_a_score_item_is_looked_at_with_what_it_does(app: Flask, session: Session, kit: Kit, desk: TestCaller) -> None:
    me = member_with_records(app, session, kit)
    penalty = record_of(me, "P-1")
    asked = ask(me, "records", penalty["id"], WORDS)
    assert (asked["kind"], asked["record_id"], asked["about"]["code"]) == (
        "item",
        penalty["id"],
        penalty["item"]["code"],
    )
    case = desk.get(f"{DESK}/{asked['id']}").json
    assert case["record"]["units"] < 0
    assert case["record"]["source_record_id"] == "P-1"


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "长" * 1001}, {"text": 1}, {"text": "a\u202eb"}, {"x": 1}])
def test_bad_input_is_named_and_changes_nothing(world: World, body: object) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    for path in (f"/citizen/v1/decisions/{check['id']}/reviews", "/citizen/v1/records/rec_0/reviews"):
        assert me.post(path, json=body).status_code in (404, 422)
    assert me.get(MINE).json["data"] == []


@pytest.mark.parametrize("body", [{"outcome": "received"}, {"outcome": "stands"}, {"outcome": "stands", "reason": ""}])
def test_an_answer_without_outcome_or_reason_is_none(world: World, desk: TestCaller, body: object) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    asked = ask(me, "decisions", check["id"])
    assert desk.post(f"{DESK}/{asked['id']}/answer", json=body).status_code == 422
    assert me.get(f"{MINE}/{asked['id']}").json["status"] == "received"


def test_no_word_of_it_lies_in_clear(world: World, session: Session, desk: TestCaller) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    asked = ask(me, "decisions", check["id"], WORDS)
    say(desk, asked["id"], "stands", "志愿服务已经算上")
    assert session.scalar(text("select count(*) from reviews t where t::text like '%志愿服务%'")) == 0
    told = me.post("/citizen/v1/data-exports").json["tables"]["reviews"][0]
    assert (told["text"], told["reason"]) == (WORDS, "志愿服务已经算上")


def test_reviews_from_before_are_sealed_by_the_worker(world: World, session: Session) -> None:
    citizen = world.person("hangzhou", 572)
    me, check = decided(world, citizen)
    now = world.kit.clock()
    old = {"id": "rev_1", "decision_id": check["id"], "text": WORDS, "asked_at": now.isoformat()}
    message = Message(id="msg_1", topic=reviews.TAKE_OVER, citizen_id=citizen, data=old, created_at=now, due_at=now)
    for _ in range(2):
        reviews.take_over(session, world.kit.pii, message)
    session.commit()
    assert [row["text"] for row in me.get(MINE).json["data"]] == [WORDS]


def test_a_stranger_finds_none(world: World) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    asked = ask(me, "decisions", check["id"])
    other = as_citizen(world.app, world.session, world.person("hangzhou", 572))
    assert other.get(f"{MINE}/{asked['id']}").status_code == 404
    assert other.post(f"/citizen/v1/decisions/{check['id']}/reviews", json={"text": "看"}).status_code == 404


def test_a_changed_item_is_disputed_with_its_department_and_counts_for_nothing(
    app: Flask, session: Session, kit: Kit, desk: TestCaller, second: TestCaller
) -> None:
    me = member_with_records(app, session, kit)
    penalty, before = record_of(me, "P-1"), me.get("/citizen/v1/score").json["score"]
    asked = ask(me, "records", penalty["id"])
    agreed(app, session, kit, desk, second, asked["id"])
    answered = me.get(f"{MINE}/{asked['id']}").json
    dispute = me.get(f"/citizen/v1/disputes/{answered['led_to']}").json
    assert (answered["status"], dispute["record_id"], dispute["ground"]["code"]) == ("changed", penalty["id"], "use")
    told = me.get(f"/citizen/v1/records/{penalty['id']}").json
    assert (told["status"]["code"], told["counts"]) == ("disputed", False)
    assert {"review_asked", "review_changed", "disputed"} <= {event["kind"]["code"] for event in told["events"]}
    assert me.get("/citizen/v1/score").json["score"] > before
    department = as_department(app, session, "transport")
    assert [row["id"] for row in department.get("/department/v1/disputes").json["data"]] == [answered["led_to"]]


def test_what_the_office_put_for_me_is_not_said_by_me(
    app: Flask, session: Session, kit: Kit, desk: TestCaller, second: TestCaller
) -> None:
    me = member_with_records(app, session, kit)
    penalty = record_of(me, "P-1")
    asked = ask(me, "records", penalty["id"])
    agreed(app, session, kit, desk, second, asked["id"])
    led_to = me.get(f"{MINE}/{asked['id']}").json["led_to"]
    department = as_department(app, session, "transport")
    theirs = department.get(f"/department/v1/disputes/{led_to}").json
    assert (theirs["asked_by"], theirs["statement"]) == ("operator", "材料齐全，应予支持")
    assert me.get(f"/citizen/v1/disputes/{led_to}").json["asked_by"] == "operator"
    events = me.get(f"/citizen/v1/records/{penalty['id']}").json["events"]
    by = {event["kind"]["code"]: event["actor"] for event in events}
    assert by["disputed"] == "王专员"
    said = {"outcome": "upheld", "reason": "属实", "document": "函"}
    assert department.post(f"/department/v1/disputes/{led_to}/answer", json=said).status_code == 200
    own = me.post(f"/citizen/v1/records/{penalty['id']}/disputes", json={"ground": "use", "statement": "我说"})
    assert (own.status_code, own.json["asked_by"]) == (201, "citizen"), "that one stood says nothing against mine"


def test_an_item_that_counts_for_nothing_already_cannot_be_changed(
    app: Flask, session: Session, kit: Kit, desk: TestCaller
) -> None:
    me = member_with_records(app, session, kit)
    penalty = record_of(me, "P-1")
    asked = ask(me, "records", penalty["id"])
    me.post(f"/citizen/v1/records/{penalty['id']}/disputes", json={"ground": "untrue", "statement": "不是事实"})
    refused = say(desk, asked["id"], "changed")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "nothing-to-change")


def test_an_answer_that_no_longer_fits_waits_anew(
    app: Flask, session: Session, kit: Kit, desk: TestCaller, second: TestCaller
) -> None:
    me = member_with_records(app, session, kit)
    penalty = record_of(me, "P-1")
    asked = ask(me, "records", penalty["id"])
    proposal = say(desk, asked["id"], "changed").json["approval_id"]
    me.post(f"/citizen/v1/records/{penalty['id']}/disputes", json={"ground": "untrue", "statement": "不是事实"})
    second.post(f"/operator/v1/approvals/{proposal}/approve", json={})
    Worker(kit).work()
    assert me.get(f"{MINE}/{asked['id']}").json["status"] == "received"
    assert "proposed" not in desk.get(f"{DESK}/{asked['id']}").json
    assert say(desk, asked["id"], "stands", "已由您本人提出异议").status_code == 200

"""Guardrail 11: every decision and every score item can be sent to a person, and the ordinary way runs meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.pack import catalogue_of
from app.domain.review import OUTCOMES
from tests.support.callers import as_citizen
from tests.support.checks import World
from tests.support.correcting import member_with_records
from tests.support.office import operator
from tests.support.reviewing import DESK, LIBRARY, agreed, ask, decided, say


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


@pytest.mark.parametrize("score", [0, 572, 573, 999])
def test_any_decision_can_be_sent_to_a_person(world: World, score: int) -> None:
    me, check = decided(world, world.person("hangzhou", score))
    assert ask(me, "decisions", check["id"])["status"] == "received"


def test_a_decision_about_one_who_is_no_member_too(world: World) -> None:
    me, check = decided(world, world.person("hangzhou"))
    assert ask(me, "decisions", check["id"])["status"] == "received"


def test_every_item_of_a_score_can_be_sent_to_a_person(app: Flask, session: Session, world: World) -> None:
    """The explanation's items are records of one's own, and so is what counts for nothing."""
    me = member_with_records(app, session, world.kit)
    explained = me.get("/citizen/v1/score/explanation").json
    parts = [part for dimension in explained["dimensions"] for part in dimension["indicators"]]
    items = [item["record_id"] for part in parts for item in part["contributions"]]
    assert len(items) == 2
    for record_id in items:
        asked = ask(me, "records", record_id)
        assert asked["about"]["code"] in catalogue_of(world.kit.packs)


def test_the_ordinary_way_runs_while_a_person_looks(world: World) -> None:
    citizen, partner = world.person("hangzhou", 572), world.partner(LIBRARY)
    check = world.check(partner, citizen, LIBRARY).json
    ask(as_citizen(world.app, world.session, citizen), "decisions", check["id"])
    again = world.check(partner, citizen, LIBRARY).json
    assert again["path"] == "standard"
    assert again["ordinary_path"] == check["ordinary_path"]


def test_asking_changes_no_score_and_costs_nothing(app: Flask, session: Session, world: World) -> None:
    me = member_with_records(app, session, world.kit)
    before = me.get("/citizen/v1/score").json["score"]
    for row in me.get("/citizen/v1/records").json["data"]:
        ask(me, "records", row["id"])
    assert me.get("/citizen/v1/score").json["score"] == before


def test_it_is_answered_within_twenty_days_and_who_is_late_is_first_in_the_queue(world: World) -> None:
    me, check = decided(world, world.person("hangzhou", 572))
    asked = ask(me, "decisions", check["id"])
    due = date.fromisoformat(asked["due_on"])
    assert due - day_of(world.kit.clock()) == timedelta(days=20)
    world.kit.clock.advance(days=21)  # type: ignore[attr-defined]
    queue = operator(world.app, world.session, "office").get(DESK).json["data"]
    assert (queue[0]["id"], queue[0]["overdue"]) == (asked["id"], True)


def test_a_person_answers_with_reasons_never_a_machine(world: World) -> None:
    """No answer without words, by an operator whom the access log names."""
    citizen = world.person("hangzhou", 572)
    me, check = decided(world, citizen)
    asked = ask(me, "decisions", check["id"])
    desk = operator(world.app, world.session, "office")
    for outcome in OUTCOMES:
        silent = desk.post(f"{DESK}/{asked['id']}/answer", json={"outcome": outcome})
        assert silent.status_code == 422
    say(desk, asked["id"], "stands", "分数核对无误")
    assert me.get(f"/citizen/v1/reviews/{asked['id']}").json["reason"] == "分数核对无误"
    look = next(look for look in world.looks(citizen) if look["action"]["code"] == "review.stands")
    assert (look["actor"]["kind"], look["actor"]["name"]) == ("operator", "王专员")


def test_a_persons_word_only_ever_grants(world: World) -> None:
    """Guardrail 1 holds for it: with the word, no score at all is worse off than without."""
    desk = operator(world.app, world.session, "office")
    second = operator(world.app, world.session, "admin", serial=902, name="李主任")
    for score in (0, 572):
        citizen = world.person("hangzhou", score)
        me, check = decided(world, citizen)
        agreed(world.app, world.session, world.kit, desk, second, ask(me, "decisions", check["id"])["id"])
        for later in (0, 300, 572, 573, 999):
            world.score(citizen, "hangzhou", later)
            assert world.check(world.partner(LIBRARY), citizen, LIBRARY).json["path"] == "credit"

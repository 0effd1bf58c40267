"""Guardrail 11: every decision can be sent to a person, and the ordinary way runs meanwhile."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.callers import as_citizen
from tests.support.checks import World

DECISIONS = "/citizen/v1/decisions"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


@pytest.mark.parametrize("score", [0, 572, 573, 999])
def test_any_decision_can_be_sent_to_a_person(world: World, score: int) -> None:
    citizen = world.person("hangzhou", score)
    check = world.check(world.partner("hz-library-card"), citizen, "hz-library-card").json
    me = as_citizen(world.app, world.session, citizen)
    asked = me.post(f"{DECISIONS}/{check['id']}/reviews", json={"text": "请人工看一看"})
    assert (asked.status_code, asked.json["status"]) == (201, "received")


def test_the_ordinary_way_runs_while_a_person_looks(world: World) -> None:
    citizen, partner = world.person("hangzhou", 572), world.partner("hz-library-card")
    check = world.check(partner, citizen, "hz-library-card").json
    me = as_citizen(world.app, world.session, citizen)
    me.post(f"{DECISIONS}/{check['id']}/reviews", json={"text": "请人工看一看"})
    again = world.check(partner, citizen, "hz-library-card").json
    assert again["path"] == "standard"
    assert again["ordinary_path"] == check["ordinary_path"]

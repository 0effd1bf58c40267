"""Guardrail 14: the credit office sees the city in aggregates of at least 20 people, and nobody in particular."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.store.decisions import DecisionRow
from app.store.enrolments import Enrolment
from app.store.operators import put
from tests.support.callers import TestCaller, as_operator
from tests.support.people import make_citizen


@pytest.fixture
def desk(app, session, kit, clock) -> TestCaller:
    person = make_citizen(session, kit.pii, clock(), serial=900)
    operator_id = put(session, "idn_operator", "王专员", ["office"], clock())
    return as_operator(app, session, person, operator_id)


def people(session, kit, clock, city, count, first):
    for serial in range(first, first + count):
        citizen_id = make_citizen(session, kit.pii, clock(), serial=serial, city=city)
        session.add(Enrolment(citizen_id=citizen_id, notice_version="1", enrolled_at=clock()))
    session.commit()


def decision(citizen_id, number, now):
    return DecisionRow(
        citizen_id=citizen_id,
        id=f"dec_{number}",
        scenario="xm-bike-rental",
        path="credit",
        reasons=[],
        rule="r",
        as_of=now.date(),
        via="scan",
        partner_name="p",
        livemode=False,
        decided_at=now,
        valid_until=now + timedelta(minutes=15),
    )


def table(desk, name):
    tables = {table["name"]: table for table in desk.get("/operator/v1/statistics").json["tables"]}
    return {cell["name"]: cell["people"] for cell in tables[name]["cells"]}, tables[name]["suppressed"]


def test_a_group_of_fewer_than_20_is_not_shown(desk, session, kit, clock):
    people(session, kit, clock, "xiamen", 45, 1)
    people(session, kit, clock, "hangzhou", 25, 100)
    people(session, kit, clock, "zhoushan", 3, 200)
    assert table(desk, "members_by_city") == ({"xiamen": 45}, 2)


def test_twenty_people_are_a_number(desk, session, kit, clock):
    people(session, kit, clock, "xiamen", 20, 1)
    assert table(desk, "members_by_city") == ({"xiamen": 20}, 0)


def test_one_person_with_many_checks_is_one_person(desk, session, kit, clock):
    citizen_id = make_citizen(session, kit.pii, clock(), serial=1)
    for number in range(40):
        session.add(decision(citizen_id, number, clock()))
    session.commit()
    assert table(desk, "checked_by_scenario") == ({}, 1)


def test_no_route_of_the_desk_lists_finds_or_shows_a_person(app, desk, session, kit, clock):
    make_citizen(session, kit.pii, clock(), serial=7, name="李某某")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/operator/"):
            assert not any(word in rule.rule for word in ("citizen", "people", "search", "ranking", "export", "map"))
            if "GET" in rule.methods and "<" not in rule.rule:
                text = json.dumps(desk.get(rule.rule).json, ensure_ascii=False)
                assert "李某某" not in text
                assert "cit_" not in text
                assert "990000" not in text

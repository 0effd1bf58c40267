"""Guardrail 5: to a merchant "not eligible", "not opted in" and "chose the ordinary way" are the same bytes.

But for ids, times and signatures; and an ended, a deleted and an unknown consent are one and the same 404.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.callers import as_citizen
from tests.support.checks import World, headers_but_counters, same_but_ids

CODE = "hz-library-card"
CHECKS = "/partner/v1/eligibility-checks"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def not_opted_in(world: World) -> str:
    return world.person("hangzhou")


def opted_in_a_moment_ago(world: World) -> str:
    return world.person("hangzhou", member=True)


def a_point_short(world: World) -> str:
    return world.person("hangzhou", 572)


def at_zero(world: World) -> str:
    return world.person("hangzhou", 0)


def chose_the_ordinary_way(world: World) -> str:
    citizen = world.person("hangzhou", 900)
    world.chooses(citizen, CODE, ordinary=True)
    return citizen


def holds_the_city_card(world: World) -> str:
    citizen = world.person("hangzhou", 900)
    world.chooses(citizen, CODE, "city-card")
    return citizen


def owes_an_order(world: World) -> str:
    citizen = world.person("hangzhou", 900)
    world.owes(citizen, CODE, "ptn_other")
    return citizen


def lives_elsewhere(world: World) -> str:
    return world.person("xiamen", 900)


def lives_here(world: World) -> str:
    """The one of all these whose answer is `credit`."""
    return world.person("hangzhou", 900)


WHY: list[Callable[[World], str]] = [
    not_opted_in,
    opted_in_a_moment_ago,
    a_point_short,
    at_zero,
    chose_the_ordinary_way,
    holds_the_city_card,
    owes_an_order,
    lives_elsewhere,
]


def test_every_why_gives_the_same_bytes_by_scan(world: World) -> None:
    partner = world.partner(CODE)
    answers = [world.check(partner, why(world), CODE) for why in WHY]
    assert {answer.json["path"] for answer in answers} == {"standard"}
    assert len({same_but_ids(answer) for answer in answers}) == 1
    assert len({len(answer.data) for answer in answers}) == 1, "not even the length tells"


def test_the_counters_of_its_own_requests_tell_a_partner_nothing_else(world: World) -> None:
    partner, left, paths = world.partner(CODE), [], set()
    for why in (*WHY, lives_here, *WHY):
        answer = world.check(partner, why(world), CODE)
        paths.add(answer.json["path"])
        left.append(int(re.findall(r'"check-client";r=(\d+)', answer.headers["RateLimit"])[0]))
    assert paths == {"credit", "standard"}
    assert [before - after for before, after in pairwise(left)] == [1] * (len(left) - 1)


def test_every_why_gives_the_same_bytes_by_consent_and_again(world: World) -> None:
    partner = world.partner(CODE)
    answers, again = [], []
    for why in WHY:
        consent = world.consent(why(world), partner, f"eligibility:{CODE}")
        answers.append(partner.post(CHECKS, json={"scenario": CODE, "consent_id": consent.consent_id}))
        again.append(partner.get(f"{CHECKS}/{answers[-1].json['id']}"))
    assert len({same_but_ids(answer) for answer in answers}) == 1
    assert len({same_but_ids(answer) for answer in again}) == 1


def test_each_citizen_is_told_their_own_why(world: World) -> None:
    partner, told = world.partner(CODE), set()
    for why in WHY:
        citizen = why(world)
        check = world.check(partner, citizen, CODE).json
        decision = as_citizen(world.app, world.session, citizen).get(f"/citizen/v1/decisions/{check['id']}").json
        told.add(tuple(reason["code"] for reason in decision["reasons"]))
    assert len(told) == 7, "a point short and zero share theirs"


def test_anyone_with_a_login_can_show_a_code(world: World) -> None:
    scan = world.scan(world.partner(), world.person("xiamen"))
    assert scan["citizen_ref"].startswith("ctz_")


def test_an_ended_a_deleted_and_an_unknown_consent_are_one_404(world: World, at: Callable[..., object]) -> None:
    partner, scope = world.partner(CODE, "hz-transit-ride"), f"eligibility:{CODE}"
    gone = world.person("hangzhou", 900)
    deleted = world.consent(gone, partner, scope).consent_id
    assert as_citizen(world.app, world.session, gone).delete("/citizen/v1/enrolment").status_code < 300
    over = world.consent(world.person("hangzhou", 900), partner, scope, days=30).consent_id
    at(days=31)
    citizen = world.person("hangzhou", 900)
    ended = world.consent(citizen, partner, scope).consent_id
    as_citizen(world.app, world.session, citizen).post(f"/citizen/v1/consents/{ended}/end", json={})
    theirs = world.consent(citizen, world.partner(CODE), scope).consent_id
    elsewhere = world.consent(citizen, partner, "eligibility:hz-transit-ride").consent_id
    answers = [
        world.again(partner).post(
            CHECKS, json={"scenario": CODE, "consent_id": consent}, headers={"X-Request-Id": "req_the_same"}
        )
        for consent in (ended, over, deleted, theirs, elsewhere, "cns_unknown")
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(404, answers[0].data)}
    told = [headers_but_counters(answer) for answer in answers]
    assert all(headers == told[0] for headers in told)

"""Who hears of a coming version of an offer: members, every citizen of the city, and the partners who serve it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.callers import TestCaller, as_citizen
from tests.support.checks import World
from tests.support.members import make_member
from tests.support.offering import next_offer, path, published
from tests.support.office import operator
from tests.support.people import make_citizen
from tests.support.publishing import work
from tests.support.shop import BIKE

COMING = "/citizen/v1/coming-scenarios"


@pytest.fixture
def office(app, session) -> tuple[TestCaller, TestCaller]:
    return operator(app, session, "office", serial=901), operator(app, session, "office", serial=902)


def coming(app, session, citizen_id, **headers):
    return as_citizen(app, session, citizen_id).get(COMING, headers=headers).json["data"]


def test_every_citizen_of_the_city_reads_what_is_coming_and_nobody_else(app, session, kit, office, at):
    member = make_member(session, kit)
    neighbour = make_citizen(session, kit.pii, kit.clock(), serial=5)
    elsewhere = make_citizen(session, kit.pii, kit.clock(), serial=6, city="hangzhou")
    assert coming(app, session, member) == []
    present = kit.registry.offer(BIKE)
    offer = next_offer(kit, threshold=600, limits=replace(present.limits, open_orders=2))
    published(*office, session, kit, offer)
    for citizen in (member, neighbour):
        (told,) = coming(app, session, citizen)
        assert (told["scenario"], told["version"], told["notice"]) == (BIKE, 2, "免押门槛降低。")
        assert told["changed"] == ["threshold", "limits"]
        assert (told["present"]["threshold"], told["offer"]["threshold"]) == (650, 600)
        assert told["offer"]["limits"]["open_orders"] == 2
    (told,) = coming(app, session, member, **{"Accept-Language": "en"})
    assert told["notice"] == "The line is lower."
    assert coming(app, session, elsewhere) == []
    at(days=7)
    assert coming(app, session, member) == []


def test_a_scenario_that_is_new_has_nothing_of_today_beside_it(app, session, kit, office):
    member = make_member(session, kit)
    published(*office, session, kit, replace(next_offer(kit), code="xm-bike-night", version=1))
    (told,) = coming(app, session, member)
    assert "present" not in told
    assert (told["scenario"], told["changed"]) == ("xm-bike-night", [])


def test_partners_who_serve_it_hear_when_it_changes_and_when_it_does_not_after_all(app, session, kit, office):
    world = World(app, session, people=600)
    partner, other = world.partner(BIKE), world.partner("hz-library-card")
    offer = next_offer(kit, threshold=600)
    published(*office, session, kit, offer)
    day = office[0].get(path(offer)).json["effective_on"]
    assert office[0].post(path(offer, "withdraw"), json={}).status_code == 200
    session.commit()
    work(kit)
    heard = partner.get("/partner/v1/events").json["data"]
    assert [(event["type"], event["data"]) for event in heard] == [
        ("scenario.changing", {"scenario": BIKE, "date": day, "status": "withdrawn"}),
        ("scenario.changing", {"scenario": BIKE, "date": day, "status": "announced"}),
    ]
    assert other.get("/partner/v1/events").json["data"] == []

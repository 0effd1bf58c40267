"""The citizen's side: what is open and why, the ordinary way, one's choice, every decision with its reasons."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.callers import TestCaller, as_citizen
from tests.support.checks import World

SCENARIOS = "/citizen/v1/scenarios"
DECISIONS = "/citizen/v1/decisions"


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def login(world: World, citizen: str) -> TestCaller:
    return as_citizen(world.app, world.session, citizen)


def test_the_scenarios_of_my_city_with_the_reasons(world: World) -> None:
    me = login(world, world.person("hangzhou", 560))
    seen = {scenario["code"]: scenario for scenario in me.get(SCENARIOS).json["data"]}
    assert {"hz-library-card", "hz-medical-pay", "hz-transit-ride", "zj-library-loans"} < set(seen)
    assert {scenario["city"] for scenario in seen.values()} == {"hangzhou"}
    assert seen["zj-library-loans"]["path"] == "credit"
    library = seen["hz-library-card"]
    assert library["path"] == "standard"
    assert library["reasons"][0]["code"] == "threshold-ahead"
    assert "560" in library["reasons"][0]["text"]
    assert library["ordinary_path"]["steps"]


def test_without_opting_in_every_ordinary_way_is_there(world: World) -> None:
    seen = login(world, world.person("xiamen")).get(SCENARIOS, headers={"Accept-Language": "en"}).json["data"]
    assert {scenario["city"] for scenario in seen} == {"xiamen"}
    for scenario in seen:
        assert scenario["path"] == "standard"
        assert [reason["code"] for reason in scenario["reasons"]] == ["not-enrolled"]
        assert scenario["ordinary_path"]["text"].startswith("The ordinary way")
        assert scenario["illustrative"]


def test_pages_of_scenarios(world: World) -> None:
    me = login(world, world.person("hangzhou"))
    every = me.get(f"{SCENARIOS}?limit=100").json["data"]
    first = me.get(f"{SCENARIOS}?limit=7").json
    rest = me.get(f"{SCENARIOS}?limit=7&cursor={first['next_cursor']}").json
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert first["data"] + rest["data"] == every


def test_a_scenario_of_another_city_says_so(world: World) -> None:
    answer = login(world, world.person("xiamen", 900)).get(f"{SCENARIOS}/hz-library-card").json
    assert (answer["path"], answer["reasons"][0]["code"]) == ("standard", "other-city")


def test_choosing_the_ordinary_way_and_changing_ones_mind(world: World) -> None:
    citizen = world.person("hangzhou", 600)
    me, partner = login(world, citizen), world.partner("hz-library-card")
    chosen = me.put(f"{SCENARIOS}/hz-library-card/preference", json={"path": "standard"}).json
    assert (chosen["path"], chosen["reasons"][0]["code"]) == ("standard", "chose-ordinary-way")
    assert world.check(partner, citizen, "hz-library-card").json["path"] == "standard"
    me.put(f"{SCENARIOS}/hz-library-card/preference", json={"path": "credit"})
    assert world.check(partner, citizen, "hz-library-card").json["path"] == "credit"


def test_medical_payment_waits_until_its_citizen_opens_it(world: World) -> None:
    me = login(world, world.person("hangzhou", 550))
    assert me.get(f"{SCENARIOS}/hz-medical-pay").json["reasons"][0]["code"] == "service-not-opened"
    opened = {"path": "credit", "declared": ["service-opened"]}
    answer = me.put(f"{SCENARIOS}/hz-medical-pay/preference", json=opened).json
    assert answer["path"] == "credit"
    assert answer["benefit"]["amount"] == 500_000
    assert answer["preference"] == opened


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/path"),
        ({"path": "gold"}, "/path"),
        ({"path": "credit", "declared": ["no-such"]}, "/declared"),
        ({"path": "credit", "declared": "city-card"}, "/declared"),
        ({"path": "credit", "declared": [7]}, "/declared/0"),
        ({"path": "credit", "declared": ["a"] * 21}, "/declared"),
        ({"path": "credit", "score": 900}, "/score"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_by_field(world: World, body: object, pointer: str) -> None:
    me = login(world, world.person("hangzhou", 600))
    answer = me.put(f"{SCENARIOS}/hz-library-card/preference", json=body)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert me.get(f"{SCENARIOS}/hz-library-card").json["path"] == "credit"


def test_each_decision_with_plain_reasons_for_me_alone(world: World) -> None:
    citizen = world.person("hangzhou", 572)
    check = world.check(world.partner("hz-library-card", name="西湖图书馆"), citizen, "hz-library-card").json
    decision = login(world, citizen).get(f"{DECISIONS}/{check['id']}").json
    assert decision["partner_name"] == "西湖图书馆"
    assert decision["reasons"] == [
        {"code": "threshold-ahead", "text": "您有 572 分，公布的是 573 分；分数解释里写着怎样能增加。"}
    ]
    assert decision["rule"] == "library 1.0, offer 1"
    assert decision["used"] == {"as_of": "2026-11-20", "pack": "qianjiang", "score": 572, "digest": "0" * 64}
    assert decision["ordinary_path"]["price"] == 10000
    listed = login(world, citizen).get(DECISIONS).json["data"]
    assert [row["id"] for row in listed] == [check["id"]]
    stranger = login(world, world.person())
    assert stranger.get(f"{DECISIONS}/{check['id']}").status_code == 404
    assert stranger.get(DECISIONS).json["data"] == []


def test_a_person_can_be_asked_once_for_each_decision(world: World) -> None:
    citizen = world.person("hangzhou", 572)
    check = world.check(world.partner("hz-library-card"), citizen, "hz-library-card").json
    me, path = login(world, citizen), f"{DECISIONS}/{check['id']}/reviews"
    asked = me.post(path, json={"text": "上月的志愿服务还没有计入。"})
    assert (asked.status_code, asked.json["status"]) == (201, "received")
    again = me.post(path, json={"text": "再问一次"})
    assert (again.status_code, again.json["code"]) == (409, "review-open")
    assert me.get(f"{DECISIONS}/{check['id']}").json["review"]["text"] == "上月的志愿服务还没有计入。"
    stranger = login(world, world.person())
    assert stranger.post(path, json={"text": "别人的"}).status_code == 404

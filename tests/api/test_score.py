"""My score and every item behind it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.score import POINT
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import TestCaller, as_citizen
from tests.support.members import make_member
from tests.support.people import make_citizen
from tests.support.scored import score_of, scored_member

ROUTES = ("", "/history", "/explanation")


@pytest.fixture
def citizen_id(session: Session, kit: Kit) -> str:
    return scored_member(session, kit)


@pytest.fixture
def me(app: Flask, session: Session, citizen_id: str) -> TestCaller:
    return as_citizen(app, session, citizen_id)


@pytest.fixture
def after(app: Flask, session: Session, citizen_id: str, clock: Clock) -> Callable[[int], TestCaller]:
    """Let days pass, and log in again."""

    def pass_days(days: int) -> TestCaller:
        clock.advance(days=days)
        return as_citizen(app, session, citizen_id)

    return pass_days


def test_my_score_comes_with_its_grade_pack_and_date(me: TestCaller) -> None:
    score = score_of(me)
    assert (score["status"], score["score"], score["grade"]) == ("ready", 501, {"code": "ordinary", "name": "一般"})
    assert score["as_of"] == "2026-11-20"
    assert (score["pack"]["code"], score["pack"]["name"], score["pack"]["illustrative"]) == ("egret", "白鹭分", True)
    assert [grade["from_points"] for grade in score["pack"]["grades"]] == [0, 500, 650, 750, 850]


def test_words_follow_the_language(me: TestCaller) -> None:
    answer = me.get("/citizen/v1/score", headers={"Accept-Language": "en"}).json
    assert (answer["grade"]["name"], answer["pack"]["city"]["name"]) == ("Ordinary", "Xiamen")


def test_the_explanation_adds_up_to_the_score_exactly(me: TestCaller) -> None:
    explanation = score_of(me, "/explanation")
    total = explanation["base_units"]
    for dimension in explanation["dimensions"]:
        for indicator in dimension["indicators"]:
            units = sum(contribution["units"] for contribution in indicator["contributions"])
            assert units - indicator["cut_units"] == indicator["total_units"]
        total += dimension["total_units"]
    assert total == explanation["raw_units"]
    cuts = explanation["range_cut_units"] + explanation["floor_cut_units"]
    assert total - cuts == explanation["score"] * POINT == 501 * POINT


def test_every_item_says_its_source_rule_and_what_comes_next(me: TestCaller) -> None:
    volunteering = score_of(me, "/explanation")["dimensions"][1]["indicators"][0]
    contribution = volunteering["contributions"][0]
    assert contribution["item"] == {"code": "volunteer_service", "name": "志愿服务"}
    assert contribution["source"] == {"code": "social_work", "name": "部门social_work"}
    assert (contribution["before_age_units"], contribution["percent"], contribution["units"]) == (30_000, 100, 30_000)
    assert contribution["rule"] == "每条 +3.00 分；已过 0 个月，计 100%"
    assert contribution["next"] == {"on": "2027-10-21", "percent": 80}


def test_what_may_not_be_scored_is_listed_empty_with_the_reason(me: TestCaller) -> None:
    basic = score_of(me, "/explanation")["dimensions"][0]
    assert (basic["code"], basic["scored"], basic["indicators"]) == ("basic", False, [])
    assert basic["reason"] == "身份信息只用于认人，从不计分"


def test_what_does_not_count_is_listed_with_the_reason(after: Callable[[int], TestCaller]) -> None:
    left_out = score_of(after(871), "/explanation")["left_out"]
    assert [(record["item"]["code"], record["because"]["code"]) for record in left_out] == [
        ("administrative_penalty_serious", "expired")
    ]


def test_a_score_of_today_is_never_that_of_yesterday(after: Callable[[int], TestCaller]) -> None:
    """No nightly job has run; asking is enough."""
    me = after(70)
    assert score_of(me)["score"] == score_of(me, "/explanation")["score"] == 525


def test_the_change_is_that_since_a_month_ago(me: TestCaller, after: Callable[[int], TestCaller]) -> None:
    assert "change" not in score_of(me)
    assert score_of(after(70))["change"] == 24


def test_every_kind_of_fact_that_counts_is_listed_with_its_rule(me: TestCaller) -> None:
    giving = score_of(me, "/explanation")["dimensions"][1]["indicators"][2]
    assert giving["age"][1] == {"from_months": 12, "percent": 80}
    assert giving["items"] == [
        {
            "code": "blood_donation",
            "name": "无偿献血",
            "kind": "positive",
            "centipoints": 1500,
            "retention_months": 60,
            "basis": "献血法：只归集次数，经本人授权",
        }
    ]


def test_who_has_not_opted_in_has_no_score(app: Flask, session: Session, kit: Kit) -> None:
    caller = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock()))
    answers = [caller.get("/citizen/v1/score" + route) for route in ROUTES]
    answers.append(caller.post("/citizen/v1/score/simulations", json={}))
    for answer in answers:
        assert (answer.status_code, answer.json["code"]) == (404, "not-enrolled")
        assert answer.json["allowed_actions"] == ["enrol"]


def test_records_are_listed_with_whether_they_count(me: TestCaller) -> None:
    rows = me.get("/citizen/v1/records?limit=2").json
    assert rows["has_more"]
    more = me.get(f"/citizen/v1/records?cursor={rows['next_cursor']}").json
    items = [row["item"]["code"] for row in rows["data"] + more["data"]]
    assert sorted(items) == [
        "administrative_penalty_serious",
        "blood_donation",
        "volunteer_service",
        "volunteer_service",
    ]
    penalty = rows["data"][0]
    assert (penalty["counts"], penalty["details"]["document_no"]) == (True, "P1")
    assert more["data"][0]["quantity"] == 2
    assert more["data"][0]["unit"] == "小时"


def test_a_record_tells_its_life(me: TestCaller) -> None:
    record_id = me.get("/citizen/v1/records").json["data"][0]["id"]
    record = me.get(f"/citizen/v1/records/{record_id}").json
    assert [(event["version"], event["kind"]["code"], event["actor"]) for event in record["events"]] == [
        (1, "received", "部门transport")
    ]


def test_another_citizens_record_is_not_found(me: TestCaller, app: Flask, session: Session, kit: Kit) -> None:
    record_id = me.get("/citizen/v1/records").json["data"][0]["id"]
    other = as_citizen(app, session, make_member(session, kit, serial=2))
    assert other.get(f"/citizen/v1/records/{record_id}").status_code == 404
    assert other.get("/citizen/v1/records").json["data"] == []
    answer = other.post("/citizen/v1/score/simulations", json={"remove": [record_id]})
    assert answer.json["errors"][0]["pointer"] == "/remove/0"


@pytest.mark.parametrize("path", ["/score/history", "/records"])
@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "limit=101", "order=asc"])
def test_a_bad_page_is_refused(me: TestCaller, path: str, query: str) -> None:
    answer = me.get(f"/citizen/v1{path}?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "validation")


@pytest.mark.parametrize("record_id", ["rec_none", "%00", "x" * 500])
def test_a_record_that_there_is_not_is_not_found(me: TestCaller, record_id: str) -> None:
    answer = me.get(f"/citizen/v1/records/{record_id}")
    assert answer.status_code == 404, answer.json

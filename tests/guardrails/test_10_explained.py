"""Guardrail 10: the citizen sees every item with points, source, rule and version, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.pack import LegalClass, pack_of_city
from app.packs import load_packs
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_citizen
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member


@pytest.fixture(params=["xiamen", "hangzhou", "zhoushan"])
def me(request: pytest.FixtureRequest, app: Flask, session: Session, kit: Kit) -> TestCaller:
    citizen_id = make_member(session, kit, city=request.param)
    for source, item in (
        ("social_work", "volunteer_service"),
        ("library", "returned_book"),
        ("credit_office", "kept_promise"),
    ):
        rows = (a_row(f"{item}-{n}", item, days_ago(kit, 30 * n)) for n in range(1, 13))
        file_rows(session, kit, source, *rows)
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit)))
    return as_citizen(app, session, citizen_id)


def explanation(me: TestCaller, **headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = me.get("/citizen/v1/score/explanation", headers=headers).json
    return answer


def contributions(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for dimension in said["dimensions"]:
        for indicator in dimension["indicators"]:
            yield from indicator["contributions"]


def test_every_record_is_in_it_once(me: TestCaller) -> None:
    said = explanation(me)
    shown = [each["record_id"] for each in contributions(said)] + [each["record_id"] for each in said["left_out"]]
    mine = [record["id"] for record in me.get("/citizen/v1/records?limit=100").json["data"]]
    assert sorted(shown) == sorted(mine)
    assert len(mine) == 37


def test_base_items_and_cuts_are_the_score_exactly(me: TestCaller) -> None:
    said = explanation(me)
    total = said["base_units"] + sum(each["units"] for each in contributions(said))
    for dimension in said["dimensions"]:
        total -= dimension["cut_units"] + sum(indicator["cut_units"] for indicator in dimension["indicators"])
    assert total - said["range_cut_units"] - said["floor_cut_units"] == said["score"] * 10_000
    assert said["score"] == me.get("/citizen/v1/score").json["score"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_item_says_its_source_rule_and_next_change(me: TestCaller, language: str) -> None:
    said = explanation(me, **{"Accept-Language": language})
    assert said["pack"]["version"] == 1
    for each in contributions(said):
        assert each["item"]["name"] != each["item"]["code"]
        assert each["source"]["name"]
        assert "." in each["rule"]
        assert each["next"]["percent"] < each["percent"]


def test_an_answer_on_illustrative_numbers_says_so(me: TestCaller) -> None:
    assert explanation(me)["pack"]["illustrative"] is True
    assert me.get("/citizen/v1/score").json["pack"]["illustrative"] is True


def test_what_would_change_it_can_be_tried(me: TestCaller) -> None:
    penalty = next(each for each in contributions(explanation(me)) if each["units"] < 0)
    tried = me.post("/citizen/v1/score/simulations", json={"remove": [penalty["record_id"]]}).json
    assert tried["difference"] * 10_000 == -penalty["units"]


def test_each_item_opens_to_its_record_and_life(me: TestCaller) -> None:
    each = next(contributions(explanation(me)))
    record = me.get(f"/citizen/v1/records/{each['record_id']}").json
    assert record["events"][0]["kind"]["code"] == "received"


SHIPPED = load_packs()
SCORED = sorted(code for code, pack in SHIPPED.items() if pack_of_city(SHIPPED, pack.city) is pack)


@pytest.mark.parametrize("code", SCORED)
def test_in_every_city_what_moved_a_score_adds_up_to_the_change_and_has_words(
    code: str, app: Flask, session: Session, kit: Kit
) -> None:
    pack = kit.packs[code]
    citizen_id = make_member(session, kit, city=pack.city)
    for number, item in enumerate(pack.items()):
        day = days_ago(kit, 40 * (number + 1))
        adverse = a_penalty(f"P{number}", days_ago(kit), serious=item.legal_class is LegalClass.SERIOUS)
        good = a_row(f"R{number}", item.code, day) | ({"quantity": 30} if item.min_quantity else {})
        file_rows(session, kit, item.sources[0], adverse if item.legal_class else good)
    caller = as_citizen(app, session, citizen_id)
    for language in ("zh-CN", "en"):
        past = caller.get("/citizen/v1/score/history?limit=100", headers={"Accept-Language": language}).json["data"]
        assert past[0]["score"] == caller.get("/citizen/v1/score").json["score"]
        assert len(past) > 3
        for each in past:
            assert each["proven"]
            units = sum(move["units"] for move in each["moved"])
            assert units == each.get("change", each["score"]) * 10_000
            assert all(move["name"] and all(why["name"] for why in move["because"]) for move in each["moved"])

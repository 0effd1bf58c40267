"""Exchanging name cards through the API: once, both ways, ticked fields only, taken back by either; looks logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support.callers import TestCaller
from tests.support.cards import CITY, FULL, CardHolders, code_of, looks, redeem, swap


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.fixture
def zhang(holders: CardHolders) -> TestCaller:
    return holders("张小三", "xiamen")


@pytest.fixture
def li(holders: CardHolders) -> TestCaller:
    return holders("李四", "hangzhou")


class TestExchange:
    def test_both_hold_the_other_with_ticked_fields_only(self, zhang: TestCaller, li: TestCaller) -> None:
        done = swap(zhang, li, given=FULL, back=CITY)
        assert done.status_code == 201
        assert done.json["received"]["card"] == {"display_name": "张小三", "name_kind": "full"}
        assert done.json["given"] == {
            "display_name": "李*",
            "name_kind": "masked",
            "assurance_level": "al2",
            "city": {"code": "hangzhou", "name": "杭州"},
        }
        (held_by_li,) = li.get("/citizen/v1/name-cards").json["data"]
        (held_by_zhang,) = zhang.get("/citizen/v1/name-cards").json["data"]
        assert held_by_li == done.json["received"]
        assert held_by_zhang["card"] == done.json["given"]
        assert zhang.get(f"/citizen/v1/name-cards/{held_by_zhang['id']}").json == held_by_zhang

    def test_without_a_choice_the_cards_own_ticks_are_given(self, zhang: TestCaller, li: TestCaller) -> None:
        li.put(
            "/citizen/v1/name-card", json={"nickname": "阿四", "show": {"name_kind": "nickname", "fields": ["city"]}}
        )
        done = redeem(li, code_of(zhang))
        assert done.json["given"]["display_name"] == "阿四"
        assert done.json["received"]["card"]["display_name"] == "张*三"

    def test_a_code_typed_by_hand_is_read_kindly(self, zhang: TestCaller, li: TestCaller) -> None:
        code = code_of(zhang)
        typed = " ".join(code[i : i + 4] for i in range(0, 16, 4)).lower().replace("0", "o").replace("1", "l")
        assert redeem(li, typed).status_code == 201

    def test_a_code_works_once(self, zhang: TestCaller, li: TestCaller, holders: CardHolders) -> None:
        code = code_of(zhang)
        assert redeem(li, code).status_code == 201
        again = redeem(holders("王五"), code)
        assert (again.status_code, again.json["code"]) == (409, "code-not-valid")

    def test_a_dead_code_says_so_and_tells_nothing(
        self, zhang: TestCaller, li: TestCaller, at: Callable[..., datetime]
    ) -> None:
        used, check = code_of(zhang), zhang.post("/citizen/v1/name-card/codes", json={"purpose": "check"}).json["code"]
        redeem(li, used)
        answers = [redeem(li, code) for code in (used, check, "0" * 16)]
        over = code_of(zhang)
        at(seconds=60)
        answers.append(redeem(li, over))
        bodies = [{**answer.json, "request_id": ""} for answer in answers]
        assert bodies == [bodies[0]] * 4
        assert bodies[0]["code"] == "code-not-valid"

    def test_not_with_oneself_and_the_code_stays_good(self, zhang: TestCaller, li: TestCaller) -> None:
        code = code_of(zhang)
        mine = redeem(zhang, code)
        assert (mine.status_code, mine.json["code"]) == (409, "card-with-oneself")
        assert redeem(li, code).status_code == 201

    def test_a_second_exchange_replaces_the_first(self, zhang: TestCaller, li: TestCaller) -> None:
        swap(zhang, li)
        swap(li, zhang, back=FULL)
        (held,) = li.get("/citizen/v1/name-cards").json["data"]
        assert held["card"] == {"display_name": "张小三", "name_kind": "full"}
        assert len(zhang.get("/citizen/v1/name-cards").json["data"]) == 1

    def test_either_side_takes_it_back_for_both(self, zhang: TestCaller, li: TestCaller) -> None:
        for remover, other in ((zhang, li), (li, zhang)):
            swap(zhang, li)
            (held,) = remover.get("/citizen/v1/name-cards").json["data"]
            assert remover.delete(f"/citizen/v1/name-cards/{held['id']}").status_code == 204
            for side in (remover, other):
                assert side.get("/citizen/v1/name-cards").json["data"] == []

    def test_a_strangers_card_is_not_found(self, zhang: TestCaller, li: TestCaller, holders: CardHolders) -> None:
        held = swap(zhang, li).json["received"]["id"]
        stranger = holders("王五")
        for answer in (
            stranger.get(f"/citizen/v1/name-cards/{held}"),
            stranger.delete(f"/citizen/v1/name-cards/{held}"),
            zhang.get(f"/citizen/v1/name-cards/{held}"),
            zhang.delete("/citizen/v1/name-cards/hcd_none"),
        ):
            assert (answer.status_code, answer.json["code"]) == (404, "not-found")
        assert li.get(f"/citizen/v1/name-cards/{held}").status_code == 200

    def test_a_held_card_is_what_was_given_then(self, zhang: TestCaller, li: TestCaller) -> None:
        held = swap(zhang, li).json["received"]
        zhang.put("/citizen/v1/name-card", json={"nickname": "新名", "show": {"name_kind": "nickname", "fields": []}})
        assert li.get(f"/citizen/v1/name-cards/{held['id']}").json == held

    def test_a_real_name_is_sealed_in_the_store(self, zhang: TestCaller, li: TestCaller, session: Session) -> None:
        swap(zhang, li, given=FULL, back=FULL)
        for table in ("held_cards", "access_log", "outbox", "moment_codes"):
            dump = " ".join(session.execute(text(f"select {table}::text from {table}")).scalars())
            assert "张小三" not in dump, table

    def test_the_one_who_showed_is_told(self, zhang: TestCaller, li: TestCaller, session: Session) -> None:
        swap(zhang, li)
        told = session.execute(text("select data->>'kind' from outbox")).scalars().all()
        assert told == ["card.received"]

    def test_pages_of_cards_are_stable(self, zhang: TestCaller, holders: CardHolders) -> None:
        for serial in range(10, 15):
            swap(holders(f"王五{serial}"), zhang)
        first = zhang.get("/citizen/v1/name-cards?limit=3").json
        second = zhang.get(f"/citizen/v1/name-cards?limit=3&cursor={first['next_cursor']}").json
        ids = [entry["id"] for entry in first["data"] + second["data"]]
        assert (len(ids), ids) == (5, sorted(set(ids), reverse=True))
        assert (first["has_more"], second["has_more"]) == (True, False)

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/code"),
            ({"code": ""}, "/code"),
            ({"code": 7}, "/code"),
            ({"code": "x" * 41}, "/code"),
            ({"code": "a\x00"}, "/code"),
            ({"code": "0" * 16, "show": {"name_kind": "full"}}, "/show/fields"),
            ({"code": "0" * 16, "citizen_id": "cit_1"}, "/citizen_id"),
        ],
    )
    def test_bad_input_is_named(self, zhang: TestCaller, body: Any, pointer: str) -> None:
        answer = zhang.post("/citizen/v1/name-card/exchanges", json=body)
        assert answer.status_code == 422
        assert pointer in [error["pointer"] for error in answer.json["errors"]]


class TestLooks:
    def test_an_exchange_is_one_look_at_each(self, zhang: TestCaller, li: TestCaller) -> None:
        swap(zhang, li, given={"name_kind": "full", "fields": ["city"]})
        (look,) = looks(zhang)
        assert (look["actor"], look["action"]["code"]) == ({"kind": "citizen", "name": "李*"}, "card.exchanged")
        assert [field["code"] for field in look["fields"]] == ["display_name", "city"]
        assert look["action"]["name"] == "Exchanged name cards with you"
        (other,) = looks(li)
        assert other["actor"]["name"] == "张*三"
        assert other["ref"] == li.get("/citizen/v1/name-cards").json["data"][0]["id"]

    def test_every_view_of_a_card_is_a_look_at_its_person(self, zhang: TestCaller, li: TestCaller) -> None:
        held = swap(zhang, li).json["received"]["id"]
        li.get("/citizen/v1/name-cards")
        li.get(f"/citizen/v1/name-cards/{held}")
        assert [look["action"]["code"] for look in looks(zhang)] == ["card.viewed", "card.viewed", "card.exchanged"]
        assert len(looks(li)) == 1

    def test_cards_beyond_the_page_are_not_looked_at(
        self, zhang: TestCaller, li: TestCaller, holders: CardHolders
    ) -> None:
        swap(li, zhang)
        swap(holders("王五"), zhang)
        zhang.get("/citizen/v1/name-cards?limit=1")
        assert [look["action"]["code"] for look in looks(li)] == ["card.exchanged"]

    def test_an_offline_card_is_in_the_log_of_its_holder(self, zhang: TestCaller) -> None:
        zhang.post("/citizen/v1/name-card/offline", json={"purpose": "introduction"})
        (look,) = looks(zhang)
        assert (look["action"]["code"], look["purpose"]["code"]) == ("card.issued", "card.introduction")

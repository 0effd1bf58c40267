"""The holder (名片夹) through the API: a term, one's own notes, looking something up; cards that renew or go dead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from tests.support.callers import TestCaller
from tests.support.cards import CITY, FULL, CardHolders, code_of, looks, redeem, swap

CARDS, GIVEN = "/citizen/v1/name-cards", "/citizen/v1/name-card/given"
NICKNAME = {"name_kind": "nickname", "fields": ["verified"]}


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.fixture
def zhang(holders: CardHolders) -> TestCaller:
    return holders("张小三", "xiamen")


@pytest.fixture
def li(holders: CardHolders) -> TestCaller:
    return holders("李四", "hangzhou")


def given_by(caller: TestCaller) -> dict[str, Any]:
    """The one card that somebody gave."""
    (card,) = caller.get(GIVEN).json["data"]
    return dict(card)


class TestTerm:
    @pytest.mark.parametrize(
        ("term", "over"), [("day", "2026-11-21"), ("month", "2026-12-20"), ("year", "2027-11-20"), (None, "2027-11-20")]
    )
    def test_each_side_says_how_long_its_card_is_held(
        self, zhang: TestCaller, li: TestCaller, term: str | None, over: str
    ) -> None:
        said = {"term": term} if term else {}
        done = redeem(li, code_of(zhang, show=CITY, **said), show=CITY, term="day").json
        assert done["received"]["expires_at"] == f"{over}T04:00:00+00:00"
        assert done["given_until"] == "2026-11-21T04:00:00+00:00"

    def test_a_card_is_gone_at_its_end_and_the_other_stays(
        self, holders: CardHolders, at: Callable[..., datetime], session: Session
    ) -> None:
        people = holders.person("张小三"), holders.person("李四")
        zhang, li = map(holders.login, people)
        held = redeem(li, code_of(zhang, show=FULL, term="day"), show=CITY).json["received"]["id"]
        at(days=1, microseconds=-1)
        zhang, li = map(holders.login, people)
        assert li.get(f"{CARDS}/{held}").status_code == 200
        at(microseconds=1)
        assert li.get(f"{CARDS}/{held}").status_code == 404
        assert li.get(CARDS).json["data"] == zhang.get(GIVEN).json["data"] == []
        assert zhang.get(CARDS).json["data"][0]["card"]["display_name"] == "李*"
        assert session.scalar(text("select count(*) from held_cards")) == 2

    def test_the_worker_deletes_it_then(
        self, zhang: TestCaller, li: TestCaller, at: Callable[..., datetime], holders: CardHolders, session: Session
    ) -> None:
        redeem(li, code_of(zhang, show=FULL, term="day"), show=CITY)
        worker = Worker(holders.kit)
        worker.work()
        assert session.scalar(text("select count(*) from held_cards")) == 2
        at(days=1)
        worker.work()
        assert session.scalars(text("select citizen_id = given_by from held_cards")).all() == [False]

    @pytest.mark.parametrize("term", ["week", "", 7, ["day"]])
    def test_another_term_is_named(self, zhang: TestCaller, li: TestCaller, term: Any) -> None:
        codes = "/citizen/v1/name-card/codes"
        for answer in (
            zhang.post(codes, json={"purpose": "exchange", "term": term}),
            zhang.post(codes, json={"purpose": "check", "term": "day"}),
            redeem(li, "0" * 16, term=term),
        ):
            assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/term")


class TestNotes:
    def test_a_note_is_ones_own_and_sealed(self, zhang: TestCaller, li: TestCaller, session: Session) -> None:
        held = swap(zhang, li).json["received"]["id"]
        assert li.put(f"{CARDS}/{held}/note", json={"note": "园博苑志愿队 🌱"}).status_code == 204
        assert li.get(f"{CARDS}/{held}").json["note"] == "园博苑志愿队 🌱"
        assert "园博苑" not in zhang.get(CARDS).text + zhang.get(GIVEN).text
        assert "园博苑" not in str(session.execute(text("select held_cards::text from held_cards")).all())
        assert li.put(f"{CARDS}/{held}/note", json={}).status_code == 204
        assert "note" not in li.get(f"{CARDS}/{held}").json

    def test_only_the_holder_writes_one(self, zhang: TestCaller, li: TestCaller, holders: CardHolders) -> None:
        held = swap(zhang, li).json["received"]["id"]
        for other in (zhang, holders("王五")):
            assert other.put(f"{CARDS}/{held}/note", json={"note": "一"}).status_code == 404

    @pytest.mark.parametrize("note", ["", " ", "a\u0000", "x" * 201, 7, None, {"a": 1}])
    def test_a_bad_note_is_named_and_the_old_one_stays(self, zhang: TestCaller, li: TestCaller, note: Any) -> None:
        held = swap(zhang, li).json["received"]["id"]
        li.put(f"{CARDS}/{held}/note", json={"note": "旧"})
        answer = li.put(f"{CARDS}/{held}/note", json={"note": note})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/note")
        assert li.get(f"{CARDS}/{held}").json["note"] == "旧"


class TestLookingUp:
    @pytest.fixture
    def me(self, holders: CardHolders) -> TestCaller:
        """Someone who holds three cards, one of them with a note."""
        me = holders("赵六")
        first = swap(holders("欧阳若", "xiamen"), me, given={"name_kind": "full", "fields": ["city"]})
        me.put(f"{CARDS}/{first.json['received']['id']}/note", json={"note": "Tea Fair 茶博会"})
        swap(holders("欧阳文", "hangzhou"), me, given=FULL)
        swap(holders("钱七", "hangzhou"), me, given=CITY)
        return me

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, ["钱*", "欧阳文", "欧阳若"]),
            ({"text": "欧阳"}, ["欧阳文", "欧阳若"]),
            ({"text": "tea fair"}, ["欧阳若"]),
            ({"text": "七"}, []),
            ({"field": "city"}, ["钱*", "欧阳若"]),
            ({"field": "city", "text": "欧阳"}, ["欧阳若"]),
            ({"source": "shake"}, []),
            ({"source": "exchange", "text": "文"}, ["欧阳文"]),
        ],
    )
    def test_names_notes_fields_and_ways_are_found(
        self, me: TestCaller, asked: dict[str, str], found: list[str]
    ) -> None:
        answer = me.post("/citizen/v1/name-card-matches", json=asked)
        assert [held["card"]["display_name"] for held in answer.json["data"]] == found

    def test_only_in_ones_own_holder(self, me: TestCaller, holders: CardHolders) -> None:
        assert holders("孙八").post("/citizen/v1/name-card-matches", json={"text": "欧阳"}).json["data"] == []

    def test_what_is_found_is_a_look_and_what_is_not_is_none(self, holders: CardHolders, me: TestCaller) -> None:
        seen, unseen = holders("周九"), holders("吴十")
        swap(seen, me, given=FULL)
        swap(unseen, me, given=FULL)
        me.post("/citizen/v1/name-card-matches", json={"text": "周"})
        assert [look["action"]["code"] for look in looks(seen)] == ["card.viewed", "card.exchanged"]
        assert [look["action"]["code"] for look in looks(unseen)] == ["card.exchanged"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"text": ""}, "/text"),
            ({"text": "x" * 41}, "/text"),
            ({"field": "id_number"}, "/field"),
            ({"source": "list"}, "/source"),
            ({"citizen_id": "cit_1"}, "/citizen_id"),
        ],
    )
    def test_bad_input_is_named(self, me: TestCaller, body: Any, pointer: str) -> None:
        answer = me.post("/citizen/v1/name-card-matches", json=body)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


class TestGiven:
    def test_i_see_whom_i_gave_my_card_as_i_know_them(self, zhang: TestCaller, li: TestCaller) -> None:
        swap(zhang, li, given=FULL, back=FULL)
        mine = given_by(zhang)
        assert (mine["known_as"], mine["status"], mine["show"]) == ("李*", "shown", FULL)
        assert mine["card"] == {"display_name": "张小三", "name_kind": "full"}
        assert zhang.get(f"{GIVEN}/{mine['id']}").json == mine
        assert len(looks(li)) == 1, "a list of one's own gifts is no look at those who got them"

    def test_a_renewed_card_shows_todays_facts_as_they_were_ticked(
        self, holders: CardHolders, li: TestCaller, at: Callable[..., datetime]
    ) -> None:
        donor = holders.person("张小三")
        zhang = holders.login(donor)
        held = swap(zhang, li, given={"name_kind": "masked", "fields": ["blood_donor"]}).json["received"]["id"]
        holders.give(donor, "blood_donation")
        at(minutes=5)
        assert "blood_donor" not in li.get(f"{CARDS}/{held}").json["card"]
        renewed = zhang.put(f"{GIVEN}/{held}", json={})
        assert renewed.status_code == 200
        seen = li.get(f"{CARDS}/{held}").json
        assert (seen["card"], seen["updated_at"]) == (renewed.json["card"], renewed.json["updated_at"])
        assert seen["card"] == {"display_name": "张*三", "name_kind": "masked", "blood_donor": True}

    def test_other_ticks_take_the_place_of_those_before(
        self, holders: CardHolders, at: Callable[..., datetime]
    ) -> None:
        people = holders.person("张小三"), holders.person("李四")
        zhang, li = map(holders.login, people)
        held = swap(zhang, li, given=FULL).json["received"]["id"]
        zhang.put("/citizen/v1/name-card", json={"nickname": "小鱼", "show": CITY})
        at(days=3)
        zhang, li = map(holders.login, people)
        answer = zhang.put(f"{GIVEN}/{held}", json={"show": NICKNAME, "term": "day"})
        assert answer.json["expires_at"] == "2026-11-24T04:00:00+00:00"
        assert li.get(f"{CARDS}/{held}").json["card"]["display_name"] == "小鱼"
        assert given_by(li)["known_as"] == "小鱼", "the name that was shown before is nowhere"

    def test_a_withdrawn_card_tells_nothing_and_nothing_of_it_is_kept(
        self, zhang: TestCaller, li: TestCaller, session: Session
    ) -> None:
        received = swap(zhang, li, given=FULL).json["received"]
        held = received["id"]
        li.put(f"{CARDS}/{held}/note", json={"note": "就是张小三"})
        assert zhang.post(f"{GIVEN}/{held}/withdraw").status_code == 204
        before = looks(zhang)
        dead = {"id": held, "received_at": received["received_at"], "source": "exchange", "status": "withdrawn"}
        assert li.get(f"{CARDS}/{held}").json == dead
        assert li.get(CARDS).json["data"] == [dead]
        assert li.post("/citizen/v1/name-card-matches", json={"text": "张"}).json["data"] == []
        assert looks(zhang) == before, "there is nothing to look at"
        kept = "select sealed_face, sealed_ticks, sealed_note, shown_entity from held_cards where id = :id"
        assert session.execute(text(kept), {"id": held}).one() == (None, None, None, None)

    def test_a_withdrawn_card_is_over(self, zhang: TestCaller, li: TestCaller) -> None:
        held = swap(zhang, li).json["received"]["id"]
        assert [zhang.post(f"{GIVEN}/{held}/withdraw").status_code for _ in range(2)] == [204, 204]
        for answer in (zhang.put(f"{GIVEN}/{held}", json={}), li.put(f"{CARDS}/{held}/note", json={"note": "一"})):
            assert (answer.status_code, answer.json["code"]) == (409, "card-withdrawn")
        assert given_by(zhang)["status"] == "withdrawn"
        assert given_by(li)["status"] == "shown", "the other's card is the other's"
        swap(zhang, li, given=FULL)
        assert li.get(CARDS).json["data"][0]["card"]["display_name"] == "张小三"

    def test_the_giver_takes_it_back_for_both(self, zhang: TestCaller, li: TestCaller) -> None:
        held = swap(zhang, li).json["received"]["id"]
        assert zhang.delete(f"{GIVEN}/{held}").status_code == 204
        for side in (zhang, li):
            assert side.get(CARDS).json["data"] == side.get(GIVEN).json["data"] == []

    def test_a_dead_card_is_removed_by_its_holder_for_both(self, zhang: TestCaller, li: TestCaller) -> None:
        held = swap(zhang, li).json["received"]["id"]
        zhang.post(f"{GIVEN}/{held}/withdraw")
        assert li.delete(f"{CARDS}/{held}").status_code == 204
        assert zhang.get(CARDS).json["data"] == zhang.get(GIVEN).json["data"] == []

    def test_anothers_gift_is_not_found(self, zhang: TestCaller, li: TestCaller, holders: CardHolders) -> None:
        held = swap(zhang, li).json["received"]["id"]
        for other in (li, holders("王五")):
            for answer in (
                other.get(f"{GIVEN}/{held}"),
                other.put(f"{GIVEN}/{held}", json={"show": FULL}),
                other.delete(f"{GIVEN}/{held}"),
                other.post(f"{GIVEN}/{held}/withdraw"),
            ):
                assert (answer.status_code, answer.json["code"]) == (404, "not-found")
        assert li.get(f"{CARDS}/{held}").status_code == 200

    def test_a_name_that_there_is_not_changes_nothing(self, zhang: TestCaller, li: TestCaller) -> None:
        held = swap(zhang, li).json["received"]["id"]
        answer = zhang.put(f"{GIVEN}/{held}", json={"show": NICKNAME})
        assert (answer.status_code, answer.json["code"]) == (422, "nickname-missing")
        assert li.get(f"{CARDS}/{held}").json["card"]["display_name"] == "张*三"

    def test_pages_of_gifts_are_stable(self, zhang: TestCaller, holders: CardHolders) -> None:
        for serial in range(10, 15):
            swap(zhang, holders(f"王五{serial}"))
        first = zhang.get(f"{GIVEN}?limit=3").json
        second = zhang.get(f"{GIVEN}?limit=3&cursor={first['next_cursor']}").json
        ids = [entry["id"] for entry in first["data"] + second["data"]]
        assert (len(ids), ids) == (5, sorted(set(ids), reverse=True))


def test_a_name_that_went_since_the_code_was_shown_is_not_told_to_the_one_who_redeems(
    zhang: TestCaller, li: TestCaller
) -> None:
    zhang.put("/citizen/v1/name-card", json={"nickname": "小鱼", "show": CITY})
    code = code_of(zhang, show=NICKNAME)
    zhang.put("/citizen/v1/name-card", json={"show": CITY})
    answer = redeem(li, code)
    assert (answer.status_code, answer.json["code"], answer.json["errors"]) == redeemed_unknown(li)


def redeemed_unknown(caller: TestCaller) -> tuple[int, str, Any]:
    """What a code that never was answers."""
    unknown = redeem(caller, "0" * 16)
    return unknown.status_code, unknown.json["code"], unknown.json["errors"]

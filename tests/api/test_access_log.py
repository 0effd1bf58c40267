"""The citizen reads who looked, newest first, in words; and nobody reads another's log."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.access import SYSTEM, Actor, ActorKind
from app.store import access_log
from tests.support.callers import TestCaller
from tests.support.cards import CardHolders

PATH = "/citizen/v1/access-log"
LIBRARY = Actor(ActorKind.PARTNER, "prt_1", "西湖图书馆")


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


def log(holders: CardHolders, citizen_id: str, count: int = 1, **said: Any) -> None:
    usual = {"actor": LIBRARY, "action": "check", "purpose": "scenario", "now": holders.kit.clock()}
    for _ in range(count):
        access_log.append(holders.session, citizen_id, **(usual | said))
    holders.session.commit()


def test_a_look_is_told_whole(holders: CardHolders) -> None:
    me = holders.person()
    log(holders, me, fields=["score", "grade"], scenario="hz-library-card", ref="dec_1", outcome="credit")
    (look,) = holders.login(me).get(PATH, headers={"Accept-Language": "en"}).json["data"]
    assert look["id"].startswith("acc_")
    assert look["number"] == 1
    assert look["at"] == "2026-11-20T04:00:00+00:00"
    assert look["actor"] == {"kind": "partner", "name": "西湖图书馆"}
    assert look["fields"] == [{"code": "score", "name": "score"}, {"code": "grade", "name": "grade"}]
    assert (look["scenario"], look["ref"], look["outcome"]["code"]) == ("hz-library-card", "dec_1", "credit")
    assert "prt_1" not in str(look)


def test_a_run_over_many_people_is_one_row_for_each_of_them(holders: CardHolders) -> None:
    one, other = holders.person(), holders.person("李四")
    for person in (one, other):
        log(holders, person, actor=SYSTEM, action="scored", ref="run_1")
    for person in (one, other):
        (look,) = holders.login(person).get(PATH).json["data"]
        assert (look["actor"]["kind"], look["ref"]) == ("system", "run_1")


def test_a_purpose_in_a_persons_own_words_is_shown_as_written(holders: CardHolders) -> None:
    me = holders.person()
    log(holders, me, purpose="老年读者免押办证")
    assert holders.login(me).get(PATH).json["data"][0]["purpose"] == {
        "code": "老年读者免押办证",
        "name": "老年读者免押办证",
    }


def test_pages_run_from_the_newest_and_stand_still_under_new_looks(holders: CardHolders) -> None:
    me = holders.person()
    log(holders, me, 5)
    caller = holders.login(me)
    first = caller.get(f"{PATH}?limit=2").json
    log(holders, me, 3)
    second = caller.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    third = caller.get(f"{PATH}?limit=2&cursor={second['next_cursor']}").json
    assert [look["number"] for page in (first, second, third) for look in page["data"]] == [5, 4, 3, 2, 1]
    assert not third["has_more"]
    assert "next_cursor" not in third


def test_each_sees_their_own(holders: CardHolders) -> None:
    log(holders, holders.person("李四"), 3)
    assert holders("张小三").get(PATH).json == {"data": [], "has_more": False}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("cursor=!!", "/cursor"),
        ("cursor=", "/cursor"),
        ("cursor=eHl6", "/cursor"),
        ("cursor=LTE=", "/cursor"),
        ("cursor=" + "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "/cursor"),
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=x", "/limit"),
        ("citizen_id=cit_1", "/citizen_id"),
    ],
)
def test_bad_input_is_named(holders: CardHolders, query: str, pointer: str) -> None:
    answer = holders().get(f"{PATH}?{query}")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


def test_nobody_writes_or_deletes_looks(holders: CardHolders) -> None:
    caller: TestCaller = holders()
    for method in ("POST", "PUT", "DELETE"):
        assert caller.request(method, PATH, json={}).status_code == 405


@pytest.mark.parametrize(
    "path", [PATH, "/citizen/v1/name-card", "/citizen/v1/name-cards", "/citizen/v1/events", "/citizen/v1/home"]
)
def test_without_a_token_there_is_nothing_to_see(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.json["code"]) == (401, "invalid-token")

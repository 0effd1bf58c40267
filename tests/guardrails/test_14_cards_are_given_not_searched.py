"""Guardrail 14: people find each other by handing a card over, never by a search, a list or a third hand."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.cards import CardHolders, code_of, redeem, swap
from tests.support.documented import document_of
from tests.support.people import id_number


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.mark.parametrize("query", ["name=李四", "q=李", "city=xiamen", "id_number=" + id_number(2), "sort=score"])
@pytest.mark.parametrize("page", ["name-cards", "access-log", "events", "home", "name-card"])
def test_no_list_can_be_searched(holders: CardHolders, page: str, query: str) -> None:
    assert holders().get(f"/citizen/v1/{page}?{query}").status_code == 422


def test_a_person_sees_only_those_who_gave_them_a_card(holders: CardHolders) -> None:
    me, friend, stranger = holders(), holders("李四"), holders("王五")
    swap(friend, me)
    swap(stranger, friend)
    assert [held["card"]["display_name"] for held in me.get("/citizen/v1/name-cards").json["data"]] == ["李*"]


def test_a_card_received_cannot_be_passed_on(holders: CardHolders) -> None:
    friend, me, third = holders("李四"), holders("张小三"), holders("王五")
    held = swap(friend, me).json["received"]["id"]
    for body in ({"card_id": held}, {"show": {"name_kind": "full", "fields": [], "card_id": held}}):
        answer = me.post("/citizen/v1/name-card/codes", json={"purpose": "exchange", **body})
        assert answer.status_code == 422
    shown = redeem(third, code_of(me)).json["received"]["card"]
    assert shown["display_name"] == "张*三"
    assert third.get(f"/citizen/v1/name-cards/{held}").status_code == 404


def test_no_answer_about_another_person_carries_an_id_of_theirs(holders: CardHolders) -> None:
    me, friend = holders.person(), holders.person("李四")
    mine, theirs = holders.login(me), holders.login(friend)
    answers: list[Any] = [swap(theirs, mine).json]
    for page in ("name-cards", "access-log", "events"):
        answers += [mine.get(f"/citizen/v1/{page}").json, theirs.get(f"/citizen/v1/{page}").json]
    assert "cit_" not in str(answers)
    assert not any(number in str(answers) for number in (id_number(1), id_number(2)))


def test_no_route_of_the_citizens_lists_people(app: Flask) -> None:
    paths = [path for path in document_of(app)["paths"] if path.startswith("/citizen/")]
    assert not any(word in path for path in paths for word in ("people", "citizens", "search", "ranking", "nearby"))

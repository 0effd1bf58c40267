"""Guardrail 9: a code says nothing of its person or purpose, and a card shows nothing that was not ticked."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.orm import Session

from app.domain.card import FIELDS
from tests.support.cards import CardHolders, swap
from tests.support.checks import World

SHOWS = {"verified": "assurance_level"} | {field: field for field in FIELDS if field != "verified"}
ticks = st.fixed_dictionaries(
    {"name_kind": st.sampled_from(["masked", "full"]), "fields": st.lists(st.sampled_from(FIELDS), unique=True)}
)


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session, people=100)


def test_a_code_is_sixteen_random_letters_whoever_shows_it_and_for_whatever(holders: CardHolders) -> None:
    made = [
        caller.post("/citizen/v1/name-card/codes", json={"purpose": purpose}).json["code"]
        for caller in (holders("张小三"), holders("李四", "hangzhou"))
        for purpose in ("check", "exchange")
        for _ in range(3)
    ]
    assert {len(code) for code in made} == {16}
    assert len({code[:4] for code in made}) > 8


def test_the_picture_holds_the_code_and_nothing_else(holders: CardHolders) -> None:
    answer = holders().post("/citizen/v1/name-card/codes.png", json={"purpose": "exchange"})
    picture = Image.open(BytesIO(answer.data))
    assert zxingcpp.read_barcode(picture).text == answer.headers["Card-Code"]
    assert not picture.info.get("Comment")
    assert picture.getexif() == {}


def test_no_route_takes_a_code_in_its_address(app: Flask) -> None:
    """Where an address has a code, it is that of a scenario, a pack or a problem, never one that a citizen shows."""
    rules = ("/citizen/v1/scenarios/", "/partner/v1/scenarios/", "/operator/v1/packs/", "/operator/v1/offers/")
    for rule in app.url_map.iter_rules():
        if "code" in rule.arguments:
            assert rule.rule.startswith((*rules, "/problems/")), rule.rule


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exchanges=st.lists(st.tuples(ticks, ticks, st.booleans()), min_size=1, max_size=3))
def test_no_sequence_of_exchanges_shows_a_field_that_was_not_ticked(
    app: Flask, session: Session, holders: CardHolders, exchanges: list[tuple[dict[str, Any], dict[str, Any], bool]]
) -> None:
    one, other = World(app, session, people=200 + holders.people).person("hangzhou", 705), holders.person("李四")
    for item in ("blood_donation", "honour"):
        holders.give(one, item)
    mine, theirs = holders.login(one), holders.login(other)
    for given_by_me, given_by_them, i_show in exchanges:
        show, take = (mine, theirs) if i_show else (theirs, mine)
        first, second = (given_by_me, given_by_them) if i_show else (given_by_them, given_by_me)
        assert swap(show, take, given=first, back=second).status_code == 201
        (held,) = theirs.get("/citizen/v1/name-cards").json["data"]
        shown = set(held["card"]) - {"display_name", "name_kind"}
        assert shown <= {SHOWS[field] for field in given_by_me["fields"]}
        assert held["card"]["name_kind"] == given_by_me["name_kind"]
        assert ("张测试" in str(held)) == (given_by_me["name_kind"] == "full")
        assert ("705" in str(held["card"])) == ("score" in given_by_me["fields"])


def test_receiving_cards_changes_no_score(app: Flask, session: Session, holders: CardHolders) -> None:
    me = holders.login(World(app, session).person("hangzhou", 705))
    before = me.get("/citizen/v1/score").json
    for _ in range(5):
        swap(holders("李四"), me)
    assert me.get("/citizen/v1/score").json == before

"""Guardrail 14: no card shames anyone. Whatever stands against a person, their card is the same as without it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.card import FIELDS, Ticks
from app.domain.card_presets import PRESETS
from app.domain.pack import Kind, catalogue_of
from app.services import holders as badges
from app.web.kit import Kit
from tests.support.callers import TestCaller
from tests.support.cards import CardHolders, code_of, redeem
from tests.support.checks import World

EVERYTHING = {"name_kind": "full", "fields": list(FIELDS)}


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


def received(giver: TestCaller, taker: TestCaller) -> Any:
    """All of a card, as the other side has it."""
    return redeem(taker, code_of(giver, show=EVERYTHING)).json["received"]["card"]


def test_adverse_records_disputes_and_debts_leave_no_mark(holders: CardHolders, app: Flask, session: Session) -> None:
    world = World(app, session, people=500)
    me = world.person("xiamen", 712)
    mine, taker = holders.login(me), holders("李四")
    holders.give(me, "volunteer_service", quantity=400)
    holders.give(me, "honour")
    before = received(mine, taker)
    assert (before["volunteer_stars"], before["score"]) == (2, 712)
    for item in adverse(holders.kit):
        holders.give(me, item)
    for status in ("disputed", "repaired", "withdrawn", "corrected", "expired"):
        holders.give(me, "blood_donation", status=status)
    world.owes(me, "xm-bike-rental", "prt_1")
    assert received(mine, taker) == before


def adverse(kit: Kit) -> list[str]:
    """The codes of every adverse item, in any city."""
    found = sorted(code for code, item in catalogue_of(kit.packs).items() if item.kind is Kind.ADVERSE)
    assert found
    return found


def test_every_badge_comes_of_something_good(kit: Kit) -> None:
    items = catalogue_of(kit.packs)
    behind = {*badges.SERVICE, badges.BLOOD, *badges.HONOURS}
    assert {items[code].kind for code in behind} == {Kind.POSITIVE}


def test_the_score_shows_only_where_it_is_ticked_by_hand() -> None:
    assert "score" not in Ticks().fields
    assert not [code for code, ticks in PRESETS.items() if "score" in ticks.fields]

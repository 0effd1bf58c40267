"""Guardrail 6: whom someone knows is no input; receiving, giving or losing cards changes nobody's score."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import scoring
from app.store import scores
from tests.architecture.source import ROOT
from tests.support.callers import as_citizen
from tests.support.cards import FULL, CardHolders, swap
from tests.support.members import make_member

CARDS = "/citizen/v1/name-cards"
SCORING = (
    "app/domain/score*.py",
    "app/domain/pack*.py",
    "app/services/scor*.py",
    "app/services/runs.py",
    "scenarios/*.py",
)


def test_ten_friends_or_none_the_score_is_the_same(app: Flask, session: Session) -> None:
    holders = CardHolders(app, session, people=100)
    me = make_member(session, holders.kit, serial=701)
    mine, before = as_citizen(app, session, me), standing(holders, me)
    for number in range(10):
        friend = holders(f"李{number}")
        held = swap(friend, mine, given=FULL, back=FULL).json["received"]["id"]
        if number % 2:
            mine.put(f"{CARDS}/{held}/note", json={"note": "老朋友"})
        else:
            friend.post(f"/citizen/v1/name-card/given/{held}/withdraw")
    mine.delete(f"{CARDS}/{held}")
    assert standing(holders, me) == before


def standing(holders: CardHolders, member: str) -> list[object]:
    """A member's score as it stands and as it would be calculated now, and when it is due to be."""
    session, kit = holders.session, holders.kit
    due = session.scalar(text("select due_on from enrolments where citizen_id = :id"), {"id": member})
    both = scores.current(session, member), scoring.calculated(session, kit.packs, member, kit.clock())
    return [due, *((row.score, row.grade, row.digest, row.as_of) for row in both if row)]


@pytest.mark.parametrize("room", SCORING)
def test_what_scores_or_decides_has_never_heard_of_cards(room: str) -> None:
    for path in ROOT.glob(room):
        found = re.search(r"\b(held_cards|card_holder|card_given|name_cards|shakes)\b", path.read_text("utf-8"))
        assert not found, path.name

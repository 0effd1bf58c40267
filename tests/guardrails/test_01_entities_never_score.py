"""Guardrails 1 and 14: what a register says of an entity never touches the score of whoever speaks for it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import scoring
from app.store import scores
from tests.architecture.source import ROOT
from tests.support.entities import HONOUR, PENALTY, PERMIT, Register
from tests.support.members import make_member
from tests.support.operations import OPERATIONS
from tests.support.people import id_number

SERIOUS = PENALTY | {"class": "serious", "expires_on": "2029-08-01"}
SCORING = (
    "app/domain/score*.py", "app/domain/pack*.py", "app/services/scor*.py", "app/services/runs.py", "scenarios/*.py",
)  # fmt: skip


def test_no_penalty_honour_or_end_of_an_entity_moves_its_representatives_score(app: Flask, session: Session) -> None:
    register = Register(app, session)
    kit = register.holders.kit
    member = make_member(session, kit, serial=701)
    scoring.refresh_due(session, kit.packs, kit.clock())
    before, due = scores.current(session, member), text("select due_on from enrolments where citizen_id = :id")
    due_before = session.scalar(due, {"id": member})
    for minute, (status, records) in enumerate(
        [("active", [SERIOUS]), ("active", [HONOUR, PERMIT]), ("revoked", [SERIOUS, PENALTY | {"document_no": "2"}])]
    ):
        moment = (kit.clock() - timedelta(minutes=9 - minute)).isoformat()
        said = register.put(id_number(701), status=status, records=records, as_of=moment)
        assert said.status_code == 200, said.text
        assert session.scalar(due, {"id": member}) == due_before, "nothing is to be calculated"
        after = scores.current(session, member)
        assert (after and after.score, after and after.grade) == (before and before.score, before and before.grade)


@pytest.mark.parametrize("room", SCORING)
def test_what_scores_or_decides_has_never_heard_of_entities(room: str) -> None:
    for path in ROOT.glob(room):
        assert not re.search(r"\bentit(y|ies)\b", path.read_text(encoding="utf-8")), path.name


def test_nobody_looks_entities_up_by_name_or_person() -> None:
    """A citizen lists their own; whoever else has a code in hand can only say something of it, as its register."""
    routes = {(op.method, op.path): set(op.query) for op in OPERATIONS if "/entities" in op.path}
    assert {path for _, path in routes} == {
        "/citizen/v1/entities",
        "/citizen/v1/entities/{entity_id}",
        "/citizen/v1/entities/{entity_id}/card",
        "/citizen/v1/entities/{entity_id}/card/offline",
        "/department/v1/entities/{uscc}",
    }
    assert {name for query in routes.values() for name in query} == {"cursor", "limit"}

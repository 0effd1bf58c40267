"""Guardrail 5, in the score: whatever is missing, nobody stands below where everyone begins."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.pack import Kind, Pack, PackError
from app.domain.pack_file import parse_pack
from app.domain.record import Record
from app.domain.score import explain
from app.packs import load_packs
from app.web.kit import Kit
from tests.support.callers import as_citizen, as_department
from tests.support.members import days_ago, make_member
from tests.support.packs import TINY
from tests.support.people import id_number, make_citizen

TODAY = date(2026, 6, 15)
PACKS = list(load_packs().values())


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.code)
def test_someone_without_facts_begins_in_an_ordinary_band(pack: Pack) -> None:
    explanation = explain(pack, [], TODAY)
    assert explanation.score == pack.base
    assert pack.grades.index(explanation.grade) >= 1


@given(
    st.sampled_from(PACKS).flatmap(lambda pack: st.tuples(st.just(pack), st.lists(st.sampled_from(list(pack.items())))))
)
def test_only_an_adverse_fact_leads_below_it(drawn: tuple[Pack, list]) -> None:  # type: ignore[type-arg]
    pack, items = drawn
    facts = [Record(f"rec_{n}", item.code, TODAY, TODAY) for n, item in enumerate(items)]
    adverse = any(item.kind is Kind.ADVERSE for item in items)
    assert adverse or explain(pack, facts, TODAY).score >= pack.base


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("floor = 0\nceiling = 25", "floor = 5\nceiling = 25"),
        ("floor = -600\nceiling = 0", "floor = -600\nceiling = -1"),
        ("from_points = 450", "from_points = 501"),
    ],
)
def test_a_pack_in_which_absence_would_count_does_not_load(old: str, new: str) -> None:
    with pytest.raises(PackError, match="guardrail 5"):
        parse_pack(TINY.replace(old, new, 1))


def test_a_department_cannot_tell_members_from_others_by_entering_a_record(
    app: Flask, session: Session, kit: Kit
) -> None:
    make_member(session, kit, serial=1)
    make_citizen(session, kit.pii, kit.clock(), serial=2)
    department = as_department(app, session, "library")
    answers = set()
    for serial in (1, 2, 3):
        entry = {
            "item": "returned_book",
            "name": "张测试",
            "id_number": id_number(serial),
            "event_on": days_ago(kit).isoformat(),
        }
        answer = department.put("/department/v1/records/B-1", json=entry)
        answers.add((answer.status_code, answer.data))
    assert len(answers) == 1


def test_a_score_that_is_not_there_yet_is_pending_and_no_number(app: Flask, session: Session, kit: Kit) -> None:
    caller = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock()))
    caller.post("/citizen/v1/enrolment", json={"notice_version": "2026-1"})
    answer = caller.get("/citizen/v1/score").json
    assert (answer["status"], "score" in answer, "grade" in answer) == ("pending", False, False)

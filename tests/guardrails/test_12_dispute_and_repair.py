"""Guardrail 12: what is disputed is annotated and counts for nothing until settled; what is repaired leaves at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.domain.errors import Refusal
from app.domain.intake import Row
from app.domain.remedy import Status
from app.services import disputes, repairs, scoring, standing
from app.store import records
from app.store.records import RecordRow
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import as_citizen, as_department
from tests.support.members import a_penalty, days_ago, desk, file_rows, make_member
from tests.support.remedying import (
    SAID,
    SOURCE,
    dispute,
    member,
    overdue,
    penalties_of,
    penalty_of,
    repair,
    score_of,
    settle,
)


def without(session: Session, kit: Kit) -> int:
    """The score of one like the member, whose department never sent the penalty."""
    twin = member(session, kit, serial=9)
    row = penalty_of(session, twin)
    session.execute(update(RecordRow).where(RecordRow.id == row.id).values(status="withdrawn"))
    scoring.refresh(session, kit.packs, twin, now=kit.clock(), reason="due")
    return score_of(session, twin)


def under_another_number(kit: Kit) -> Row:
    """The member's penalty, by the same document, as another fact of its department."""
    return a_penalty("P-1", days_ago(kit, 150)) | {"source_record_id": "X-77"}


def moments(session: Session, kit: Kit, me: str) -> Iterator[str]:
    """Every moment between a dispute's opening and its settling."""
    asked = dispute(session, kit, me, penalty_of(session, me).id)
    yield "opened"
    file_rows(session, kit, SOURCE, a_penalty("P-1", days_ago(kit, 150)))
    yield "its department sends the same file again"
    file_rows(session, kit, SOURCE, a_penalty("P-1", days_ago(kit, 150)) | {"penalty_type": "罚款。"})
    yield "its department sends it in slightly other words"
    file_rows(session, kit, SOURCE, under_another_number(kit))
    yield "its department sends it under another number"
    scoring.refresh(session, kit.packs, me, now=kit.clock(), reason="due")
    yield "scored again"
    overdue(session, kit)
    Worker(kit).work()
    yield "not answered in time"
    assert disputes.one(session, kit.pii, me, asked.id).status is Status.SUBMITTED


def test_from_its_first_moment_to_its_last_a_disputed_record_equals_its_absence(session: Session, kit: Kit) -> None:
    me, absent = member(session, kit), without(session, kit)
    assert score_of(session, me) != absent
    for moment in moments(session, kit, me):
        stored, told = score_of(session, me), standing.score_of(session, kit.packs, me, kit.clock())
        calculated = scoring.calculated(session, kit.packs, me, kit.clock())
        assert stored == absent, moment
        assert told is not None, moment
        assert calculated is not None, moment
        assert {told.score, calculated.score} == {absent}, moment


def test_it_is_annotated_where_its_person_and_its_department_see_it(app: Flask, session: Session, kit: Kit) -> None:
    me = member(session, kit)
    record = penalty_of(session, me).id
    dispute(session, kit, me, record)
    seen = as_citizen(app, session, me).get(f"/citizen/v1/records/{record}").json
    assert (seen["status"]["code"], seen["because"]["code"]) == ("disputed", "disputed")


def test_only_its_department_or_two_of_the_office_let_it_stand(session: Session, kit: Kit) -> None:
    """No clock ends a dispute against its person: years later it still counts for nothing."""
    me = member(session, kit, serious=True)
    dispute(session, kit, me, penalty_of(session, me).id)
    absent = score_of(session, me)
    overdue(session, kit)
    for _ in range(3):
        Worker(kit).work()
    assert (penalty_of(session, me).status, score_of(session, me)) == ("disputed", absent)


def test_a_dispute_taken_back_and_opened_again_is_due_as_it_was(session: Session, kit: Kit, clock: Clock) -> None:
    """So nobody keeps a record out for ever without an answer: the desk gets it. After an answer the days run anew."""
    me = member(session, kit)
    record = penalty_of(session, me).id
    first = asked = dispute(session, kit, me, record)
    for _ in range(2):
        clock.advance(days=9)
        disputes.withdraw(session, kit.packs, kit.pii, me, asked.id, kit.clock())
        asked = dispute(session, kit, me, record)
        assert asked.due_on == first.due_on
    clock.advance(days=9)
    Worker(kit).work()
    assert disputes.one(session, kit.pii, me, asked.id).escalated_at is not None
    settle(session, kit, asked.id, Status.UPHELD)
    assert dispute(session, kit, me, record, new_evidence="新").due_on > first.due_on


def test_a_repaired_record_is_gone_from_score_list_and_explanation_at_once(
    app: Flask, session: Session, kit: Kit
) -> None:
    me, absent = member(session, kit), without(session, kit)
    record = penalty_of(session, me).id
    asked = repair(session, kit, me, record)
    repairs.answer(session, desk(kit, SOURCE), asked.id, repairs.Answer(outcome=Status.REPAIRED, **SAID))
    assert score_of(session, me) == absent
    mine = as_citizen(app, session, me)
    for path in ("/citizen/v1/records", "/citizen/v1/score/explanation", "/citizen/v1/home"):
        assert record not in mine.get(path).text, path
    assert mine.get(f"/citizen/v1/records/{record}").json["status"]["code"] == "repaired", "its own timeline stays"


def test_a_repaired_fact_does_not_come_back_in_a_file(session: Session, kit: Kit) -> None:
    me = member(session, kit)
    repairs.enter(session, desk(kit, SOURCE), "P-1", **SAID)
    for days in (150, 140):
        file_rows(session, kit, SOURCE, a_penalty("P-1", days_ago(kit, days)))
    filed = file_rows(session, kit, SOURCE, under_another_number(kit))
    assert [(one.field, one.code) for one in filed] == [("source_record_id", "record-closed")]
    assert [row.status for row in records.of_citizen(session, me) if row.source == SOURCE] == ["repaired"]


def test_what_differs_from_a_disputed_fact_waits_for_the_answer(app: Flask, session: Session, kit: Kit) -> None:
    """By file or by entry; its department, which knows of the dispute, is told so. The answer may say otherwise."""
    me, source = member(session, kit), as_department(app, session, SOURCE)
    asked = dispute(session, kit, me, penalty_of(session, me).id)
    row = a_penalty("P-1", days_ago(kit, 200))
    filed = file_rows(session, kit, SOURCE, row)
    assert [(one.field, one.code) for one in filed] == [("source_record_id", "record-disputed")]
    refused = source.put("/department/v1/records/P-1", json=row | {"class": "general"})
    assert [error["code"] for error in refused.json["errors"]] == ["record-disputed"]
    settle(session, kit, asked.id, Status.CORRECTED, row=row)
    assert [one.status for one in penalties_of(session, me)] == ["corrected", "active"]


WAYS: dict[str, Callable[[Session, Kit, str, str], Any]] = {
    "corrected": lambda session, kit, _, asked: settle(
        session, kit, asked, Status.CORRECTED, row=a_penalty("P-1", days_ago(kit, 200))
    ),
    "repaired": lambda session, kit, _, __: repairs.enter(session, desk(kit, SOURCE), "P-1", **SAID),
    "settled": lambda session, kit, _, asked: settle(session, kit, asked, Status.WITHDRAWN),
}


@pytest.mark.parametrize("order", list(permutations(WAYS, 2)), ids=" then ".join)
def test_a_dispute_ends_once_whatever_comes_after(session: Session, kit: Kit, order: tuple[str, ...]) -> None:
    me = member(session, kit)
    asked = dispute(session, kit, me, penalty_of(session, me).id).id
    ended = []
    for way in order:
        with suppress(Refusal):
            WAYS[way](session, kit, me, asked)
        ended.append(disputes.one(session, kit.pii, me, asked).status)
    assert ended[0] == ended[1] not in (Status.SUBMITTED, Status.VERIFYING)


def test_nobody_else_is_touched(session: Session, kit: Kit) -> None:
    me, other = member(session, kit), make_member(session, kit, serial=7)
    before = score_of(session, other)
    dispute(session, kit, me, penalty_of(session, me).id)
    assert score_of(session, other) == before

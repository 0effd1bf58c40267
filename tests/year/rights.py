"""What people ask for during the year, and what departments and the office answer; and how the city's rules change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.population_run import run_city
from app.domain.errors import Refusal
from app.domain.record import Status
from app.domain.remedy import Ground
from app.domain.remedy import Status as Outcome
from app.domain.review import Status as Answered
from app.services import (
    approvals,
    disputes,
    pack_publishing,
    pack_versions,
    remedy_answers,
    repairs,
    review_answers,
    reviews,
    statements,
)
from app.store.records import RecordRow
from app.store.remedies import DisputeRow, RepairRow
from tests.support.population import FEW
from tests.year.town import Town

SAID = {"reason": "经核查", "document": "函 1"}
LATE = 23
"""Days after which the office answers what a department forgot: it had 20."""


def pick(town: Town, session: Session, *wanted: Status, adverse: bool = False) -> RecordRow | None:
    """One of the records in these statuses, drawn in the order of the departments' own numbers."""
    query = select(RecordRow).where(RecordRow.status.in_(wanted))
    if adverse:
        query = query.where(RecordRow.ended_on.is_not(None))
    found = session.scalars(query.order_by(RecordRow.source, RecordRow.source_record_id)).all()
    return town.random.choice(found) if found else None


def dispute(town: Town) -> None:
    """Somebody disputes a record; it will be answered, taken back, or forgotten by its department."""
    with town.kit.sessions.begin() as session:
        row = pick(town, session, Status.ACTIVE)
        if row is not None:
            ground = town.random.choice(list(Ground))
            said = {"statement": "没有这回事", "new_evidence": "另有证明", "now": town.clock()}
            asked = disputes.open(session, town.packs, town.pii, row.citizen_id, row.id, ground=ground, **said)
            outcome = town.random.choice(("upheld", "corrected", "withdrawn", "retracted", "overdue"))
            _later(town, outcome, asked.id, row)


def repair(town: Town) -> None:
    """Somebody asks for the repair of an adverse record, maybe too early."""
    try:
        with town.kit.sessions.begin() as session:
            row = pick(town, session, Status.ACTIVE, adverse=True)
            if row is not None:
                said = {"statement": "罚款已缴清", "now": town.clock()}
                asked = repairs.ask(session, town.packs, town.pii, row.citizen_id, row.id, **said)
                _later(town, town.random.choice(("repaired", "repaired", "refused", "overdue")), asked.id, row)
    except Refusal as refused:
        town.tally[f"repair: {refused.code}"] += 1


def state(town: Town) -> None:
    """Somebody says something of a record of theirs."""
    with town.kit.sessions.begin() as session:
        row = pick(town, session, Status.ACTIVE, Status.DISPUTED)
        if row is not None:
            statements.put(session, town.pii, row.citizen_id, row.id, "情况特殊", town.clock())
            town.tally["stated"] += 1


def review(town: Town) -> None:
    """Somebody asks that a person looks at an item of their score."""
    try:
        with town.kit.sessions.begin() as session:
            row = pick(town, session, Status.ACTIVE)
            if row is not None:
                asked = reviews.ask_about_record(session, town.pii, row.citizen_id, row.id, "请看一看", town.clock())
                _later(town, town.random.choice(("stands", "changed")), asked.id, row)
    except Refusal as refused:
        town.tally[f"review: {refused.code}"] += 1


def _later(town: Town, outcome: str, asked_id: str, row: RecordRow) -> None:
    days = LATE if outcome == "overdue" else town.random.randrange(1, 15)
    town.answers.append((town.today + timedelta(days=days), outcome, asked_id, row.source_record_id))


def answer_due(town: Town) -> None:
    """Give every answer whose day has come, unless its case ended meanwhile."""
    due = [answer for answer in town.answers if answer[0] <= town.today]
    town.answers = [answer for answer in town.answers if answer[0] > town.today]
    for _, outcome, asked_id, number in due:
        try:
            with town.kit.sessions.begin() as session:
                _answer(town, session, outcome, asked_id, number)
            town.tally[f"{asked_id[:3]} {outcome}"] += 1
        except Refusal as refused:
            town.tally[f"{asked_id[:3]} {outcome}: {refused.code}"] += 1


def _answer(town: Town, session: Session, outcome: str, asked_id: str, number: str) -> None:
    desk = town.desk(number.split("-")[0])
    if asked_id.startswith("rev"):
        _office_reviews(town, session, asked_id, outcome)
    elif outcome == "overdue":
        _office_answers(town, session, asked_id)
    elif outcome == "retracted":
        row = session.scalars(select(DisputeRow).where(DisputeRow.id == asked_id)).one_or_none()
        if row is not None:
            disputes.withdraw(session, town.packs, town.pii, row.citizen_id, asked_id, town.clock())
    elif asked_id.startswith("rpr"):
        repairs.answer(session, desk, asked_id, repairs.Answer(outcome=Outcome(outcome), **SAID))
    else:
        right = _right(town, number) if outcome == "corrected" else {}
        disputes.answer(session, desk, asked_id, disputes.Answer(outcome=Outcome(outcome), row=right, **SAID))


def _right(town: Town, number: str) -> dict[str, Any]:
    """The fact as it should have been, as a department answers with it."""
    fact = town.books[number.split("-")[0]].mend(town.random, number)
    return {key: value for key, value in fact.items() if key != "source_record_id"}


def _office_answers(town: Town, session: Session, asked_id: str) -> None:
    kind = RepairRow if asked_id.startswith("rpr") else DisputeRow
    outcome = Outcome.REFUSED if kind is RepairRow else town.random.choice((Outcome.UPHELD, Outcome.WITHDRAWN))
    one, other = town.office
    said = remedy_answers.Said(outcome=outcome, reason="逾期未答复", document="函 2")
    proposal = remedy_answers.propose(session, town.pii, kind, one, asked_id, said, town.clock())
    approvals.approve(session, proposal, operator_id=other, now=town.clock())


def _office_reviews(town: Town, session: Session, review_id: str, outcome: str) -> None:
    one, other = town.office
    said = review_answers.Answer(outcome=Answered(outcome), reason="看过了")
    parts = session, town.at_the_office(), town.kit.registry, one
    _, proposal = review_answers.answer(*parts, review_id, said)
    if proposal:
        approvals.approve(session, proposal, operator_id=other, now=town.clock())


def propose_rules(town: Town, text: str) -> None:
    """Put a new version of a pack before the worker, who simulates it."""
    with town.kit.sessions.begin() as session:
        pack_versions.propose(session, town.packs, text, operator_id=town.office[0], now=town.clock())


def publish_rules(town: Town, code: str, version: int, days: int) -> None:
    """Announce it for a day ahead; a second operator agrees."""
    one, other = town.office
    day, now = town.today + timedelta(days=days), town.clock()
    notice = {"notice_zh": "志愿服务加分提高。", "notice_en": "Volunteering counts for more."}
    with town.kit.sessions.begin() as session:
        target, data = pack_publishing.proposal(session, code, version, effective_on=day, now=now, **notice)
        said = {"kind": pack_publishing.KIND, "target": target, "data": data}
        proposal = approvals.propose(session, operator_id=one, now=now, **said)
        approvals.approve(session, str(proposal["id"]), operator_id=other, now=now)
    town.marked.add(day)
    town.tally["rules published"] += 1


def run_over_everyone(town: Town) -> None:
    """Score whole cities at once, as `xinyi score population` does, before the worker comes to it."""
    for code in ("egret", "qianjiang"):
        run, written = run_city(town.kit, town.packs[code], town.today, FEW)
        town.tally["scored by a run"] += written.scores
        assert written.left == 0
        assert run.members == sum(
            who.city == town.packs[code].city for who in town.everyone if who.serial in town.members
        )

"""Remedies in tests: a member with a penalty and a volunteer's record, and what is asked and answered about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.remedy import Ground, Status
from app.services import disputes, repairs
from app.services.disputes import Dispute
from app.services.repairs import Repair
from app.store import records, scores
from app.store.records import RecordRow
from app.store.remedies import DisputeRow, RepairRow
from app.web.kit import Kit
from tests.support.members import a_penalty, a_row, days_ago, desk, file_rows, make_member

SOURCE = "transport"
SAID: dict[str, Any] = {"reason": "经核实", "document": "交函〔2026〕8号"}


def member(session: Session, kit: Kit, *, serial: int = 1, days: int = 150, serious: bool = False) -> str:
    """A member with a volunteer's record V-{serial} and a penalty P-{serial} of so many days ago."""
    citizen_id = make_member(session, kit, serial=serial)
    file_rows(session, kit, "social_work", a_row(f"V-{serial}", "volunteer_service", days_ago(kit), serial=serial))
    penalty = a_penalty(f"P-{serial}", days_ago(kit, days), serious=serious, serial=serial)
    file_rows(session, kit, SOURCE, penalty)
    return citizen_id


def penalties_of(session: Session, citizen_id: str) -> list[RecordRow]:
    """The member's records from the department of penalties, oldest first."""
    return [row for row in records.of_citizen(session, citizen_id) if row.source == SOURCE]


def penalty_of(session: Session, citizen_id: str) -> RecordRow:
    """The newest of them."""
    return penalties_of(session, citizen_id)[-1]


def overdue(session: Session, kit: Kit) -> None:
    """Everything that was put to departments so far was due yesterday."""
    for kind in (DisputeRow, RepairRow):
        session.execute(update(kind).values(due_on=days_ago(kit, 1)))
    session.commit()


def dispute(session: Session, kit: Kit, citizen_id: str, record_id: str, **said: Any) -> Dispute:
    """Dispute a record."""
    words = {"ground": Ground.UNTRUE, "statement": "没有发生", **said}
    opened = disputes.open(session, kit.packs, kit.pii, citizen_id, record_id, now=kit.clock(), **words)
    session.commit()
    return opened


def settle(session: Session, kit: Kit, dispute_id: str, outcome: Status, **said: Any) -> Dispute:
    """The department of penalties answers a dispute."""
    answer = disputes.Answer(outcome=outcome, **{**SAID, **said})
    done = disputes.answer(session, desk(kit, SOURCE), dispute_id, answer)
    session.commit()
    return done


def repair(session: Session, kit: Kit, citizen_id: str, record_id: str) -> Repair:
    """Ask for a repair."""
    asked = repairs.ask(session, kit.packs, kit.pii, citizen_id, record_id, statement="已缴清罚款", now=kit.clock())
    session.commit()
    return asked


def score_of(session: Session, citizen_id: str) -> int:
    """The member's stored score."""
    score = scores.current(session, citizen_id)
    assert score is not None
    return score.score

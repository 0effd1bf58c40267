"""The department behind a record answers corrections of it itself; of those about an identity it hears nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.correction import Remedy, Status
from app.domain.errors import Refusal
from app.domain.intake import Row
from app.services import corrections, disputes, record_entries
from app.services.corrections import Correction
from app.services.filing import Desk
from app.services.standing_records import STANDING
from app.store import access_log, citizens, enrolments, events, records
from app.store import corrections as store
from app.store.corrections import CorrectionRow
from app.store.pii import PiiBox
from app.store.records import RecordRow

PURPOSE = "correction"
REFUSED, WITHDRAWN, CORRECTED = "refused", "withdrawn", "corrected"
OUTCOMES = (CORRECTED, WITHDRAWN, REFUSED)
"""What a department says of its record; the first two accept the request."""
REMEDIES = {CORRECTED: Remedy.REPLACE, WITHDRAWN: Remedy.WITHDRAW}


@dataclass(frozen=True, slots=True)
class Case:
    """A request before its department, with what it is about; once it has ended, only its outcome."""

    row: CorrectionRow
    source_record_id: str
    said: str | None = None
    record: RecordRow | None = None


def put_to(
    session: Session, source: str, *, after: str | None, limit: int
) -> Sequence[tuple[CorrectionRow, RecordRow]]:
    """The requests about this department's records that wait, the oldest first, each with its record."""
    return store.put_to(session, source, after=after, limit=limit)


def read(session: Session, pii: PiiBox, actor: Actor, correction_id: str, now: datetime) -> Case:
    """One request about a record of the department `actor`; a look that its person sees.

    Of one that has ended, the outcome alone, which is no look. Raises Refusal `not-found`.
    """
    row, record = _theirs(session, actor.id, correction_id)
    if row.status != Status.RECEIVED:
        return Case(row, record.source_record_id)
    _log(session, row, actor, "correction.read", now, ("records", "statement"))
    return Case(row, record.source_record_id, corrections.opened(pii, row).statement, record)


def answer(
    session: Session, desk: Desk, correction_id: str, outcome: str, *, reason: str, document: str,
    row: Row,
) -> Correction:  # fmt: skip
    """The department, `desk.actor`, corrects its record by `row`, withdraws it, or lets it stand; its person is told.

    A record that ended meanwhile is left as it is: what became of it, and no other remedy, answers the request too.
    Raises Refusal `not-found`, `correction-answered`, `record-settled` for a remedy of one that ended otherwise, and
    `validation` (`/record…`) as an answer to a dispute does.
    """
    asked, record = _theirs(session, desk.actor.id, correction_id)
    if asked.status != Status.RECEIVED:
        raise Refusal("correction-answered", allowed_actions=[])
    _check(record, outcome, row)
    remedy = REMEDIES.get(outcome) if record.status in STANDING else None
    if remedy is Remedy.REPLACE:
        disputes.enter_corrected(session, desk, record.citizen_id, record.id, record.source_record_id, row)
    if remedy is Remedy.WITHDRAW:
        record_entries.withdraw(session, desk, record.source_record_id, reason=reason, document=document)
    status = Status.REFUSED if outcome == REFUSED else Status.ACCEPTED
    store.settle(session, asked, status, desk.now, remedy, reason, document)
    _log(session, asked, desk.actor, f"correction.{status}", desk.now, ())
    events.tell(session, asked.citizen_id, f"correction.{status}", {"correction_id": asked.id}, desk.now)
    return corrections.one(session, desk.pii, asked.citizen_id, asked.id)


def _check(record: RecordRow, outcome: str, row: Row) -> None:
    if record.status not in STANDING:
        if row or outcome not in (REFUSED, record.status):
            raise Refusal("record-settled", allowed_actions=[])
    elif bool(row) is not (outcome == CORRECTED):
        raise disputes.wrong("invalid", "The fact as it should be, where the outcome is corrected, and only there.")


def _theirs(session: Session, source: str, correction_id: str) -> tuple[CorrectionRow, RecordRow]:
    """A request about a record of this department and the record, with all that an answer touches held."""
    citizen_id = store.citizen_of(session, correction_id)
    if citizen_id is None:
        raise Refusal("not-found")
    citizens.hold(session, citizen_id)
    row = store.get(session, citizen_id, correction_id, held=True)
    records.hold_source(session, source)
    enrolments.lock(session, citizen_id)
    record = records.get(session, citizen_id, row.record_id) if row and row.record_id else None
    if row is None or record is None or record.source != source:
        raise Refusal("not-found")
    return row, record


def _log(session: Session, row: CorrectionRow, actor: Actor, action: str, now: datetime, fields: Sequence[str]) -> None:
    access_log.append(
        session, row.citizen_id, now=now, actor=actor, action=action, purpose=PURPOSE, fields=fields, ref=row.id
    )  # fmt: skip

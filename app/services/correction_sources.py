"""The department behind a record answers corrections of it itself; of those about an identity it hears nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.correction import Remedy, Status
from app.domain.errors import Refusal
from app.domain.intake import Row
from app.services import corrections, disputes, record_entries
from app.services.corrections import Correction
from app.services.filing import Desk
from app.store import access_log, citizens, events, records
from app.store import corrections as store
from app.store.corrections import CorrectionRow
from app.store.pii import PiiBox
from app.store.records import RecordRow

PURPOSE = "correction"
REFUSED, WITHDRAWN, CORRECTED = "refused", "withdrawn", "corrected"
OUTCOMES = (CORRECTED, WITHDRAWN, REFUSED)
"""What a department says of its record; the first two accept the request."""


def put_to(
    session: Session, source: str, *, after: str | None, limit: int
) -> Sequence[tuple[CorrectionRow, RecordRow]]:
    """The requests about this department's records that wait, the oldest first, each with its record."""
    return store.put_to(session, source, after=after, limit=limit)


def read(
    session: Session, pii: PiiBox, actor: Actor, correction_id: str, now: datetime
) -> tuple[Correction, RecordRow]:
    """One request about a record of the department `actor`; a look that its person sees. Raises Refusal `not-found`."""
    row, record = _theirs(session, actor.id, correction_id)
    _log(session, row, actor, "correction.read", now, ("records", "statement"))
    return corrections.opened(pii, row), record


def answer(
    session: Session, desk: Desk, correction_id: str, outcome: str, *, reason: str, document: str,
    row: Row,
) -> Correction:  # fmt: skip
    """The department, `desk.actor`, corrects its record by `row`, withdraws it, or lets it stand; its person is told.

    Raises Refusal `not-found`, `correction-answered`, and `validation` (`/record…`) as an answer to a dispute does.
    """
    asked, record = _theirs(session, desk.actor.id, correction_id)
    if asked.status != Status.RECEIVED:
        raise Refusal("correction-answered", allowed_actions=[])
    if bool(row) is not (outcome == CORRECTED):
        raise disputes.wrong("invalid", "The fact as it should be, where the outcome is corrected, and only there.")
    if outcome == CORRECTED:
        disputes.enter_corrected(session, desk, record.citizen_id, record.id, record.source_record_id, row)
    if outcome == WITHDRAWN:
        record_entries.withdraw(session, desk, record.source_record_id, reason=reason, document=document)
    remedy = {CORRECTED: Remedy.REPLACE, WITHDRAWN: Remedy.WITHDRAW}.get(outcome)
    status = Status.ACCEPTED if remedy else Status.REFUSED
    store.settle(session, asked, status, desk.now, remedy, reason, document)
    _log(session, asked, desk.actor, f"correction.{status}", desk.now, ())
    events.tell(session, asked.citizen_id, f"correction.{status}", {"correction_id": asked.id}, desk.now)
    return corrections.one(session, desk.pii, asked.citizen_id, asked.id)


def _theirs(session: Session, source: str, correction_id: str) -> tuple[CorrectionRow, RecordRow]:
    citizen_id = store.citizen_of(session, correction_id)
    if citizen_id is None:
        raise Refusal("not-found")
    citizens.hold(session, citizen_id)
    row = store.get(session, citizen_id, correction_id, held=True)
    record = records.get(session, citizen_id, row.record_id) if row and row.record_id else None
    if row is None or record is None or record.source != source:
        raise Refusal("not-found")
    return row, record


def _log(session: Session, row: CorrectionRow, actor: Actor, action: str, now: datetime, fields: Sequence[str]) -> None:
    access_log.append(
        session, row.citizen_id, now=now, actor=actor, action=action, purpose=PURPOSE, fields=fields, ref=row.id
    )  # fmt: skip

"""What disputes and repairs share before their department and at the desk: finding, reading, looks logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.remedy import OPEN
from app.services import statements
from app.store import access_log, citizens, enrolments, records, remedies
from app.store.pii import PiiBox
from app.store.records import RecordRow
from app.store.remedies import NAMES, DisputeRow, RepairRow, Row

FIELDS = ("records", "statement")
DISPUTES, REPAIRS = DisputeRow, RepairRow
"""The two kinds, for the edges to name."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request before its department or the desk, with what it is about: the record, and the person's words on it.

    Once it has ended nothing of that is shown any more, only its outcome.
    """

    row: DisputeRow | RepairRow
    ground: str | None
    said: str | None = None
    new_evidence: str | None = None
    record: RecordRow | None = None
    on_record: str | None = None


def hold(session: Session, kind: type[Row], source: str, asked_id: str) -> Row:
    """A request put to this department, with all that its answer touches held; raises Refusal `not-found`."""
    citizen_id = remedies.citizen_of(session, kind, asked_id)
    if citizen_id is None:
        raise Refusal("not-found")
    citizens.hold(session, citizen_id)
    return held(session, kind, source, citizen_id, asked_id)


def held(session: Session, kind: type[Row], source: str, citizen_id: str, asked_id: str) -> Row:
    """As `hold`, for one who holds the person already, or does not wait for them: the worker."""
    records.hold_source(session, source)
    enrolments.lock(session, citizen_id)
    row = remedies.get(session, kind, citizen_id, asked_id, held=True)
    if row is None or row.source != source:
        raise Refusal("not-found")
    return row


def put_to(session: Session, kind: type[Row], source: str, *, after: str | None, limit: int) -> Sequence[Row]:
    """What waits for this department, the oldest first; nothing of the people is in it."""
    return remedies.put_to(session, kind, source, after=after, limit=limit)


def over(session: Session, kind: type[Row], source: str, *, before: str | None, limit: int) -> Sequence[Row]:
    """What was put to this department and has ended, the newest first."""
    return remedies.over(session, kind, source, before=before, limit=limit)


def read(session: Session, pii: PiiBox, kind: type[Row], actor: Actor, asked_id: str, now: datetime) -> Case:
    """One request in full, for its department: from now on it is being verified, and its person sees the look.

    Of one that has ended, the outcome alone, which is no look. Raises Refusal `not-found`.
    """
    row = hold(session, kind, actor.id, asked_id)
    if row.status not in OPEN:
        return Case(row, row.ground if isinstance(row, DisputeRow) else None)
    remedies.begin(session, row)
    return shown(session, pii, row, actor, now)


def shown(session: Session, pii: PiiBox, row: DisputeRow | RepairRow, actor: Actor, now: datetime) -> Case:
    """An open request with its record, once the look is logged. Raises Refusal `not-found`."""
    record = records.get(session, row.citizen_id, row.record_id)
    if record is None:
        raise Refusal("not-found")
    log(session, row, actor, f"{NAMES[type(row)]}.read", now, fields=FIELDS)
    evidence = row.sealed_evidence if isinstance(row, DisputeRow) else None
    return Case(
        row=row,
        ground=row.ground if isinstance(row, DisputeRow) else None,
        said=pii.decrypt(row.sealed_statement, context=f"{row.__tablename__}:{row.id}"),
        new_evidence=None if evidence is None else pii.decrypt(evidence, context=f"disputes.evidence:{row.id}"),
        record=record,
        on_record=statements.text_on(session, pii, row.citizen_id, row.record_id),
    )


def log(
    session: Session, row: DisputeRow | RepairRow, actor: Actor, action: str, now: datetime, fields: Sequence[str] = ()
) -> None:
    """Note a look at a request, or its answer, where its person sees it."""
    access_log.append(
        session,
        row.citizen_id,
        now=now,
        actor=actor,
        action=action,
        purpose=NAMES[type(row)],
        fields=fields,
        ref=row.id,
    )


def pass_deadlines(session: Session, now: datetime, limit: int = 200) -> int:
    """Send what its department left unanswered to the desk and tell its people; how many. Repeat it until 0."""
    today = day_of(now)
    disputes = remedies.escalate(session, DisputeRow, today, now, limit)
    return disputes + remedies.escalate(session, RepairRow, today, now, limit)

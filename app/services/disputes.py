"""Disputes of a record: annotated and counted for nothing at once, put to its department, settled by its answer.

A record that its department withdraws or repairs meanwhile settles the dispute by itself (app/store/records.py). What a
file or an entry says does not, so that nothing but an answer makes a disputed fact count again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.access import SELF, Actor, ActorKind
from app.domain.errors import FieldError, Refusal
from app.domain.intake import Row
from app.domain.pack import Pack
from app.domain.record import Status as RecordStatus
from app.domain.remedy import OPEN, Ground, Status, due_on
from app.services import record_entries, remedy_cases, scoring
from app.services.filing import Desk
from app.services.standing_records import standing_record
from app.store import citizens, enrolments, events, records, remedies
from app.store.base import new_id
from app.store.pii import PiiBox
from app.store.records import RecordRow
from app.store.remedies import DisputeRow

PURPOSE = "dispute"


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute as its person reads it; `answered_at` and what follows it are there once it ended.

    `asked_by`: whose words `statement` is, the citizen's or an operator's who put it for them.
    """

    id: str
    record_id: str
    source: str
    source_record_id: str
    ground: Ground
    asked_by: ActorKind
    statement: str
    new_evidence: str | None
    status: Status
    asked_at: datetime
    due_on: date
    escalated_at: datetime | None
    answered_at: datetime | None
    reason: str | None
    document: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the department says: `outcome` upheld, corrected or withdrawn; `row`: the right fact, where corrected.

    `row` is a row of the department's files (docs/department-files.md) without `source_record_id`.
    """

    outcome: Status
    reason: str
    document: str | None
    row: Row = field(default_factory=dict)


def open(
    session: Session, packs: Mapping[str, Pack], pii: PiiBox, citizen_id: str, record_id: str, *,
    ground: Ground, statement: str, new_evidence: str | None = None, now: datetime,
) -> Dispute:  # fmt: skip
    """Dispute a record of one's own: from now on it counts for nothing, until it is settled.

    Raises Refusal `not-found`, `dispute-open`, `record-settled` for one that ended, and `dispute-needs-evidence` where
    the record stood against the same ground before and nothing new is said.
    """
    record = standing_record(session, citizen_id, record_id)
    return put(session, packs, pii, record, ground=ground, statement=statement, new_evidence=new_evidence, now=now)


def put(
    session: Session, packs: Mapping[str, Pack], pii: PiiBox, record: RecordRow, *,
    ground: Ground, statement: str, new_evidence: str | None = None, now: datetime, actor: Actor = SELF,
) -> Dispute:  # fmt: skip
    """As `open`, of a record that has not ended and whose member the caller holds; raises as `open` does.

    `actor`: in whose words; the office has said why already, so it is asked for no evidence.

    One that was taken back and comes again keeps its day, so that no record is held out for ever without an answer.
    """
    citizen_id, record_id = record.citizen_id, record.id
    if record.status == RecordStatus.DISPUTED:
        raise Refusal("dispute-open", allowed_actions=["withdraw"])
    if actor is SELF and new_evidence is None and ground in remedies.stood(session, citizen_id, record_id):
        raise Refusal("dispute-needs-evidence", field="/new_evidence")
    row = _row(pii, record, ground, statement, new_evidence, now, asked_by=actor.kind)
    row.due_on = remedies.running_since(session, citizen_id, record_id) or row.due_on
    remedies.add(session, row)
    _annotate(session, row, RecordStatus.DISPUTED, "disputed", actor, now)
    events.tell(session, citizen_id, "dispute.submitted", {"dispute_id": row.id, "record_id": record_id}, now)
    scoring.refresh(session, packs, citizen_id, now=now, reason=PURPOSE)
    return opened(pii, row)


def _row(
    pii: PiiBox, record: RecordRow, ground: Ground, statement: str, evidence: str | None, now: datetime, *,
    asked_by: ActorKind,
) -> DisputeRow:  # fmt: skip
    dispute_id = new_id("dsp")
    return DisputeRow(
        citizen_id=record.citizen_id,
        id=dispute_id,
        record_id=record.id,
        source=record.source,
        source_record_id=record.source_record_id,
        ground=ground,
        asked_by=asked_by,
        sealed_statement=pii.encrypt(statement, context=f"disputes:{dispute_id}"),
        sealed_evidence=None if evidence is None else pii.encrypt(evidence, context=f"disputes.evidence:{dispute_id}"),
        status=Status.SUBMITTED,
        asked_at=now,
        due_on=due_on(now),
    )


def listed(session: Session, pii: PiiBox, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Dispute]:
    """A person's disputes, newest first, older than the id `before`."""
    rows = remedies.listed(session, DisputeRow, citizen_id, before=before, limit=limit)
    return [opened(pii, row) for row in rows]


def one(session: Session, pii: PiiBox, citizen_id: str, dispute_id: str) -> Dispute:
    """One's own dispute; raises Refusal `not-found`."""
    row = remedies.get(session, DisputeRow, citizen_id, dispute_id)
    if row is None:
        raise Refusal("not-found")
    return opened(pii, row)


def withdraw(
    session: Session, packs: Mapping[str, Pack], pii: PiiBox, citizen_id: str, dispute_id: str, now: datetime
) -> Dispute:
    """Take one's own dispute back: the record counts again. Twice is once; raises `not-found`, `remedy-answered`."""
    citizens.hold(session, citizen_id)
    enrolments.lock(session, citizen_id)
    row = remedies.get(session, DisputeRow, citizen_id, dispute_id, held=True)
    if row is None:
        raise Refusal("not-found")
    if row.status in OPEN:
        remedies.settle(session, row, Status.RETRACTED, now)
        _annotate(session, row, RecordStatus.ACTIVE, "dispute_retracted", SELF, now)
        scoring.refresh(session, packs, citizen_id, now=now, reason=PURPOSE)
    elif row.status != Status.RETRACTED:
        raise Refusal("remedy-answered", allowed_actions=[])
    return one(session, pii, citizen_id, dispute_id)


def answer(session: Session, desk: Desk, dispute_id: str, said: Answer) -> Dispute:
    """The department, `desk.actor`, settles a dispute put to it; its person and the partners are told.

    Raises Refusal `not-found` for another department's, `remedy-answered`, and `validation` for a corrected fact that
    is none, or which the rules of entry refuse (`/record/…`).
    """
    row = remedy_cases.hold(session, DisputeRow, desk.actor.id, dispute_id)
    if row.status not in OPEN:
        raise Refusal("remedy-answered", allowed_actions=[])
    settle(session, desk, row, said)
    return one(session, desk.pii, row.citizen_id, row.id)


def settle(session: Session, desk: Desk, row: DisputeRow, said: Answer) -> None:
    """Give an open dispute, whose person is held, its outcome. Raises Refusal `validation` as `answer` does."""
    if bool(said.row) is not (said.outcome is Status.CORRECTED):
        raise wrong("invalid", "The fact as it should be, where the outcome is corrected, and only there.")
    if said.outcome is Status.CORRECTED:
        enter_corrected(session, desk, row.citizen_id, row.record_id, row.source_record_id, said.row)
    elif said.outcome is Status.WITHDRAWN:
        _annotate(session, row, RecordStatus.WITHDRAWN, "withdrawn", desk.actor, desk.now, said)
    else:
        remedies.settle(session, row, Status.UPHELD, desk.now)
        _annotate(session, row, RecordStatus.ACTIVE, "upheld", desk.actor, desk.now, said)
    scoring.refresh(session, desk.packs, row.citizen_id, now=desk.now, reason=PURPOSE)
    remedies.explain(session, row, said.reason, said.document)
    remedy_cases.log(session, row, desk.actor, f"dispute.{said.outcome}", desk.now)


def enter_corrected(session: Session, desk: Desk, citizen_id: str, record_id: str, number: str, row: Row) -> None:
    """Enter the fact as it should be in the record's place; raises Refusal `validation`, at `/record…`."""
    try:
        record_entries.enter(session, replace(desk, settles=True), {**row, "source_record_id": number})
    except Refusal as refused:
        at = [FieldError(f"/record{error.pointer}", error.code, error.detail) for error in refused.errors]
        raise Refusal(refused.code, errors=at) from refused
    record = records.get(session, citizen_id, record_id)
    if record is None or record.status != RecordStatus.CORRECTED:
        raise wrong("unchanged", "It says the same as before, or is about somebody else.")


def _annotate(
    session: Session, row: DisputeRow, status: RecordStatus, kind: str, actor: Actor, now: datetime,
    said: Answer | None = None,
) -> None:  # fmt: skip
    why = {"reason": said.reason, "document": said.document} if said else {}
    records.change_status(session, row.citizen_id, row.record_id, status, kind=kind, actor=actor, now=now, **why)


def opened(pii: PiiBox, row: DisputeRow) -> Dispute:
    """A dispute with its texts in clear."""
    return Dispute(
        id=row.id,
        record_id=row.record_id,
        source=row.source,
        source_record_id=row.source_record_id,
        ground=Ground(row.ground),
        asked_by=ActorKind(row.asked_by),
        statement=pii.decrypt(row.sealed_statement, context=f"disputes:{row.id}"),
        new_evidence=evidence_of(pii, row),
        status=Status(row.status),
        asked_at=row.asked_at,
        due_on=row.due_on,
        escalated_at=row.escalated_at,
        answered_at=row.answered_at,
        reason=row.reason,
        document=row.document,
    )


def evidence_of(pii: PiiBox, row: DisputeRow) -> str | None:
    """What is new since the record stood, in clear, or None."""
    sealed = row.sealed_evidence
    return None if sealed is None else pii.decrypt(sealed, context=f"disputes.evidence:{row.id}")


def wrong(code: str, detail: str) -> Refusal:
    """The refusal of the fact that an answer brings."""
    return Refusal("validation", errors=[FieldError("/record", code, detail)])

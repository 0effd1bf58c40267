"""Repair of an adverse record (NDRC Order 36 of 2025): asked for here, decided by the department that recorded it.

A repaired record leaves calculation and display at once; only its own timeline still tells of it, until it is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.pack import Item, Pack, catalogue_of
from app.domain.record import Status as RecordStatus
from app.domain.remedy import OPEN, Status, due_on, repairable_from
from app.services import record_entries, remedy_cases, scoring
from app.services.filing import Desk
from app.services.standing_records import STANDING, standing_record
from app.store import access_log, citizens, events, records, remedies
from app.store.base import new_id
from app.store.pii import PiiBox
from app.store.records import RecordRow
from app.store.remedies import RepairRow

PURPOSE = "repair"


@dataclass(frozen=True, slots=True)
class Repair:
    """One request for repair as its person reads it; `answered_at` and what follows it are there once it ended."""

    id: str
    record_id: str
    source: str
    source_record_id: str
    statement: str
    status: Status
    asked_at: datetime
    due_on: date
    escalated_at: datetime | None
    answered_at: datetime | None
    reason: str | None
    document: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the department decides: `outcome` repaired or refused."""

    outcome: Status
    reason: str
    document: str


def possible_from(item: Item | None, decided_on: date) -> date | None:
    """The first day on which a record of this item can be repaired; None for one that needs none: a positive one."""
    return repairable_from(item.legal_class, decided_on) if item and item.legal_class else None


def ask(
    session: Session, packs: Mapping[str, Pack], pii: PiiBox, citizen_id: str, record_id: str, *,
    statement: str, now: datetime,
) -> Repair:  # fmt: skip
    """Ask for the repair of an adverse record of one's own; `statement` says what was put right.

    Raises Refusal `not-found`, `record-settled`, `repair-not-needed` for a positive one, `dispute-open`, `repair-open`,
    and `repair-too-early` with the day from which it is possible.
    """
    record = standing_record(session, citizen_id, record_id)
    _check(session, catalogue_of(packs).get(record.item), record, day_of(now))
    repair_id = new_id("rpr")
    row = RepairRow(
        citizen_id=citizen_id,
        id=repair_id,
        record_id=record.id,
        source=record.source,
        source_record_id=record.source_record_id,
        sealed_statement=pii.encrypt(statement, context=f"repairs:{repair_id}"),
        status=Status.SUBMITTED,
        asked_at=now,
        due_on=due_on(now),
    )
    remedies.add(session, row)
    events.tell(session, citizen_id, "repair.submitted", {"repair_id": row.id, "record_id": record_id}, now)
    return opened(pii, row)


def _check(session: Session, item: Item | None, record: RecordRow, today: date) -> None:
    if record.status == RecordStatus.DISPUTED:
        raise Refusal("dispute-open", allowed_actions=[])
    possible = possible_from(item, record.event_on)
    if possible is None:
        raise Refusal("repair-not-needed", allowed_actions=[])
    if today < possible:
        raise Refusal("repair-too-early", possible_from=possible.isoformat(), allowed_actions=[])
    if any(row.status in OPEN for row in remedies.about(session, RepairRow, record.citizen_id, record.id)):
        raise Refusal("repair-open", allowed_actions=["withdraw"])


def listed(session: Session, pii: PiiBox, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Repair]:
    """A person's requests, newest first, older than the id `before`."""
    rows = remedies.listed(session, RepairRow, citizen_id, before=before, limit=limit)
    return [opened(pii, row) for row in rows]


def one(session: Session, pii: PiiBox, citizen_id: str, repair_id: str) -> Repair:
    """One's own request; raises Refusal `not-found`."""
    row = remedies.get(session, RepairRow, citizen_id, repair_id)
    if row is None:
        raise Refusal("not-found")
    return opened(pii, row)


def withdraw(session: Session, pii: PiiBox, citizen_id: str, repair_id: str, now: datetime) -> Repair:
    """Take one's own request back; twice is once. Raises Refusal `not-found`, `remedy-answered`."""
    citizens.hold(session, citizen_id)
    row = remedies.get(session, RepairRow, citizen_id, repair_id, held=True)
    if row is None:
        raise Refusal("not-found")
    if row.status in OPEN:
        remedies.settle(session, row, Status.RETRACTED, now)
    elif row.status != Status.RETRACTED:
        raise Refusal("remedy-answered", allowed_actions=[])
    return one(session, pii, citizen_id, repair_id)


def answer(session: Session, desk: Desk, repair_id: str, said: Answer) -> Repair:
    """The department, `desk.actor`, decides a request put to it; its person and the partners are told.

    Raises Refusal `not-found` for another department's, `remedy-answered`.
    """
    row = remedy_cases.hold(session, RepairRow, desk.actor.id, repair_id)
    if row.status not in OPEN:
        raise Refusal("remedy-answered", allowed_actions=[])
    settle(session, desk, row, said)
    return one(session, desk.pii, row.citizen_id, row.id)


def settle(session: Session, desk: Desk, row: RepairRow, said: Answer) -> None:
    """Give an open request, whose person is held, its outcome."""
    if said.outcome is Status.REPAIRED:
        _repaired(session, desk, row.citizen_id, row.record_id, said.reason, said.document)
    else:
        remedies.settle(session, row, Status.REFUSED, desk.now)
    remedies.explain(session, row, said.reason, said.document)
    remedy_cases.log(session, row, desk.actor, f"repair.{said.outcome}", desk.now)


def enter(session: Session, desk: Desk, source_record_id: str, *, reason: str, document: str) -> None:
    """A department enters that 信用中国 or itself repaired a fact of its own: it leaves at once.

    An unknown, settled or positive one is left as it is, so that nothing tells whether its person has opted in.
    """
    records.hold_source(session, desk.actor.id)
    record = record_entries.held(session, desk.actor.id, source_record_id)
    item = catalogue_of(desk.packs).get(record.item) if record and record.status in STANDING else None
    if record is None or item is None or item.legal_class is None:
        return
    _repaired(session, desk, record.citizen_id, record.id, reason, document)
    access_log.append(
        session, record.citizen_id, now=desk.now, actor=desk.actor, action="ingested", purpose=PURPOSE, ref=record.id
    )


def _repaired(session: Session, desk: Desk, citizen_id: str, record_id: str, reason: str, document: str) -> None:
    why = {"reason": reason, "document": document}
    records.change_status(
        session, citizen_id, record_id, RecordStatus.REPAIRED, kind="repaired", actor=desk.actor, now=desk.now, **why
    )
    scoring.refresh(session, desk.packs, citizen_id, now=desk.now, reason=PURPOSE)


def opened(pii: PiiBox, row: RepairRow) -> Repair:
    """A request with its text in clear."""
    return Repair(
        id=row.id,
        record_id=row.record_id,
        source=row.source,
        source_record_id=row.source_record_id,
        statement=pii.decrypt(row.sealed_statement, context=f"repairs:{row.id}"),
        status=Status(row.status),
        asked_at=row.asked_at,
        due_on=row.due_on,
        escalated_at=row.escalated_at,
        answered_at=row.answered_at,
        reason=row.reason,
        document=row.document,
    )

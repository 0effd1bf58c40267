"""The credit office answers corrections: a queue without people, a look that its person sees, an answer with reasons.

A record that is wrong is put right on its department's document, through the ways by which departments do it
themselves (record_entries.py): so it is checked, versioned, scored and told as any correction of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.correction import About, Remedy, Status
from app.domain.errors import FieldError, Refusal
from app.domain.fact import penalty_item
from app.domain.pack import LegalClass
from app.domain.record import Status as RecordStatus
from app.services import corrections, record_entries
from app.services.corrections import Correction, wrong
from app.services.filing import Desk
from app.store import access_log, citizens, events, operators, records
from app.store import corrections as store
from app.store.corrections import CorrectionRow
from app.store.pii import PiiBox
from app.store.records import RecordRow

PURPOSE = "correction"
OPEN = (RecordStatus.ACTIVE, RecordStatus.DISPUTED)
CLASSES = {penalty_item(kind): str(kind) for kind in LegalClass}


@dataclass(frozen=True, slots=True)
class Case:
    """A request before the office: what is held of the one field, or the record that it is about."""

    correction: Correction
    held: str | None
    record: RecordRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the office says: `reason` in words for the person; a remedy of a record rests on its department's document.

    `values` are the fields of the record that are otherwise, by their names in the department's row.
    """

    outcome: Status
    reason: str
    document: str | None = None
    remedy: Remedy | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def queue(session: Session, *, after: str | None, limit: int) -> Sequence[CorrectionRow]:
    """What waits for an answer, the oldest first; who asks and what they say is not in it."""
    return store.queue(session, after=after, limit=limit)


def read(session: Session, pii: PiiBox, operator_id: str, correction_id: str, now: datetime) -> Case:
    """One request with what it is about; a look that its person sees. Raises Refusal `not-found`."""
    citizen_id = _citizen(session, correction_id)
    found = corrections.one(session, pii, citizen_id, correction_id)
    record = records.get(session, citizen_id, found.record_id) if found.record_id else None
    seen = "records" if record else found.field
    _log(session, citizen_id, operator_id, "correction.read", found.id, now, fields=(seen, "statement"))
    return Case(found, _held(session, pii, citizen_id, found), record)


def answer(session: Session, desk: Desk, operator_id: str, correction_id: str, said: Answer) -> Correction:
    """Answer a request, put its record right where it is accepted, and tell its person.

    `desk.actor` is replaced by the record's department. Raises Refusal `not-found`, `correction-answered`, or
    `validation` where remedy, document or values do not fit the request.
    """
    citizen_id = _citizen(session, correction_id)
    citizens.hold(session, citizen_id)
    row = store.get(session, citizen_id, correction_id)
    if row is None:
        raise Refusal("not-found")
    if row.status != Status.RECEIVED:
        raise Refusal("correction-answered", allowed_actions=[])
    _remedy(session, desk, row, said)
    store.settle(session, row, said.outcome, desk.now, said.remedy, said.reason, said.document)
    done = f"correction.{said.outcome}"
    _log(session, citizen_id, operator_id, done, row.id, desk.now, fields=())
    events.tell(session, citizen_id, done, {"correction_id": row.id}, desk.now)
    return corrections.one(session, desk.pii, citizen_id, correction_id)


def _citizen(session: Session, correction_id: str) -> str:
    citizen_id = store.citizen_of(session, correction_id)
    if citizen_id is None:
        raise Refusal("not-found")
    return citizen_id


def _held(session: Session, pii: PiiBox, citizen_id: str, found: Correction) -> str | None:
    """What is held of the one field of the identity that the request is about; of a number only its ends."""
    known = citizens.vouched(session, pii, citizen_id) if found.about is About.IDENTITY else None
    if known is None:
        return None
    number = known.id_number and f"{known.id_number[:6]}********{known.id_number[-4:]}"
    return {"name": known.name, "id_number": number, "city": known.city}[found.field]


def _log(
    session: Session, citizen_id: str, operator_id: str, action: str, ref: str, now: datetime, fields: Sequence[str]
) -> None:
    operator = operators.get(session, operator_id)
    actor = Actor(ActorKind.OPERATOR, operator_id, operator.name if operator else "信用办")
    access_log.append(session, citizen_id, now=now, actor=actor, action=action, purpose=PURPOSE, fields=fields, ref=ref)


def _remedy(session: Session, desk: Desk, row: CorrectionRow, said: Answer) -> None:
    record = records.get(session, row.citizen_id, row.record_id) if row.record_id else None
    wrong_record = record if record and record.status in OPEN and said.outcome is Status.ACCEPTED else None
    if wrong_record is None:
        if said.remedy or said.values:
            raise wrong("/remedy", "invalid", "Only an accepted request about a record that still stands has one.")
        return
    if said.remedy is None:
        raise wrong("/remedy", "missing", "The record still stands: withdraw or replace it.")
    if said.document is None:
        raise wrong("/document", "missing", "A record changes on its department's document only.")
    source = Actor(ActorKind.DEPARTMENT, wrong_record.source, wrong_record.source_name)
    theirs = Desk(desk.packs, desk.pii, source, desk.now)
    if said.remedy is Remedy.WITHDRAW:
        _take_back(session, theirs, wrong_record, said)
    else:
        _replace(session, theirs, wrong_record, said.values)


def _take_back(session: Session, desk: Desk, record: RecordRow, said: Answer) -> None:
    if said.values:
        raise wrong("/values", "invalid", "A record that is withdrawn has none.")
    number = record.source_record_id
    record_entries.withdraw(session, desk, number, reason="correction", document=said.document)


def _replace(session: Session, desk: Desk, record: RecordRow, values: Mapping[str, Any]) -> None:
    before = _row(session, desk.pii, record)
    stated = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    if all(before.get(name) == value for name, value in stated.items()):
        raise wrong("/values", "missing", "What is otherwise than the record says.")
    if "event_on" in stated and "document_no" not in before:
        before.pop("expires_on")  # a positive fact's term runs from its day
    try:
        record_entries.enter(session, desk, {**before, **stated})
    except Refusal as refused:
        at = [FieldError(f"/values{error.pointer}", error.code, error.detail) for error in refused.errors]
        raise Refusal(refused.code, errors=at) from refused


def _row(session: Session, pii: PiiBox, record: RecordRow) -> dict[str, Any]:
    """The record as its department's row (docs/department-files.md)."""
    person = citizens.real_name(session, pii, record.citizen_id)
    if person is None:
        raise Refusal("login-needed")
    row = {
        "source_record_id": record.source_record_id,
        "name": person.name,
        "id_number": person.id_number,
        "event_on": record.event_on.isoformat(),
        "expires_on": record.expires_on.isoformat(),
    }
    if record.item in CLASSES:
        ended_on = record.ended_on or record.event_on
        return row | {**record.details, "ended_on": ended_on.isoformat(), "class": CLASSES[record.item]}
    return row | {"item": record.item} | ({} if record.quantity is None else {"quantity": record.quantity})

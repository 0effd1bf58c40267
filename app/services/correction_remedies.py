"""Putting a wrong record right on its department's document, by the ways in which departments do it themselves.

So it is checked against the catalogue, versioned, scored and told as any correction of theirs (record_entries.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.correction import Remedy, Status
from app.domain.errors import FieldError, Refusal
from app.domain.fact import penalty_item
from app.domain.pack import LegalClass
from app.domain.record import Status as RecordStatus
from app.services import record_entries
from app.services.corrections import wrong
from app.services.filing import Desk
from app.store import citizens, records
from app.store.corrections import CorrectionRow
from app.store.pii import PiiBox
from app.store.records import RecordRow

OPEN = (RecordStatus.ACTIVE, RecordStatus.DISPUTED)
CLASSES = {penalty_item(kind): str(kind) for kind in LegalClass}


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


def needed(session: Session, row: CorrectionRow, said: Answer) -> RecordRow | None:
    """The record that this answer changes, or None where it changes none.

    Raises Refusal `validation` where remedy or document do not fit the request.
    """
    record = records.get(session, row.citizen_id, row.record_id) if row.record_id else None
    if record is None or record.status not in OPEN or said.outcome is not Status.ACCEPTED:
        if said.remedy or said.values:
            raise wrong("/remedy", "invalid", "Only an accepted request about a record that still stands has one.")
        return None
    if said.remedy is None:
        raise wrong("/remedy", "missing", "The record still stands: withdraw or replace it.")
    if said.document is None:
        raise wrong("/document", "missing", "A record changes on its department's document only.")
    if said.remedy is Remedy.WITHDRAW and said.values:
        raise wrong("/values", "invalid", "A record that is withdrawn has none.")
    return record


def put_right(session: Session, desk: Desk, record: RecordRow, said: Answer) -> None:
    """Withdraw or replace the record in its department's name; `desk` says who files else, and when.

    Raises Refusal `validation`, naming the value that the catalogue or the law does not take.
    """
    department = Actor(ActorKind.DEPARTMENT, record.source, record.source_name)
    theirs = Desk(desk.packs, desk.pii, department, desk.now, settles=True)
    if said.remedy is Remedy.REPLACE:
        _replace(session, theirs, record, said.values)
    else:
        number, reason = record.source_record_id, "correction"
        record_entries.withdraw(session, theirs, number, reason=reason, document=said.document)


def rehearse(session: Session, desk: Desk, record: RecordRow, said: Answer) -> None:
    """Do it and take it back, so that what is proposed can be done; raises as `put_right`."""
    trial = session.begin_nested()
    try:
        put_right(session, desk, record, said)
    finally:
        trial.rollback()


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

"""Corrections (PIPL article 46) as their person asks for them and follows them. Answering: correction_answers.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.correction import FIELDS, About, Status, due_on
from app.domain.errors import FieldError, Refusal
from app.store import citizens, corrections, records
from app.store.base import new_id
from app.store.corrections import CorrectionRow
from app.store.pii import PiiBox


@dataclass(frozen=True, slots=True)
class Correction:
    """One request as its person reads it; `answered_at` and what follows it are there once it was answered."""

    id: str
    about: About
    field: str
    record_id: str | None
    statement: str
    status: Status
    received_at: datetime
    due_on: date
    answered_at: datetime | None
    remedy: str | None
    reason: str | None
    document: str | None


def ask(
    session: Session, pii: PiiBox, citizen_id: str, *,
    about: About, field: str, statement: str, record_id: str | None, now: datetime,
) -> Correction:  # fmt: skip
    """Ask for a correction. Raises Refusal `validation` for a field or record that is not there, `correction-open`."""
    citizens.hold(session, citizen_id)
    _check(session, citizen_id, about, field, record_id)
    if corrections.waiting_for(session, citizen_id, record_id, field):
        raise Refusal("correction-open", field="/field")
    correction_id = new_id("cor")
    row = CorrectionRow(
        citizen_id=citizen_id,
        id=correction_id,
        about=about,
        record_id=record_id,
        field=field,
        sealed_statement=pii.encrypt(statement, context=corrections.context(correction_id)),
        status=Status.RECEIVED,
        received_at=now,
        due_on=due_on(now),
    )
    corrections.add(session, row)
    return opened(pii, row)


def _check(session: Session, citizen_id: str, about: About, field: str, record_id: str | None) -> None:
    if (record_id is None) is (about is About.RECORD):
        raise wrong("/record_id", "invalid", "A record's id, where it is about a record, and only there.")
    if field not in FIELDS[about]:
        raise wrong("/field", "invalid", f"One of {', '.join(FIELDS[about])}.")
    if record_id is not None and records.get(session, citizen_id, record_id) is None:
        raise wrong("/record_id", "not-found", "No record of yours has this id.")


def wrong(pointer: str, code: str, detail: str) -> Refusal:
    """The refusal of one field."""
    return Refusal("validation", errors=[FieldError(pointer, code, detail)])


def listed(session: Session, pii: PiiBox, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Correction]:
    """A person's requests, newest first, older than the id `before`."""
    return [opened(pii, row) for row in corrections.listed(session, citizen_id, before=before, limit=limit)]


def one(session: Session, pii: PiiBox, citizen_id: str, correction_id: str) -> Correction:
    """One's own request; raises Refusal `not-found`."""
    row = corrections.get(session, citizen_id, correction_id)
    if row is None:
        raise Refusal("not-found")
    return opened(pii, row)


def withdraw(session: Session, pii: PiiBox, citizen_id: str, correction_id: str, now: datetime) -> Correction:
    """Take one's own request back; twice is once. Raises Refusal `not-found`, or `correction-answered`."""
    citizens.hold(session, citizen_id)
    row = corrections.get(session, citizen_id, correction_id, held=True)
    if row is None:
        raise Refusal("not-found")
    if row.status in (Status.ACCEPTED, Status.REFUSED):
        raise Refusal("correction-answered", allowed_actions=[])
    if row.status == Status.RECEIVED:
        corrections.settle(session, row, Status.WITHDRAWN, now)
    return one(session, pii, citizen_id, correction_id)


def opened(pii: PiiBox, row: CorrectionRow) -> Correction:
    """A request with its statement in clear."""
    return Correction(
        id=row.id,
        about=About(row.about),
        field=row.field,
        record_id=row.record_id,
        statement=pii.decrypt(row.sealed_statement, context=corrections.context(row.id)),
        status=Status(row.status),
        received_at=row.received_at,
        due_on=row.due_on,
        answered_at=row.answered_at,
        remedy=row.remedy,
        reason=row.reason,
        document=row.document,
    )

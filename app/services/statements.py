"""A person's statement on a record of theirs (征信业管理条例 §16): shown wherever the record is, editable."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import report_fall
from app.services.standing_records import standing_record
from app.store import citizens, records, statements
from app.store.pii import PiiBox
from app.store.statements import StatementRow


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person says of one record."""

    text: str
    made_at: datetime
    changed_at: datetime


def put(session: Session, pii: PiiBox, citizen_id: str, record_id: str, text: str, now: datetime) -> Statement:
    """Say something of a record that has not ended, over what was said before; raises `not-found`, `record-settled`."""
    standing_record(session, citizen_id, record_id)
    statements.put(session, citizen_id, record_id, pii.encrypt(text, context=statements.context(record_id)), now)
    report_fall.records_changed(session, [citizen_id], now)
    return on(session, pii, citizen_id, [record_id])[record_id]


def remove(session: Session, citizen_id: str, record_id: str, now: datetime) -> None:
    """Take it back; where there is none, nothing happens. Raises Refusal `not-found` for another's record."""
    citizens.hold(session, citizen_id)
    if records.get(session, citizen_id, record_id) is None:
        raise Refusal("not-found")
    statements.remove(session, citizen_id, record_id)
    report_fall.records_changed(session, [citizen_id], now)


def on(session: Session, pii: PiiBox, citizen_id: str, record_ids: Collection[str]) -> Mapping[str, Statement]:
    """What a person says of these records, by record."""
    return {key: _opened(pii, row) for key, row in statements.on(session, citizen_id, record_ids).items()}


def text_on(session: Session, pii: PiiBox, citizen_id: str, record_id: str) -> str | None:
    """What a person says of one record, or None."""
    found = on(session, pii, citizen_id, [record_id]).get(record_id)
    return found.text if found else None


def follow(session: Session, pii: PiiBox, corrected: Mapping[tuple[str, str], str]) -> None:
    """Let what people say of records go over to their corrections; (citizen, earlier record) → the record now.

    The words are the person's: a department's correction does not take them from its fact.
    """
    for row in statements.on_records(session, corrected) if corrected else ():
        text = _opened(pii, row).text
        now = corrected[row.citizen_id, row.record_id]
        statements.move(session, row, now, pii.encrypt(text, context=statements.context(now)))


def _opened(pii: PiiBox, row: StatementRow) -> Statement:
    text = pii.decrypt(row.sealed_text, context=statements.context(row.record_id))
    return Statement(text, row.made_at, row.changed_at)

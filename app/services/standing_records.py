"""A record that a remedy can be asked against: one's own, and not ended."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.record import Status
from app.store import citizens, enrolments, records
from app.store.records import RecordRow

STANDING = (Status.ACTIVE, Status.DISPUTED)


def standing_record(session: Session, citizen_id: str, record_id: str) -> RecordRow:
    """One's own record that has not ended, its person held; raises Refusal `not-found` or `record-settled`."""
    citizens.hold(session, citizen_id)
    member = enrolments.lock(session, citizen_id)
    record = records.get(session, citizen_id, record_id) if member else None
    if record is None:
        raise Refusal("not-found")
    if record.status not in STANDING:
        raise Refusal("record-settled", allowed_actions=[])
    return record

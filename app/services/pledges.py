"""A private pledge (信用承诺): a promise of one's own, about a scenario or a record. Nobody else reads it.

Seeds tell of pledges that are posted in public; these are not (domain.md 7.23).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import FieldError, Refusal
from app.domain.scenario import Registry
from app.services.standing_records import standing_record
from app.store import citizens, statements
from app.store.base import new_id
from app.store.pii import PiiBox
from app.store.statements import PledgeRow

OPEN, FULFILLED, WITHDRAWN = "open", "fulfilled", "withdrawn"
STATUSES = (OPEN, FULFILLED, WITHDRAWN)
MOST = 20
"""Open pledges of one person."""


@dataclass(frozen=True, slots=True)
class Pledge:
    """One promise, about one of `scenario` and `record_id`; `until_on`: by when, where it says."""

    id: str
    scenario: str | None
    record_id: str | None
    text: str
    until_on: date | None
    status: str
    made_at: datetime
    closed_at: datetime | None


def make(
    session: Session, pii: PiiBox, registry: Registry, citizen_id: str, *,
    scenario: str | None, record_id: str | None, text: str, until_on: date | None, now: datetime,
) -> Pledge:  # fmt: skip
    """Promise something. Raises Refusal `validation` for a scenario that is not there, none or two things that it is
    about, or a day that is over; `not-found` or `record-settled` for the record; `pledges-full`.
    """
    citizens.hold(session, citizen_id)
    if (scenario is None) is (record_id is None):
        raise _wrong("/scenario", "invalid", "A scenario or a record: one of the two.")
    if scenario is not None and scenario not in registry:
        raise _wrong("/scenario", "not-found", "There is no such scenario.")
    if until_on is not None and until_on < day_of(now):
        raise _wrong("/until_on", "date-out-of-range", "Today or later.")
    if record_id is not None:
        standing_record(session, citizen_id, record_id)
    if statements.count_open(session, citizen_id) >= MOST:
        raise Refusal("pledges-full", most=MOST, allowed_actions=[])
    pledge_id = new_id("plg")
    row = PledgeRow(
        citizen_id=citizen_id,
        id=pledge_id,
        scenario=scenario,
        record_id=record_id,
        sealed_text=pii.encrypt(text, context=statements.pledge_context(pledge_id)),
        until_on=until_on,
        status=OPEN,
        made_at=now,
    )
    statements.add_pledge(session, row)
    return _opened(pii, row)


def listed(session: Session, pii: PiiBox, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Pledge]:
    """A person's pledges, newest first, older than the id `before`."""
    return [_opened(pii, row) for row in statements.pledges(session, citizen_id, before=before, limit=limit)]


def one(session: Session, pii: PiiBox, citizen_id: str, pledge_id: str) -> Pledge:
    """One's own pledge; raises Refusal `not-found`."""
    return _opened(pii, _row(session, citizen_id, pledge_id))


def close(session: Session, pii: PiiBox, citizen_id: str, pledge_id: str, status: str, now: datetime) -> Pledge:
    """End one's own pledge as fulfilled or withdrawn; twice is once. Raises Refusal `not-found`, `pledge-closed`."""
    row = _row(session, citizen_id, pledge_id, held=True)
    if row.status == OPEN:
        row.status, row.closed_at = status, now
        session.flush()
    elif row.status != status:
        raise Refusal("pledge-closed", allowed_actions=[])
    return _opened(pii, row)


def _row(session: Session, citizen_id: str, pledge_id: str, *, held: bool = False) -> PledgeRow:
    row = statements.pledge(session, citizen_id, pledge_id, held=held)
    if row is None:
        raise Refusal("not-found")
    return row


def _opened(pii: PiiBox, row: PledgeRow) -> Pledge:
    return Pledge(
        id=row.id,
        scenario=row.scenario,
        record_id=row.record_id,
        text=pii.decrypt(row.sealed_text, context=statements.pledge_context(row.id)),
        until_on=row.until_on,
        status=row.status,
        made_at=row.made_at,
        closed_at=row.closed_at,
    )


def _wrong(pointer: str, code: str, detail: str) -> Refusal:
    return Refusal("validation", errors=[FieldError(pointer, code, detail)])

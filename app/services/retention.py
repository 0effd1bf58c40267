"""The nightly job: what is past its term takes leave of the score, what is past its time of everything (guardrail 12).

By the clock and in portions: each is one transaction, repeated it finds the rest, and a killed one did nothing. It
waits for nobody, so it never stands in the way of someone who is leaving, answering or being scored.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM
from app.domain.calendar import day_of
from app.domain.record import Status
from app.services import proofs, report_fall
from app.services.proofs import Sign
from app.store import access_erasure, enrolments, events, records
from app.store import retention as store

PORTION = 100
"""Records to a transaction, of each kind."""


def step(session: Session, sign: Sign, now: datetime) -> int:
    """Do a portion of what is due today; how much. Repeat it until 0."""
    return expire(session, now) + delete(session, sign, now)


def expire(session: Session, now: datetime) -> int:
    """Let records whose term is over say so, each in an event of its life; how many."""
    rows = store.expired(session, day_of(now), PORTION)
    held = store.hold(session, {row.citizen_id for row in rows})
    due = [row for row in rows if row.citizen_id in held and _still(session, row.citizen_id, row.id)]
    for row in due:
        one = row.citizen_id, row.id
        records.change_status(session, *one, Status.EXPIRED, kind="expired", actor=SYSTEM, now=now)
        events.tell(session, row.citizen_id, "record.expired", {"record_id": row.id}, now)
    enrolments.mark_due(session, {row.citizen_id for row in due}, day_of(now))
    return len(due)


def _still(session: Session, citizen_id: str, record_id: str) -> bool:
    row = records.get(session, citizen_id, record_id)
    return row is not None and row.status == Status.ACTIVE


def delete(session: Session, sign: Sign, now: datetime) -> int:
    """Delete records whose time is over, each with a proof for its person; how many.

    Whatever is open about one ends with it: what is deleted can no longer do harm, nor be disputed.
    """
    rows = store.over(session, day_of(now), PORTION)
    held = store.hold(session, {row.citizen_id for row in rows})
    due = store.fresh(session, rows, held)
    if due:
        for proof in proofs.prove(session, due, sign, now):
            events.tell(session, proof.citizen_id, "record.deleted", {"proof_id": proof.id}, now)
        gone = store.erase(session, due)
        report_fall.records_changed(session, held, now)
        access_erasure.forget(session, gone)
        enrolments.mark_due(session, held, day_of(now))
    return len(due)

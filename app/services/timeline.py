"""A record's life, step by step, as its person reads it: what its events say, and what was asked about it and answered.

Each step has a code, which the edge puts in words; what people wrote themselves is on the pages of what they asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain import correction, remedy, review
from app.domain.access import ActorKind
from app.domain.record import Status
from app.domain.retention import deleted_on
from app.store import corrections, records, remedies, reviews, statements
from app.store.pii import PiiBox
from app.store.records import RecordEvent, RecordRow
from app.store.remedies import DisputeRow, RepairRow

MINE, OFFICE = str(ActorKind.CITIZEN), str(ActorKind.OPERATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: who did it (a kind of actor; the name where there is one), when, why, by which document.

    `version` and `status` are those that the record took by it, where it did.
    """

    kind: str
    at: datetime
    actor_kind: str
    actor_name: str | None = None
    reason: str | None = None
    document: str | None = None
    version: int | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What will happen by itself: `expires`, `deleted`."""

    kind: str
    on: date


def steps(session: Session, pii: PiiBox, row: RecordRow) -> list[Step]:
    """Every step of a record's life so far, the first one first."""
    me, record_id = row.citizen_id, row.id
    told = [
        *(_event(event) for event in records.events(session, me, record_id)),
        *_corrections(session, me, record_id),
        *_reviews(session, pii, me, record_id),
        *_disputes(session, me, record_id),
        *_repairs(session, row),
        *_statement(session, me, record_id),
    ]
    return sorted(told, key=lambda step: step.at)


def ahead(row: RecordRow, today: date) -> Sequence[Ahead]:
    """What lies ahead of a record, by the clock alone."""
    end = max(deleted_on(row.expires_on, row.ended_on), today)
    counts = row.status in (Status.ACTIVE, Status.DISPUTED) and today < row.expires_on <= end
    return ([Ahead("expires", row.expires_on)] if counts else []) + [Ahead("deleted", end)]


def _event(event: RecordEvent) -> Step:
    return Step(
        kind=event.kind,
        at=event.at,
        actor_kind=event.actor_kind,
        actor_name=event.actor_name,
        reason=event.reason,
        document=event.document,
        version=event.version,
        status=event.status,
    )


def _corrections(session: Session, citizen_id: str, record_id: str) -> Iterator[Step]:
    for row in corrections.about(session, citizen_id, record_id):
        yield Step(kind="correction_asked", at=row.received_at, actor_kind=MINE)
        if row.answered_at:
            who = MINE if row.status == correction.Status.WITHDRAWN else OFFICE
            kind = f"correction_{row.status}"
            yield Step(kind=kind, at=row.answered_at, actor_kind=who, reason=row.reason, document=row.document)


def _reviews(session: Session, pii: PiiBox, citizen_id: str, record_id: str) -> Iterator[Step]:
    for row in reviews.about(session, citizen_id, record_id):
        yield Step(kind="review_asked", at=row.received_at, actor_kind=MINE)
        if row.answered_at and row.sealed_reason and row.status != review.Status.RECEIVED:
            reason = pii.decrypt(row.sealed_reason, context=reviews.reason_context(row.id))
            yield Step(kind=f"review_{row.status}", at=row.answered_at, actor_kind=OFFICE, reason=reason)


def _disputes(session: Session, citizen_id: str, record_id: str) -> Iterator[Step]:
    """Opening and settling a dispute are events of the record; that it was not answered in time is none."""
    for row in remedies.about(session, DisputeRow, citizen_id, record_id):
        if row.escalated_at:
            yield Step(kind="dispute_unanswered", at=row.escalated_at, actor_kind=str(ActorKind.SYSTEM))


def _repairs(session: Session, record: RecordRow) -> Iterator[Step]:
    """A repair that was granted is an event of the record."""
    for row in remedies.about(session, RepairRow, record.citizen_id, record.id):
        yield Step(kind="repair_asked", at=row.asked_at, actor_kind=MINE)
        if row.escalated_at:
            yield Step(kind="repair_unanswered", at=row.escalated_at, actor_kind=str(ActorKind.SYSTEM))
        if row.answered_at and row.status == remedy.Status.REFUSED:
            yield Step(
                kind="repair_refused",
                at=row.answered_at,
                actor_kind=str(ActorKind.DEPARTMENT),
                actor_name=record.source_name,
                reason=row.reason,
                document=row.document,
            )
        if row.answered_at and row.status == remedy.Status.RETRACTED:
            yield Step(kind="repair_retracted", at=row.answered_at, actor_kind=MINE)


def _statement(session: Session, citizen_id: str, record_id: str) -> Iterator[Step]:
    for row in statements.on(session, citizen_id, [record_id]).values():
        yield Step(kind="statement_made", at=row.made_at, actor_kind=MINE)
        if row.changed_at != row.made_at:
            yield Step(kind="statement_changed", at=row.changed_at, actor_kind=MINE)

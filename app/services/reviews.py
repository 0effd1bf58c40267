"""Reviews (guardrail 11; PIPL article 24) as their person asks for them and follows them; review_answers.py answers.

The ordinary path runs meanwhile: asking changes nothing, neither a decision nor a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.correction import due_on
from app.domain.decision import Decision
from app.domain.errors import Refusal
from app.domain.review import Kind, Status
from app.store import citizens, decisions, records
from app.store import reviews as store
from app.store.base import new_id
from app.store.outbox import Message
from app.store.pii import PiiBox
from app.store.reviews import ReviewRow

TAKE_OVER = "review.take-over"
"""Topic of the outbox: reviews from before their texts were sealed, one message each (migration 0003)."""


@dataclass(frozen=True, slots=True)
class Review:
    """One call as its person reads it. `topic` is the scenario or item; what follows is there once it was answered.

    `holds_until`: until when a person's word on a decision holds; `led_to`: what an item's answer set going.
    """

    id: str
    kind: Kind
    subject: str
    topic: str
    text: str
    status: Status
    asked_at: datetime
    due_on: date
    answered_at: datetime | None = None
    reason: str | None = None
    holds_until: date | None = None
    led_to: str | None = None


def ask_about_decision(
    session: Session, pii: PiiBox, citizen_id: str, decision_id: str, text: str, now: datetime
) -> Review:
    """Ask that a person looks at a decision; raises Refusal `not-found`, or `review-open` where one is asked to."""
    citizens.hold(session, citizen_id)
    decision = decisions.of_citizen(session, citizen_id, decision_id)
    if decision is None:
        raise Refusal("not-found")
    return _ask(session, pii, citizen_id, Kind.DECISION, decision_id, decision.scenario, text, now)


def ask_about_record(
    session: Session, pii: PiiBox, citizen_id: str, record_id: str, text: str, now: datetime
) -> Review:
    """Ask that a person looks at what a record does to one's score; raises Refusal `not-found` or `review-open`."""
    citizens.hold(session, citizen_id)
    record = records.get(session, citizen_id, record_id)
    if record is None:
        raise Refusal("not-found")
    return _ask(session, pii, citizen_id, Kind.ITEM, record_id, record.item, text, now)


def _ask(
    session: Session, pii: PiiBox, citizen_id: str, kind: Kind, subject: str, topic: str, text: str, now: datetime
) -> Review:
    row = _row(pii, citizen_id, new_id("rev"), kind, subject, topic, text, now)
    if not store.add(session, row):
        raise Refusal("review-open")
    return opened(pii, row)


def _row(
    pii: PiiBox, citizen_id: str, review_id: str, kind: Kind, subject: str, topic: str, text: str, now: datetime
) -> ReviewRow:
    return ReviewRow(
        citizen_id=citizen_id,
        id=review_id,
        kind=kind,
        subject=subject,
        topic=topic,
        sealed_text=pii.encrypt(text, context=store.context(review_id)),
        status=Status.RECEIVED,
        received_at=now,
        due_on=due_on(now),
    )


def take_over(session: Session, pii: PiiBox, message: Message) -> None:
    """Seal a review from before; twice is once, and of one who left meanwhile nothing is left to seal."""
    old, citizen_id = message.data, message.citizen_id or ""
    decision = decisions.of_citizen(session, citizen_id, old["decision_id"])
    if decision is not None:
        asked_at = datetime.fromisoformat(old["asked_at"])
        about = Kind.DECISION, decision.decision_id, decision.scenario
        store.add(session, _row(pii, citizen_id, old["id"], *about, old["text"], asked_at))


def listed(session: Session, pii: PiiBox, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Review]:
    """A person's reviews, newest first, older than the id `before`."""
    return [opened(pii, row) for row in store.listed(session, citizen_id, before=before, limit=limit)]


def one(session: Session, pii: PiiBox, citizen_id: str, review_id: str) -> Review:
    """One's own review; raises Refusal `not-found`."""
    row = store.get(session, citizen_id, review_id)
    if row is None:
        raise Refusal("not-found")
    return opened(pii, row)


def last_about(session: Session, pii: PiiBox, citizen_id: str, subject: str) -> Review | None:
    """The newest review of a decision or record, or None."""
    rows = store.about(session, citizen_id, subject)
    return opened(pii, rows[-1]) if rows else None


def decision_of(session: Session, row: ReviewRow) -> Decision:
    """The decision under review; raises Refusal `not-found`."""
    decision = decisions.of_citizen(session, row.citizen_id, row.subject)
    if decision is None:
        raise Refusal("not-found")
    return decision


def opened(pii: PiiBox, row: ReviewRow) -> Review:
    """A review with its texts in clear."""
    reason = row.sealed_reason
    return Review(
        id=row.id,
        kind=Kind(row.kind),
        subject=row.subject,
        topic=row.topic,
        text=pii.decrypt(row.sealed_text, context=store.context(row.id)),
        status=Status(row.status),
        asked_at=row.received_at,
        due_on=row.due_on,
        answered_at=row.answered_at,
        reason=pii.decrypt(reason, context=store.reason_context(row.id)) if reason else None,
        holds_until=row.holds_until,
        led_to=row.led_to,
    )

"""A review that changes something is two people's word: the answer waits on it until a second operator agrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.review import Status
from app.services.approved_answers import DIGEST, digest, hand_over
from app.store import reviews
from app.store.reviews import ReviewRow

KIND = "reviews.change"
APPLY = "review.apply"
"""Topic of the outbox: the worker does what was approved, as it has the packs and the keys at hand."""


def seen(session: Session, review_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """Which answer waits, by its digest; raises Refusal `not-found` where none does."""
    row = _waiting(session, review_id)
    return {"kind": row.kind, DIGEST: digest(row.sealed_answer)}


def execute(session: Session, review_id: str, _: Mapping[str, Any], now: datetime) -> None:
    """Let the worker give the answer that waits, and no other."""
    row = _waiting(session, review_id)
    hand_over(session, APPLY, {"review_id": row.id}, row, now)


def _waiting(session: Session, review_id: str) -> ReviewRow:
    citizen_id = reviews.citizen_of(session, review_id)
    row = reviews.get(session, citizen_id, review_id) if citizen_id else None
    if row is None or row.status != Status.RECEIVED or row.sealed_answer is None:
        raise Refusal("not-found")
    return row

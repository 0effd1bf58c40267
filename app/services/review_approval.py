"""A review that changes something is two people's word: the answer waits on it until a second operator agrees."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.review import Status
from app.store import outbox, reviews
from app.store.reviews import ReviewRow

KIND = "reviews.change"
APPLY = "review.apply"
"""Topic of the outbox: the worker does what was approved, as it has the packs and the keys at hand."""


def seen(session: Session, review_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """Which answer waits, by its digest; raises Refusal `not-found` where none does."""
    row = _waiting(session, review_id)
    return {"kind": row.kind, "answer": hashlib.sha256(row.sealed_answer or b"").hexdigest()}


def execute(session: Session, review_id: str, _: Mapping[str, Any], now: datetime) -> None:
    """Let the worker give the answer that waits."""
    row = _waiting(session, review_id)
    outbox.put(session, APPLY, {"review_id": row.id}, now=now, citizen_id=row.citizen_id)


def _waiting(session: Session, review_id: str) -> ReviewRow:
    citizen_id = reviews.citizen_of(session, review_id)
    row = reviews.get(session, citizen_id, review_id) if citizen_id else None
    if row is None or row.status != Status.RECEIVED or row.sealed_answer is None:
        raise Refusal("not-found")
    return row

"""A review that changes something is two people's word: the answer waits on it until a second operator agrees."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.domain.review import Status
from app.services.approved_answers import AnswerApproval
from app.store import reviews
from app.store.reviews import ReviewRow


def _open(session: Session, review_id: str) -> ReviewRow | None:
    citizen_id = reviews.citizen_of(session, review_id)
    row = reviews.get(session, citizen_id, review_id) if citizen_id else None
    return row if row and row.status == Status.RECEIVED else None


REVIEWS = AnswerApproval("reviews.change", "review.apply", "review_id", _open, shown=("kind",))

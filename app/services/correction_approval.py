"""A record changes by two people's word: the answer to a correction waits on its request until a second one agrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.correction import Status
from app.domain.errors import Refusal
from app.services.approved_answers import DIGEST, digest, hand_over
from app.store import corrections
from app.store.corrections import CorrectionRow

KIND = "corrections.remedy"
APPLY = "correction.apply"
"""Topic of the outbox: the worker does what was approved, as it has the packs and the keys at hand."""


def seen(session: Session, correction_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """Which answer waits, by its digest; raises Refusal `not-found` where none does."""
    row = _waiting(session, correction_id)
    return {"about": row.about, DIGEST: digest(row.sealed_answer)}


def execute(session: Session, correction_id: str, _: Mapping[str, Any], now: datetime) -> None:
    """Let the worker give the answer that waits, and no other."""
    row = _waiting(session, correction_id)
    hand_over(session, APPLY, {"correction_id": row.id}, row, now)


def _waiting(session: Session, correction_id: str) -> CorrectionRow:
    citizen_id = corrections.citizen_of(session, correction_id)
    row = corrections.get(session, citizen_id, correction_id) if citizen_id else None
    if row is None or row.status != Status.RECEIVED or row.sealed_answer is None:
        raise Refusal("not-found")
    return row

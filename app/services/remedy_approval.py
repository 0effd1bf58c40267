"""An overdue dispute or repair ends by two people's word: the outcome waits on it until a second operator agrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.remedy import OPEN
from app.services.approved_answers import DIGEST, digest, hand_over
from app.store import remedies
from app.store.remedies import DisputeRow, RepairRow

KIND = "remedies.settle"
APPLY = "remedy.apply"
"""Topic of the outbox: the worker does what was approved, as it has the packs and the keys at hand."""


def kind_of(asked_id: str) -> type[DisputeRow] | type[RepairRow]:
    """Which of the two an id is of."""
    return DisputeRow if asked_id.startswith("dsp_") else RepairRow


def answer_context(row: DisputeRow | RepairRow) -> str:
    """What the ciphertext of an outcome that waits for its second person is bound to."""
    return f"{row.__tablename__}.answer:{row.id}"


def seen(session: Session, asked_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """Which outcome waits, by its digest; raises Refusal `not-found` where none does."""
    row = _waiting(session, asked_id)
    return {DIGEST: digest(row.sealed_answer)}


def execute(session: Session, asked_id: str, _: Mapping[str, Any], now: datetime) -> None:
    """Let the worker give the outcome that waits, and no other."""
    row = _waiting(session, asked_id)
    hand_over(session, APPLY, {"asked_id": row.id}, row, now)


def _waiting(session: Session, asked_id: str) -> DisputeRow | RepairRow:
    kind = kind_of(asked_id)
    citizen_id = remedies.citizen_of(session, kind, asked_id)
    row = remedies.get(session, kind, citizen_id, asked_id) if citizen_id else None
    if row is None or row.status not in OPEN or row.sealed_answer is None:
        raise Refusal("not-found")
    return row

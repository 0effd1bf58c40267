"""An overdue dispute or repair ends by two people's word: the outcome waits on it until a second operator agrees."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.domain.remedy import OPEN
from app.services.approved_answers import AnswerApproval
from app.store import remedies
from app.store.remedies import DisputeRow, RepairRow


def kind_of(asked_id: str) -> type[DisputeRow] | type[RepairRow]:
    """Which of the two an id is of."""
    return DisputeRow if asked_id.startswith("dsp_") else RepairRow


def answer_context(row: DisputeRow | RepairRow) -> str:
    """What the ciphertext of an outcome that waits for its second person is bound to."""
    return f"{row.__tablename__}.answer:{row.id}"


def _open(session: Session, asked_id: str) -> DisputeRow | RepairRow | None:
    kind = kind_of(asked_id)
    citizen_id = remedies.citizen_of(session, kind, asked_id)
    row = remedies.get(session, kind, citizen_id, asked_id) if citizen_id else None
    return row if row and row.status in OPEN else None


REMEDIES = AnswerApproval("remedies.settle", "remedy.apply", "asked_id", _open)

"""A record changes by two people's word: the answer to a correction waits on its request until a second one agrees."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.domain.correction import Status
from app.services.approved_answers import AnswerApproval
from app.store import corrections
from app.store.corrections import CorrectionRow


def _open(session: Session, correction_id: str) -> CorrectionRow | None:
    citizen_id = corrections.citizen_of(session, correction_id)
    row = corrections.get(session, citizen_id, correction_id) if citizen_id else None
    return row if row and row.status == Status.RECEIVED else None


CORRECTIONS = AnswerApproval("corrections.remedy", "correction.apply", "correction_id", _open, shown=("about",))

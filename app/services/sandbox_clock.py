"""The clock of a partner's sandbox: its test citizens live in its own time, everyone else in ours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.store import sandbox


def moment(session: Session, partner_id: str, livemode: bool, now: datetime) -> datetime:
    """What time it is in the partner's sandbox; `now` for a live partner."""
    return now if livemode else now + sandbox.offset(session, partner_id)

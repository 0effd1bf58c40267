"""What partners are told of later (app/store/partner_notices.py), as each reads its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.store import partner_notices as store
from app.store.partner_notices import TYPES, PartnerNotice

__all__ = ["TYPES", "listed"]


def listed(
    session: Session, partner_id: str, *, livemode: bool, before: str | None, limit: int, now: datetime
) -> Sequence[PartnerNotice]:
    """A partner's notices of what it may still use, newest first, older than the id `before`."""
    return store.listed(session, partner_id, livemode=livemode, before=before, limit=limit, now=now)

"""Forgetting what is past its time: codes, scans, keys of repeated requests, logins in progress, receipts, limits,
partners' events, webhook keys that sign no more, the quotas of days gone by, records of entities past their term."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.services import quotas, sessions
from app.store import codes, credentials, entities, idempotency, limits, partner_events, receipts, scans, webhooks


def clean(session: Session, now: datetime) -> int:
    """Delete everything that has expired and that nobody may ask for again; nothing is ever left over (0)."""
    sessions.prune(session, now)
    codes.prune(session, now)
    scans.prune(session, now)
    credentials.prune(session, now)
    receipts.prune(session, now)
    limits.prune(session, now)
    partner_events.prune(session, now)
    webhooks.forget_old_keys(session, now)
    quotas.prune(session, now)
    entities.prune(session, day_of(now))
    idempotency.forget_old(session, now)
    return 0

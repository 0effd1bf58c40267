"""Who must be told again: that a score which they read, or a fact behind a decision, is another now.

Ids and nothing else (guardrail 9). Only partners who may still use what they were told hear of it: those with a live
consent to read the score, and those with a decision for credit that is still valid. Of a `standard` decision nothing is
ever said, as it would tell a member from a non-member (guardrail 5).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import SYSTEM
from app.domain.consent import SCORE_READ
from app.domain.scenario import Path
from app.domain.webhook import DECISION_RECONSIDERED, SCORE_CHANGED
from app.store import access_log, partner_events
from app.store.access_log import AccessLogRow
from app.store.consents import ConsentRow
from app.store.decisions import DecisionRow
from app.store.partners import Partner


def tell_again(session: Session, citizen_id: str, *, since: datetime, until: datetime, now: datetime) -> None:
    """Tell the partners who read the score, or got a decision for credit, between `since` and `until`."""
    told = [*_readers(session, citizen_id, since, until, now), *_deciders(session, citizen_id, since, until, now)]
    for said in told:
        partner_events.add(session, citizen_id=citizen_id, now=now, **said)
        access_log.append(
            session, citizen_id, now=now, actor=SYSTEM, action="partner.told", purpose=said["type"], ref=said["ref"]
        )
    session.flush()


def _readers(
    session: Session, citizen_id: str, since: datetime, until: datetime, now: datetime
) -> list[dict[str, Any]]:
    log, consent = AccessLogRow, ConsentRow
    read = select(log.ref).where(
        log.citizen_id == citizen_id, log.action == "score.read", log.at >= since, log.at <= until
    )
    query = select(consent.partner_id, Partner.livemode, consent.citizen_ref, consent.id)
    query = query.join(Partner, Partner.id == consent.partner_id).where(
        consent.citizen_id == citizen_id, consent.scope == SCORE_READ, consent.ended_at.is_(None),
        consent.expires_at > now, consent.id.in_(read),
    )  # fmt: skip
    return [_said(SCORE_CHANGED, "consent_id", *row) for row in session.execute(query)]


def _deciders(
    session: Session, citizen_id: str, since: datetime, until: datetime, now: datetime
) -> list[dict[str, Any]]:
    row = DecisionRow
    query = select(row.partner_id, row.livemode, row.citizen_ref, row.id).where(
        row.citizen_id == citizen_id, row.path == Path.CREDIT, row.valid_until > now,
        row.decided_at >= since, row.decided_at <= until,
        row.partner_id.is_not(None), row.citizen_ref.is_not(None),
    )  # fmt: skip
    return [_said(DECISION_RECONSIDERED, "decision_id", *row) for row in session.execute(query)]


def _said(event: str, about: str, partner_id: Any, livemode: bool, citizen_ref: Any, ref: str) -> dict[str, Any]:
    data = {"citizen_ref": citizen_ref, about: ref}
    return {"type": event, "partner_id": partner_id, "livemode": livemode, "data": data, "ref": ref}

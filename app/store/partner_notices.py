"""What partners are told of later: that a score which they read, or a fact behind a decision, is another now.

Ids and nothing else (guardrail 9). Only partners who may still use what they were told hear of it: those with a live
consent to read the score, and those with a decision for credit that is still valid. Of a `standard` decision nothing is
ever said, as it would tell a member from a non-member (guardrail 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Index, String, delete, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.access import SYSTEM
from app.domain.consent import SCORE_READ
from app.domain.scenario import Path
from app.store import access_log
from app.store.access_log import AccessLogRow
from app.store.base import Base, Id, Moment, new_id
from app.store.consents import ConsentRow
from app.store.decisions import DecisionRow
from app.store.partners import Partner

SCORE, DECISION = "score.changed", "decision.reconsidered"
TYPES = (SCORE, DECISION)


class PartnerNotice(Base):
    """One notice to one partner: read that score, or ask for that decision, again if you still need it."""

    __tablename__ = "partner_notices"
    __table_args__ = (
        Index("ix_partner_notices_partner_id_id", "partner_id", "id"),
        {"info": {"on_leave": "delete"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    partner_id: Mapped[Id]
    livemode: Mapped[bool] = mapped_column(Boolean)
    type: Mapped[Id]
    citizen_ref: Mapped[Id]
    consent_id: Mapped[str | None] = mapped_column(String(64))
    decision_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[Moment]


def tell_again(session: Session, citizen_id: str, *, since: datetime, until: datetime, now: datetime) -> None:
    """Tell the partners who read the score, or got a decision for credit, between `since` and `until`."""
    told = [*_readers(session, citizen_id, since, until, now), *_deciders(session, citizen_id, since, until, now)]
    for said in told:
        session.add(PartnerNotice(citizen_id=citizen_id, id=new_id("pnt"), at=now, **said))
        access_log.append(
            session, citizen_id, now=now, actor=SYSTEM, action="partner.told", purpose=said["type"],
            ref=said.get("consent_id") or said.get("decision_id"),
        )  # fmt: skip
    session.flush()


def _readers(
    session: Session, citizen_id: str, since: datetime, until: datetime, now: datetime
) -> list[dict[str, Any]]:
    log, consent = AccessLogRow, ConsentRow
    read = select(log.ref).where(
        log.citizen_id == citizen_id, log.action == "score.read", log.at >= since, log.at <= until
    )
    query = select(consent.partner_id, Partner.livemode, consent.citizen_ref, consent.id)
    query = query.join(Partner, Partner.id == consent.partner_id).where(consent.citizen_id == citizen_id, *_live(now))
    return [
        {"type": SCORE, "partner_id": partner, "livemode": livemode, "citizen_ref": ref, "consent_id": consent_id}
        for partner, livemode, ref, consent_id in session.execute(query.where(consent.id.in_(read)))
    ]


def _deciders(
    session: Session, citizen_id: str, since: datetime, until: datetime, now: datetime
) -> list[dict[str, Any]]:
    row = DecisionRow
    query = select(row.partner_id, row.livemode, row.citizen_ref, row.id).where(
        row.citizen_id == citizen_id, row.path == Path.CREDIT, row.valid_until > now,
        row.decided_at >= since, row.decided_at <= until,
        row.partner_id.is_not(None), row.citizen_ref.is_not(None),
    )  # fmt: skip
    return [
        {"type": DECISION, "partner_id": partner, "livemode": livemode, "citizen_ref": ref, "decision_id": decision}
        for partner, livemode, ref, decision in session.execute(query)
    ]


def listed(
    session: Session, partner_id: str, *, livemode: bool, before: str | None, limit: int, now: datetime
) -> Sequence[PartnerNotice]:
    """A partner's notices of what it may still use, newest first, older than the id `before`."""
    mine = PartnerNotice.partner_id == partner_id, PartnerNotice.livemode == livemode
    query = select(PartnerNotice).where(*mine, _of_use(now))
    query = query.where(PartnerNotice.id < before) if before else query
    return session.scalars(query.order_by(PartnerNotice.id.desc()).limit(limit)).all()


def prune(session: Session, now: datetime) -> None:
    """Forget the notices whose consent or decision is over: they tell nobody anything any more."""
    session.execute(delete(PartnerNotice).where(~_of_use(now)).execution_options(synchronize_session=False))


def _of_use(now: datetime) -> ColumnElement[bool]:
    """Whether a notice's consent is live, or its decision still valid."""
    notice, consent, decision = PartnerNotice, ConsentRow, DecisionRow
    consented = exists().where(consent.citizen_id == notice.citizen_id, consent.id == notice.consent_id, *_live(now))
    decided = exists().where(
        decision.citizen_id == notice.citizen_id, decision.id == notice.decision_id, decision.valid_until > now
    )
    return or_(consented, decided)


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ConsentRow.scope == SCORE_READ, ConsentRow.ended_at.is_(None), ConsentRow.expires_at > now

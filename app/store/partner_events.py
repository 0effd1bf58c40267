"""What partners are told: ids and a status, never more (guardrail 9), each in the transaction of what it tells of.

One statement writes the event and, for each endpoint that wants it, the delivery that the courier makes
(app/store/webhook_deliveries.py): no request waits for a receiver.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Index, Select, String, and_, bindparam, delete, exists, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.consent import SCORE_READ
from app.domain.webhook import DECISION_RECONSIDERED, SCORE_CHANGED
from app.store.base import Base, Id, Json, Moment, new_id
from app.store.consents import ConsentRow
from app.store.decisions import DecisionRow

CHANNEL = "xinyi_webhooks"
KEPT = timedelta(days=30)
_THAT_END = "type in ('score.changed', 'decision.reconsidered')"
"""Events that are told only while a consent lives or a decision holds."""


class PartnerEvent(Base):
    """One thing that a partner is told. `ref` is the order, consent or decision that it is about, or nothing."""

    __tablename__ = "partner_events"
    __table_args__ = (
        Index("ix_partner_events_partner_id_id", "partner_id", "id"),
        Index("ix_partner_events_at", "at"),
        Index("ix_partner_events_that_end", "citizen_id", "ref", postgresql_where=text(_THAT_END)),
        {"info": {"on_leave": "delete"}},
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    partner_id: Mapped[Id]
    livemode: Mapped[bool] = mapped_column(Boolean)
    type: Mapped[Id]
    data: Mapped[Json]
    citizen_id: Mapped[str | None] = mapped_column(String(64), index=True)
    ref: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[Moment]


_ADD = text(
    """
    with told as (
      insert into partner_events (id, partner_id, livemode, type, data, citizen_id, ref, at)
      values (:id, :partner_id, :livemode, :type, :data, :citizen_id, :ref, :at)
    )
    insert into webhook_deliveries (id, event_id, endpoint_id, status, attempts, manual, next_at, created_at)
    select 'whd_' || replace(gen_random_uuid()::text, '-', ''), :id, e.id, 'pending', '[]', false, 'epoch', :at
    from webhook_endpoints e
    where e.partner_id = :partner_id and e.livemode = :livemode and e.status = 'enabled'
      and (e.id = :only or (cast(:only as varchar) is null and e.event_types && array[:type, '*']::varchar[]))
    returning pg_notify('xinyi_webhooks', '')
    """
).bindparams(bindparam("data", type_=JSONB), bindparam("only", type_=String))


def add(
    session: Session,
    *,
    partner_id: str,
    livemode: bool,
    type: str,
    data: Mapping[str, Any],
    now: datetime,
    citizen_id: str | None = None,
    ref: str | None = None,
    only: str | None = None,
) -> str:
    """Write an event and what must be delivered of it (`only`: to this endpoint alone); returns its id."""
    event_id = new_id("pev")
    said = {"partner_id": partner_id, "livemode": livemode, "type": type, "data": dict(data), "at": now}
    session.execute(_ADD, {"id": event_id, "citizen_id": citizen_id, "ref": ref, "only": only, **said})
    return event_id


def find(session: Session, partner_id: str, event_id: str, *, livemode: bool, now: datetime) -> PartnerEvent | None:
    """A partner's event, while it may be told; None for another's and the other mode's."""
    return session.scalar(_mine(partner_id, livemode, now).where(PartnerEvent.id == event_id))


def listed(
    session: Session,
    partner_id: str,
    *,
    livemode: bool,
    before: str | None,
    limit: int,
    now: datetime,
    types: Collection[str] = (),
) -> Sequence[PartnerEvent]:
    """A partner's events, newest first, older than the id `before`, of these types (none: all)."""
    query = _mine(partner_id, livemode, now)
    query = query.where(PartnerEvent.id < before) if before else query
    query = query.where(PartnerEvent.type.in_(types)) if types else query
    return session.scalars(query.order_by(PartnerEvent.id.desc()).limit(limit)).all()


def _mine(partner_id: str, livemode: bool, now: datetime) -> Select[PartnerEvent]:
    return select(PartnerEvent).where(
        PartnerEvent.partner_id == partner_id, PartnerEvent.livemode == livemode, may_be_told(now)
    )


def may_be_told(now: datetime) -> ColumnElement[bool]:
    """Whether an event is still the partner's to hear.

    That a score or a decision is another now concerns only who may still use it: while the consent to read the score
    is live, or the decision valid.
    """
    event, consent, decision = PartnerEvent, ConsentRow, DecisionRow
    live = consent.scope == SCORE_READ, consent.ended_at.is_(None), consent.expires_at > now
    consented = exists().where(consent.citizen_id == event.citizen_id, consent.id == event.ref, *live)
    decided = exists().where(
        decision.citizen_id == event.citizen_id, decision.id == event.ref, decision.valid_until > now
    )
    return or_(
        event.type.not_in((SCORE_CHANGED, DECISION_RECONSIDERED)),
        and_(event.type == SCORE_CHANGED, consented),
        and_(event.type == DECISION_RECONSIDERED, decided),
    )


def prune(session: Session, now: datetime) -> None:
    """Forget what is older than 30 days, and what is told to nobody any more."""
    for over in ((PartnerEvent.at <= now - KEPT,), (text(_THAT_END), ~may_be_told(now))):
        session.execute(delete(PartnerEvent).where(*over).execution_options(synchronize_session=False))


def forget(session: Session, citizen_id: str, refs: Collection[str]) -> None:
    """Delete what was told of these orders of a citizen, which are deleted."""
    theirs = PartnerEvent.citizen_id == citizen_id, PartnerEvent.ref.in_(refs)
    session.execute(delete(PartnerEvent).where(*theirs).execution_options(synchronize_session=False))

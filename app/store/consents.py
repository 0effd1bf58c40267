"""Consents of citizens to partners. An ended one stays for the citizen to see; to the partner it never was.

What a partner does by a consent holds a share of its row until it is done: ending and leaving wait for it, and whoever
comes after them finds the consent ended or gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Select, false, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.consent import Caps, Consent
from app.store import outer_ids
from app.store.base import Base, Id, Moment

_OPEN = ("citizen_id", "partner_id", "scope")


class ConsentRow(Base):
    """One consent; at most one of a citizen, partner and scope has no `ended_at`. Caps are fen, of `orders:` alone."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("uq_consents_open", *_OPEN, unique=True, postgresql_where=text("ended_at is null")),
        {"info": {"on_leave": "delete"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    partner_id: Mapped[Id]
    citizen_ref: Mapped[Id]
    scope: Mapped[Id]
    purpose: Mapped[Id]
    granted_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    grant_id: Mapped[Id]
    per_order_fen: Mapped[int | None] = mapped_column(BigInteger)
    per_day_fen: Mapped[int | None] = mapped_column(BigInteger)
    livemode: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    @property
    def consent(self) -> Consent:
        """The row as a value."""
        caps = None
        if self.per_order_fen is not None and self.per_day_fen is not None:
            caps = Caps(self.per_order_fen, self.per_day_fen)
        return Consent(
            consent_id=self.id,
            citizen_id=self.citizen_id,
            citizen_ref=self.citizen_ref,
            partner_id=self.partner_id,
            scope=self.scope,
            purpose=self.purpose,
            granted_at=self.granted_at,
            expires_at=self.expires_at,
            ended_at=self.ended_at,
            grant_id=self.grant_id,
            caps=caps,
            livemode=self.livemode,
        )


def add(session: Session, consent: Consent) -> None:
    """Keep a new consent and the outer ids that lead to its citizen."""
    outer_ids.register(session, consent.consent_id, "consent", consent.citizen_id)
    outer_ids.register(session, consent.citizen_ref, "citizen_ref", consent.citizen_id)
    row = ConsentRow(
        citizen_id=consent.citizen_id,
        id=consent.consent_id,
        partner_id=consent.partner_id,
        citizen_ref=consent.citizen_ref,
        scope=consent.scope,
        purpose=consent.purpose,
        granted_at=consent.granted_at,
        expires_at=consent.expires_at,
        grant_id=consent.grant_id,
        per_order_fen=consent.caps and consent.caps.per_order_fen,
        per_day_fen=consent.caps and consent.caps.per_day_fen,
        livemode=consent.livemode,
    )
    session.add(row)
    session.flush()


def find(session: Session, partner_id: str, consent_id: str) -> Consent | None:
    """The partner's consent of this id, ended or not, held; None for another's."""
    citizen_id = outer_ids.citizen_of(session, consent_id, "consent")
    query = select(ConsentRow).where(ConsentRow.citizen_id == citizen_id, ConsentRow.id == consent_id)
    row = session.scalar(_held(query.where(ConsentRow.partner_id == partner_id))) if citizen_id else None
    return row.consent if row else None


def to_read_score(session: Session, partner_id: str, citizen_ref: str, scope: str, *, livemode: bool) -> Consent | None:
    """The partner's consent of `scope`, not ended, held, to the citizen that it knows as `citizen_ref`."""
    citizen_id = outer_ids.citizen_of(session, citizen_ref, "citizen_ref")
    query = select(ConsentRow).where(
        ConsentRow.citizen_id == citizen_id,
        ConsentRow.citizen_ref == citizen_ref,
        ConsentRow.partner_id == partner_id,
        ConsentRow.scope == scope,
        ConsentRow.livemode.is_(livemode),
        ConsentRow.ended_at.is_(None),
    )
    row = session.scalar(_held(query)) if citizen_id else None
    return row.consent if row else None


def _held(query: Select[ConsentRow]) -> Select[ConsentRow]:
    return query.with_for_update(read=True).execution_options(populate_existing=True)


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Consent]:
    """A citizen's consents, newest first, older than the id `before`."""
    query = select(ConsentRow).where(ConsentRow.citizen_id == citizen_id)
    if before:
        query = query.where(ConsentRow.id < before)
    return [row.consent for row in session.scalars(query.order_by(ConsentRow.id.desc()).limit(limit))]


def count_in_force(session: Session, citizen_id: str, now: datetime) -> int:
    """How many of a citizen's consents are in force at `now`."""
    query = select(func.count()).select_from(ConsentRow).where(ConsentRow.citizen_id == citizen_id)
    return session.scalar(query.where(ConsentRow.ended_at.is_(None), ConsentRow.expires_at > now)) or 0


def of_citizen(session: Session, citizen_id: str, consent_id: str) -> Consent | None:
    """The citizen's own consent of this id, or None."""
    query = select(ConsentRow).where(ConsentRow.citizen_id == citizen_id, ConsentRow.id == consent_id)
    row = session.scalar(query.execution_options(populate_existing=True))
    return row.consent if row else None


def end(session: Session, consent: Consent, now: datetime) -> bool:
    """End a consent; False where it was over already."""
    ended = (
        update(ConsentRow)
        .where(
            ConsentRow.citizen_id == consent.citizen_id,
            ConsentRow.id == consent.consent_id,
            ConsentRow.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(ConsentRow.id)
    )
    return session.scalar(ended) is not None


def of_scope(session: Session, citizen_id: str, partner_id: str, scope: str) -> Consent | None:
    """The citizen's consent to this partner for this scope that has not been ended; others who grant it wait."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"consents:{citizen_id}", 0))))
    query = select(ConsentRow).where(
        ConsentRow.citizen_id == citizen_id,
        ConsentRow.partner_id == partner_id,
        ConsentRow.scope == scope,
        ConsentRow.ended_at.is_(None),
    )
    row = session.scalar(query.execution_options(populate_existing=True))
    return row.consent if row else None


def of_grant(session: Session, citizen_id: str, grant_id: str) -> Consent | None:
    """The citizen's consent that this OAuth grant stands for, or None."""
    query = select(ConsentRow).where(ConsentRow.citizen_id == citizen_id, ConsentRow.grant_id == grant_id)
    row = session.scalar(query)
    return row.consent if row else None

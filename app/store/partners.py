"""Partner merchants (合作商户) and the one-time links that pair their counters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Boolean, String, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment, new_id
from app.store.oauth import OAuthClient


class Partner(Base):
    """A merchant and the scenarios that it may serve. `status`: active | suspended."""

    __tablename__ = "partners"
    id: Mapped[Id] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    scenarios: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    status: Mapped[Id] = mapped_column(default="active")
    livemode: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[Moment]

    @property
    def active(self) -> bool:
        """Whether it may serve anyone at present."""
        return self.status == "active"

    def serves(self, scenario: str) -> bool:
        """Whether it is active and may serve this scenario."""
        return self.active and scenario in self.scenarios


class PairingLink(Base):
    """A one-time link by which a partner's counter registers its key; only the hash of its token is kept."""

    __tablename__ = "pairing_links"
    token_hash: Mapped[Id] = mapped_column(primary_key=True)
    partner_id: Mapped[Id]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


def get(session: Session, partner_id: str) -> Partner | None:
    """The partner with this id, active or not, or None."""
    return session.scalar(select(Partner).where(Partner.id == partner_id))


def held(session: Session, partner_id: str) -> Partner | None:
    """The partner as it is now, with its row held until the transaction ends."""
    query = select(Partner).where(Partner.id == partner_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def by_id(session: Session, partner_ids: Iterable[str]) -> Mapping[str, Partner]:
    """The partners with these ids."""
    rows = session.scalars(select(Partner).where(Partner.id.in_(list(partner_ids))))
    return {row.id: row for row in rows}


def listed(session: Session, *, before: str | None, limit: int) -> Sequence[Partner]:
    """Partners, newest first, older than the id `before`."""
    query = select(Partner).order_by(Partner.id.desc()).limit(limit)
    return session.scalars(query.where(Partner.id < before) if before else query).all()


def add(
    session: Session, *, name_zh: str, name_en: str, scenarios: Sequence[str], livemode: bool, now: datetime
) -> Partner:
    """A new, active partner."""
    partner = Partner(
        id=new_id("ptn"),
        name_zh=name_zh,
        name_en=name_en,
        scenarios=sorted(set(scenarios)),
        status="active",
        livemode=livemode,
        created_at=now,
    )
    session.add(partner)
    session.flush()
    return partner


def add_link(session: Session, token_hash: str, partner_id: str, *, now: datetime, expires_at: datetime) -> None:
    """Remember a pairing link by the hash of its token."""
    session.add(PairingLink(token_hash=token_hash, partner_id=partner_id, created_at=now, expires_at=expires_at))
    session.flush()


def use_link(session: Session, token_hash: str, now: datetime) -> str | None:
    """Use up a pairing link in one statement; the partner's id, or None where it is unknown, used or past its time."""
    fresh = (PairingLink.token_hash == token_hash, PairingLink.used_at.is_(None), PairingLink.expires_at > now)
    used = update(PairingLink).where(*fresh).values(used_at=now).returning(PairingLink.partner_id)
    return session.scalar(used)


def counters(session: Session, partner_id: str) -> Sequence[OAuthClient]:
    """The OAuth clients that are the partner's counters, newest first."""
    query = select(OAuthClient).where(OAuthClient.partner_id == partner_id, OAuthClient.kind == "counter")
    return session.scalars(query.order_by(OAuthClient.client_id.desc())).all()

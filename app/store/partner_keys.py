"""The public keys of partners: which sign at present, and which did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Json, Moment, new_id


class PartnerKey(Base):
    """A public key (RFC 7517) of a merchant, for ever: no key comes a second time, in neither stage.

    `client_id`: whose assertions it signs; None while it waits for the merchant to go live. `thumbprint`: RFC 7638.
    """

    __tablename__ = "partner_keys"
    __table_args__ = (
        UniqueConstraint("merchant_id", "thumbprint"),
        Index("ix_partner_keys_client", "client_id", "id"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    merchant_id: Mapped[Id]
    client_id: Mapped[str | None] = mapped_column(String(64))
    kid: Mapped[Id]
    thumbprint: Mapped[Id]
    jwk: Mapped[Json]
    added_by: Mapped[Id]
    added_at: Mapped[Moment]
    revoked_by: Mapped[str | None] = mapped_column(String(64))
    revoked_at: Mapped[Moment | None]

    @property
    def active(self) -> bool:
        """Whether it has not been revoked."""
        return self.revoked_at is None


def add(
    session: Session,
    *,
    merchant_id: str,
    client_id: str | None,
    jwk: dict[str, Any],
    thumbprint: str,
    added_by: str,
    now: datetime,
) -> PartnerKey:
    """Keep a key; its `kid` stands in the JWK."""
    row = PartnerKey(
        id=new_id("key"),
        merchant_id=merchant_id,
        client_id=client_id,
        kid=jwk["kid"],
        thumbprint=thumbprint,
        jwk=jwk,
        added_by=added_by,
        added_at=now,
    )
    session.add(row)
    session.flush()
    return row


def get(session: Session, merchant_id: str, key_id: str) -> PartnerKey | None:
    """One key of this merchant, or None."""
    return session.scalar(select(PartnerKey).where(PartnerKey.id == key_id, PartnerKey.merchant_id == merchant_id))


def of_client(session: Session, client_id: str) -> Sequence[PartnerKey]:
    """The keys of one client, newest first, revoked ones too."""
    query = select(PartnerKey).where(PartnerKey.client_id == client_id).order_by(PartnerKey.id.desc())
    return session.scalars(query.execution_options(populate_existing=True)).all()


def of_merchant(session: Session, merchant_id: str) -> Sequence[PartnerKey]:
    """Every key of a merchant in both stages, newest first."""
    query = select(PartnerKey).where(PartnerKey.merchant_id == merchant_id).order_by(PartnerKey.id.desc())
    return session.scalars(query.execution_options(populate_existing=True)).all()


def waiting(session: Session, merchant_id: str) -> PartnerKey | None:
    """The key that waits for the merchant to go live, or None."""
    query = select(PartnerKey).where(
        PartnerKey.merchant_id == merchant_id, PartnerKey.client_id.is_(None), PartnerKey.revoked_at.is_(None)
    )
    return session.scalar(query.order_by(PartnerKey.id.desc()).limit(1))

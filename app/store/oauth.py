"""What the authorization server remembers: clients, grants, and what was used already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, String, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Json, Moment


class OAuthClient(Base):
    """A client: the citizen app, a partner, a department, a counter device, the operators' desk."""

    __tablename__ = "oauth_clients"
    client_id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Id]
    """app | partner | department | counter | desk"""
    profile: Mapped[Id]
    """fapi2 (confidential, private_key_jwt) | app (public)"""
    name: Mapped[str] = mapped_column(String(120))
    jwks: Mapped[Json]
    redirect_uris: Mapped[list[str]] = mapped_column(ARRAY(String(500)))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    partner_id: Mapped[str | None] = mapped_column(String(64), index=True)
    department_id: Mapped[str | None] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    livemode: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[Moment]


class Grant(Base):
    """What a citizen allowed one client (a session of the app, or a consent); ended, its tokens are dead."""

    __tablename__ = "oauth_grants"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    id: Mapped[Id] = mapped_column(primary_key=True)
    citizen_id: Mapped[Id] = mapped_column(index=True)
    client_id: Mapped[Id]
    operator_id: Mapped[str | None] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class UsedToken(Base):
    """A `jti` that may not come again before `expires_at` (DPoP proofs, client assertions); unlogged, shared by all."""

    __tablename__ = "used_tokens"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    digest: Mapped[Id] = mapped_column(primary_key=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)


def client(session: Session, client_id: str) -> OAuthClient | None:
    """The client, active or not."""
    return session.scalar(select(OAuthClient).where(OAuthClient.client_id == client_id))


def live_grant(session: Session, grant_id: str, now: datetime) -> Grant | None:
    """The grant, unless it ended or is past its time."""
    query = select(Grant).where(Grant.id == grant_id, Grant.ended_at.is_(None), Grant.expires_at > now)
    return session.scalar(query)


def use_once(session: Session, digest: str, expires_at: datetime) -> bool:
    """True for the first caller with this digest, False for every later one."""
    first = insert(UsedToken).values(digest=digest, expires_at=expires_at).on_conflict_do_nothing()
    return session.scalar(first.returning(UsedToken.digest)) is not None

"""What the authorization server remembers of clients and grants, and of what was used already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, Index, String, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Json, Moment

SESSION = "session"
CONSENT = "consent"


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
    api_version: Mapped[str | None] = mapped_column(String(10))
    """The version of the API that a partner was written for; None for who always has the newest."""


class Grant(Base):
    """What a citizen allowed one client: a `session` of the app or desk, or a `consent`; ended, its tokens are dead.

    `jkt` is the thumbprint of the key that its tokens are bound to; `auth_time` in seconds since 1970.
    """

    __tablename__ = "oauth_grants"
    __table_args__ = (
        Index("ix_oauth_grants_citizen", "citizen_id", "id"),
        {"info": {"on_leave": "delete", "but_keep": "kind = 'session'", "because": "your own sessions of the app"}},
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Id] = mapped_column(default=SESSION)
    citizen_id: Mapped[Id]
    client_id: Mapped[Id]
    operator_id: Mapped[str | None] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    jkt: Mapped[Id] = mapped_column(default="")
    acr: Mapped[Id] = mapped_column(default="")
    auth_time: Mapped[int] = mapped_column(BigInteger, default=0)
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class UsedToken(Base):
    """A `jti` that may not come again before `expires_at` (DPoP proofs, client assertions); unlogged, shared by all."""

    __tablename__ = "used_tokens"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    digest: Mapped[Id] = mapped_column(primary_key=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)


class UsedTokensSince(Base):
    """From when `used_tokens` is complete. It is lost with that table, so its absence tells of the loss."""

    __tablename__ = "used_tokens_since"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[Moment]


class RevokedToken(Base):
    """The `jti` of an access token that its client gave back before its time (RFC 7009)."""

    __tablename__ = "revoked_tokens"
    jti: Mapped[Id] = mapped_column(primary_key=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)


class Use(NamedTuple):
    """Something that may come once: its digest, until when that is remembered, and since when it can have come."""

    digest: str
    expires_at: datetime
    issued_at: datetime


def client(session: Session, client_id: str) -> OAuthClient | None:
    """The client, active or not."""
    return session.scalar(select(OAuthClient).where(OAuthClient.client_id == client_id))


def held_client(session: Session, client_id: str) -> OAuthClient | None:
    """The client as it is now, with its row held until the transaction ends."""
    query = select(OAuthClient).where(OAuthClient.client_id == client_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def clients_of_partner(session: Session, partner_id: str, kind: str) -> Sequence[OAuthClient]:
    """The partner's clients of this kind (partner | counter), newest first."""
    query = select(OAuthClient).where(OAuthClient.partner_id == partner_id, OAuthClient.kind == kind)
    return session.scalars(query.order_by(OAuthClient.created_at.desc(), OAuthClient.client_id.desc())).all()


def department_names(session: Session) -> dict[str, str]:
    """Department code → the name under which it is registered."""
    named = select(OAuthClient.department_id, OAuthClient.name).where(OAuthClient.department_id.is_not(None))
    return {code: name for code, name in session.execute(named) if code is not None}


def live_grant(session: Session, grant_id: str, now: datetime) -> Grant | None:
    """The grant, unless it ended or is past its time."""
    query = select(Grant).where(Grant.id == grant_id, Grant.ended_at.is_(None), Grant.expires_at > now)
    return session.scalar(query)


def sessions_of(
    session: Session, citizen_id: str, now: datetime, *, before: str | None, limit: int
) -> Sequence[tuple[Grant, str]]:
    """A citizen's live sessions with the names of their clients, newest first, older than the id `before`."""
    query = (
        select(Grant, OAuthClient.name)
        .join(OAuthClient, OAuthClient.client_id == Grant.client_id)
        .where(Grant.citizen_id == citizen_id, Grant.kind == SESSION, Grant.ended_at.is_(None), Grant.expires_at > now)
        .order_by(Grant.id.desc())
        .limit(limit)
    )
    rows = session.execute(query.where(Grant.id < before) if before else query).all()
    return [(row[0], row[1]) for row in rows]


def end_sessions_before(session: Session, grant: Grant, now: datetime) -> None:
    """End the other sessions that this one's citizen has at its client by the same key: one key is one device."""
    same = (Grant.citizen_id == grant.citizen_id, Grant.client_id == grant.client_id, Grant.jkt == grant.jkt)
    live = (Grant.kind == SESSION, Grant.id != grant.id, Grant.ended_at.is_(None))
    session.execute(update(Grant).where(*same, *live).values(ended_at=now))


def is_new_device(session: Session, grant: Grant) -> bool:
    """Whether this session's citizen had others before, and none by this key."""
    others = (Grant.citizen_id == grant.citizen_id, Grant.kind == SESSION, Grant.id != grant.id)
    return session.scalar(select(func.bool_or(Grant.jkt == grant.jkt)).where(*others)) is False


def end_grant(session: Session, grant_id: str, now: datetime, *, citizen_id: str | None = None) -> bool:
    """End a grant, of this citizen where one is named; False where there was no such live one."""
    ended = update(Grant).where(Grant.id == grant_id, Grant.ended_at.is_(None)).values(ended_at=now)
    if citizen_id is not None:
        ended = ended.where(Grant.citizen_id == citizen_id, Grant.kind == SESSION)
    return session.scalar(ended.returning(Grant.id)) is not None


def end_grants_of_client(session: Session, client_id: str, now: datetime) -> None:
    """End every grant of a client, such as a partner that was suspended."""
    session.execute(update(Grant).where(Grant.client_id == client_id, Grant.ended_at.is_(None)).values(ended_at=now))


def end_grants_of_operator(session: Session, operator_id: str, now: datetime) -> None:
    """End every session of the desk that an operator has."""
    session.execute(
        update(Grant).where(Grant.operator_id == operator_id, Grant.ended_at.is_(None)).values(ended_at=now)
    )


def revoke_token(session: Session, jti: str, expires_at: datetime) -> None:
    """Kill one access token for the rest of its life."""
    session.execute(insert(RevokedToken).values(jti=jti, expires_at=expires_at).on_conflict_do_nothing())


def is_revoked(session: Session, jti: str) -> bool:
    """Whether an access token was given back."""
    return session.get(RevokedToken, jti) is not None


def prune(session: Session, now: datetime) -> None:
    """Forget used and revoked tokens that are past their time anyway."""
    session.execute(text("set local synchronous_commit = off"))
    for table in (UsedToken, RevokedToken):
        session.execute(delete(table).where(table.expires_at < now))

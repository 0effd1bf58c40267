"""Authorization codes and refresh tokens, kept as hashes only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, delete, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment
from app.store.oauth import Grant

REMEMBERED = timedelta(hours=1)
"""How long a used code is remembered, so that its second use is seen."""


class AuthorizationCode(Base):
    """What a code of 60 seconds stands for. `consent` is what a citizen agreed to, for a partner's code only."""

    __tablename__ = "authorization_codes"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    code_hash: Mapped[Id] = mapped_column(primary_key=True)
    citizen_id: Mapped[Id] = mapped_column(index=True)
    operator_id: Mapped[str | None] = mapped_column(String(64))
    client_id: Mapped[Id]
    redirect_uri: Mapped[str] = mapped_column(String(500))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    nonce: Mapped[str | None] = mapped_column(String(255))
    code_challenge: Mapped[Id]
    jkt: Mapped[str | None] = mapped_column(String(64))
    acr: Mapped[Id]
    auth_time: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str] = mapped_column(String(120), default="")
    consent: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    expires_at: Mapped[Moment] = mapped_column(index=True)
    used_at: Mapped[Moment | None]
    grant_id: Mapped[str | None] = mapped_column(String(64))


class RefreshToken(Base):
    """A refresh token of a grant; all of a grant's are one family. It ends with its grant.

    `successor` is the hash of the one that was given for it, where it was replaced.
    """

    __tablename__ = "refresh_tokens"
    token_hash: Mapped[Id] = mapped_column(primary_key=True)
    grant_id: Mapped[Id] = mapped_column(ForeignKey("oauth_grants.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    successor: Mapped[str | None] = mapped_column(String(64))


def add_code(session: Session, code: AuthorizationCode) -> None:
    """Keep a new code."""
    session.add(code)
    session.flush()


def use_code(session: Session, code_hash: str, client_id: str, now: datetime) -> AuthorizationCode | None:
    """Use a code in one statement: its row for the first of its client who brings it, None for all others."""
    fresh = (AuthorizationCode.code_hash == code_hash, AuthorizationCode.client_id == client_id)
    used = update(AuthorizationCode).where(*fresh, AuthorizationCode.used_at.is_(None)).values(used_at=now)
    return session.scalar(used.returning(AuthorizationCode))


def grant_of_code(session: Session, code_hash: str) -> str | None:
    """The grant that a used code led to, or None."""
    return session.scalar(select(AuthorizationCode.grant_id).where(AuthorizationCode.code_hash == code_hash))


def drop_codes_of_operator(session: Session, operator_id: str) -> None:
    """Let no code that an operator still holds lead to a session of the desk."""
    session.execute(delete(AuthorizationCode).where(AuthorizationCode.operator_id == operator_id))


def add_refresh_token(session: Session, token_hash: str, grant_id: str, now: datetime) -> None:
    """Keep a new refresh token of a grant."""
    session.add(RefreshToken(token_hash=token_hash, grant_id=grant_id, issued_at=now))
    session.flush()


def refresh_token(session: Session, token_hash: str, *, lock: bool = False) -> tuple[RefreshToken, Grant] | None:
    """A refresh token, used or not, with its grant, ended or not; with `lock`, one at a time deals with the token."""
    query = select(RefreshToken, Grant).join(Grant, Grant.id == RefreshToken.grant_id)
    query = query.with_for_update(of=RefreshToken) if lock else query
    row = session.execute(query.where(RefreshToken.token_hash == token_hash)).one_or_none()
    return (row[0], row[1]) if row else None


def use_refresh_token(session: Session, token_hash: str, now: datetime) -> bool:
    """Use up a refresh token in one statement; False for one who comes second."""
    unused = (RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_(None))
    used = update(RefreshToken).where(*unused).values(used_at=now)
    return session.scalar(used.returning(RefreshToken.token_hash)) is not None


def prune(session: Session, now: datetime) -> None:
    """Forget codes past their time and the tokens of grants that ended a while ago."""
    session.execute(delete(AuthorizationCode).where(AuthorizationCode.expires_at < now - REMEMBERED))
    gone = select(Grant.id).where((Grant.ended_at < now - REMEMBERED) | (Grant.expires_at < now - REMEMBERED))
    session.execute(delete(RefreshToken).where(RefreshToken.grant_id.in_(gone)))

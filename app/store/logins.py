"""Logins in progress: pushed authorization requests, browser sessions, visits to the real-name platform.

Short-lived look-ups by their own key, which is why they are not keyed by citizen; secrets are kept as hashes only.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Integer, LargeBinary, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Json, Moment, new_id, sealed


class AuthorizationRequest(Base):
    """One pushed request (RFC 9126) on its way: pushed, then opened by one browser, then answered and gone."""

    __tablename__ = "authorization_requests"
    id: Mapped[Id] = mapped_column(primary_key=True)
    uri_hash: Mapped[Id] = mapped_column(unique=True)
    client_id: Mapped[Id]
    params: Mapped[Json]
    jkt: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[Moment] = mapped_column(index=True)
    session_id: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[Moment | None]


class BrowserSession(Base):
    """One browser at our login pages, found by the hash of its cookie; `citizen_id` once someone logged in."""

    __tablename__ = "browser_sessions"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    id: Mapped[Id] = mapped_column(primary_key=True)
    secret_hash: Mapped[Id] = mapped_column(unique=True)
    citizen_id: Mapped[str | None] = mapped_column(String(64), index=True)
    acr: Mapped[Id] = mapped_column(default="")
    auth_time: Mapped[int] = mapped_column(BigInteger, default=0)
    logged_in_at: Mapped[Moment | None]
    wrong_codes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Second factors that were wrong since the login."""
    expires_at: Mapped[Moment] = mapped_column(index=True)


class UpstreamLogin(Base):
    """One visit to the real-name platform: its state belongs to one browser session and one request.

    `sealed` holds nonce and code verifier, encrypted.
    """

    __tablename__ = "upstream_logins"
    state_hash: Mapped[Id] = mapped_column(primary_key=True)
    session_id: Mapped[Id]
    request_id: Mapped[Id]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("upstream-login:{state_hash}"))
    expires_at: Mapped[Moment] = mapped_column(index=True)


def push(
    session: Session, *, uri_hash: str, client_id: str, params: dict[str, str], jkt: str | None, expires_at: datetime
) -> None:
    """Keep a pushed request until a browser brings its URI."""
    row = AuthorizationRequest(
        id=new_id("arq"), uri_hash=uri_hash, client_id=client_id, params=params, jkt=jkt, expires_at=expires_at
    )
    session.add(row)
    session.flush()


def open_request(
    session: Session, *, uri_hash: str, client_id: str, session_id: str, now: datetime, expires_at: datetime
) -> AuthorizationRequest | None:
    """Give a pushed request to the first browser that brings its URI in time, in one statement; None for all others."""
    opened = (
        update(AuthorizationRequest)
        .where(AuthorizationRequest.uri_hash == uri_hash, AuthorizationRequest.client_id == client_id)
        .where(AuthorizationRequest.session_id.is_(None), AuthorizationRequest.expires_at > now)
        .values(session_id=session_id, opened_at=now, expires_at=expires_at)
        .returning(AuthorizationRequest)
    )
    return session.scalar(opened)


def request_of(session: Session, request_id: str, session_id: str, now: datetime) -> AuthorizationRequest | None:
    """The opened request of this browser, while it lasts."""
    query = select(AuthorizationRequest).where(
        AuthorizationRequest.id == request_id,
        AuthorizationRequest.session_id == session_id,
        AuthorizationRequest.expires_at > now,
    )
    return session.scalar(query)


def finish_request(session: Session, request_id: str) -> bool:
    """Take the request away, once: True for the one who may answer it."""
    gone = delete(AuthorizationRequest).where(AuthorizationRequest.id == request_id)
    return session.scalar(gone.returning(AuthorizationRequest.id)) is not None


def start_session(session: Session, secret_hash: str, now: datetime, life: timedelta) -> BrowserSession:
    """A browser that no one logged in with yet."""
    row = BrowserSession(id=new_id("bss"), secret_hash=secret_hash, expires_at=now + life)
    session.add(row)
    session.flush()
    return row


def browser_session(session: Session, secret_hash: str, now: datetime) -> BrowserSession | None:
    """The browser with this cookie, while its session lasts."""
    query = select(BrowserSession).where(BrowserSession.secret_hash == secret_hash, BrowserSession.expires_at > now)
    return session.scalar(query)


def log_out(session: Session, citizen_id: str) -> None:
    """Let no browser count as this person's login any more: the next step there asks who sits before it."""
    known = update(BrowserSession).where(BrowserSession.citizen_id == citizen_id)
    session.execute(known.values(citizen_id=None, logged_in_at=None))


def start_upstream(
    session: Session, *, state_hash: str, session_id: str, request_id: str, sealed: bytes, expires_at: datetime
) -> None:
    """Remember that this browser went to the real-name platform for this request."""
    row = UpstreamLogin(
        state_hash=state_hash, session_id=session_id, request_id=request_id, sealed=sealed, expires_at=expires_at
    )
    session.add(row)
    session.flush()


def take_upstream(session: Session, state_hash: str, session_id: str, now: datetime) -> UpstreamLogin | None:
    """The visit behind a state, for the browser that made it, once."""
    mine = (UpstreamLogin.state_hash == state_hash, UpstreamLogin.session_id == session_id)
    taken = session.scalar(delete(UpstreamLogin).where(*mine).returning(UpstreamLogin))
    return taken if taken is not None and taken.expires_at > now else None


def prune(session: Session, now: datetime) -> None:
    """Forget what is past its time."""
    for table in (AuthorizationRequest, BrowserSession, UpstreamLogin):
        session.execute(delete(table).where(table.expires_at < now))

"""Idempotency keys of partners and departments (api.md, Conventions): kept 72 hours, committed with the effect."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Integer, LargeBinary, String, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.arrays import paired
from app.store.base import Base, Id, Json, Moment, in_clear
from app.store.oauth import OAuthClient

KEPT = timedelta(hours=72)

_HELD = """
select (classid::bigint << 32) | objid::bigint from pg_locks
where locktype = 'advisory' and objsubid = 1 and granted
and database = (select oid from pg_database where datname = current_database())
"""


class IdempotencyKey(Base):
    """A key, what was asked and what was answered. Scope: client, method, path and key, hashed.

    `about` is the `citizen_ref` or the `source_record_id` in the answer: who leaves, and a record that is deleted,
    takes the kept answers about them along.
    """

    __tablename__ = "idempotency_keys"
    scope: Mapped[Id] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[Id]
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[Json]
    body: Mapped[bytes] = mapped_column(LargeBinary, info=in_clear("an answer to a partner or department, who has it"))
    about: Mapped[str | None] = mapped_column(String(64), index=True)
    created_at: Mapped[Moment] = mapped_column(index=True)


def lock(session: Session, scope: str) -> bool:
    """Hold the key until this transaction ends; False where another request holds it."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(number_of(scope)))))


def number_of(scope: str) -> int:
    """The number of the key's lock."""
    return int.from_bytes(bytes.fromhex(scope)[:8], "big", signed=True)


def held(session: Session) -> set[int]:
    """The numbers of all such locks that somebody holds now."""
    return set(session.scalars(text(_HELD)))


def find(session: Session, scope: str, now: datetime) -> IdempotencyKey | None:
    """The kept answer, while it is kept."""
    query = select(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.created_at > now - KEPT)
    return session.scalar(query)


def forget_old(session: Session, now: datetime) -> None:
    """Delete the keys that are kept no longer."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at <= now - KEPT))


def forget_about(session: Session, refs: Collection[str]) -> None:
    """Delete the kept answers that name one of these references; a repeat is then a new request."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.about.in_(refs)))


def forget_facts(session: Session, facts: Collection[tuple[str, str]]) -> None:
    """Delete the kept answers about facts, each given by its department and the department's own number."""
    theirs = IdempotencyKey.client_id == OAuthClient.client_id
    mine = paired(OAuthClient.department_id, IdempotencyKey.about, facts)
    session.execute(delete(IdempotencyKey).where(theirs, mine), execution_options={"synchronize_session": False})

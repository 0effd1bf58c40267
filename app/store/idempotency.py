"""Idempotency keys of partners and departments (api.md, Conventions): kept 72 hours, committed with the effect."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg.types.json import Jsonb
from sqlalchemy import Integer, LargeBinary, String, delete, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.arrays import paired
from app.store.base import Base, Id, Json, Moment, in_clear
from app.store.direct import Prepared
from app.store.oauth import OAuthClient

KEPT = timedelta(hours=72)

_HELD = """
select (classid::bigint << 32) | objid::bigint from pg_locks
where locktype = 'advisory' and objsubid = 1 and granted
and database = (select oid from pg_database where datname = current_database())
"""


class IdempotencyKey(Base):
    """A key, what was asked and what was answered. Scope: client, method, path and key, hashed.

    `about` is the `citizen_ref`, the `source_record_id` or the `order_id` in the answer: who leaves, and a record or an
    order that is deleted, takes the kept answers about them along.
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


class Kept(NamedTuple):
    """An answer that was kept, and the fingerprint of what it answered."""

    fingerprint: str
    status: int
    headers: dict[str, str]
    body: bytes


_BEGUN = Prepared("""
    select pg_try_advisory_xact_lock(%(number)s), fingerprint, status, headers, body
    from (values (1)) one left join idempotency_keys on scope = %(scope)s and created_at > %(since)s
""")
_KEEP = Prepared("""
    insert into idempotency_keys as old (scope, client_id, fingerprint, status, headers, body, about, created_at)
    values (%(scope)s, %(client_id)s, %(fingerprint)s, %(status)s, %(headers)s, %(body)s, %(about)s, %(now)s)
    on conflict (scope) do update set client_id = excluded.client_id, fingerprint = excluded.fingerprint,
        status = excluded.status, headers = excluded.headers, body = excluded.body, about = excluded.about,
        created_at = excluded.created_at
    where old.created_at <= %(since)s
    returning scope
""")


def begin(session: Session, scope: str, now: datetime) -> tuple[bool, Kept | None]:
    """Whether the key is ours until this transaction ends, as no other request holds it; and the kept answer.

    Both in one statement, which sees the keys as they were before it waited for nothing: one that another request
    keeps at this very moment is met by `keep`.
    """
    values = {"number": number_of(scope), "scope": scope, "since": now - KEPT}
    held, *kept = _BEGUN.ask(session, values)[0]
    return held, Kept(*kept) if kept[0] is not None else None


def keep(session: Session, scope: str, client_id: str, kept: Kept, about: str | None, now: datetime) -> bool:
    """Keep an answer; False where another request kept one meanwhile, and this transaction must come to nothing."""
    values = {**kept._asdict(), "headers": Jsonb(kept.headers), "scope": scope, "client_id": client_id}
    return bool(_KEEP.ask(session, {**values, "about": about, "now": now, "since": now - KEPT}))


def number_of(scope: str) -> int:
    """The number of the key's lock."""
    return int.from_bytes(bytes.fromhex(scope)[:8], "big", signed=True)


def held(session: Session) -> set[int]:
    """The numbers of all such locks that somebody holds now."""
    return set(session.scalars(text(_HELD)))


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

"""The access log: every look at a person's data, one row that the person sees, in a tamper-evident chain of their own.

Two tables (guardrail 13). `access_log` holds what the person reads, with a salt; `access_chain` holds, per citizen and
number, the salted commitment to that row and the link `SHA-256(previous link, number, commitment)`. Leaving erases the
rows and salts; the chain, which says nothing without them, stays whole. Only a person's own rows queue for each other.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    LargeBinary,
    String,
    bindparam,
    func,
    select,
    text,
    union,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.access import Actor
from app.store import access_chain
from app.store.access_chain import GENESIS, AccessChainHead, AccessChainLink
from app.store.base import HASH, Base, Id, Moment, new_id
from app.store.direct import Prepared


class AccessLogRow(Base):
    """One look, as the person reads it. Partitioned, as it grows fastest; a person's rows lie in one partition."""

    __tablename__ = "access_log"
    __table_args__ = ({"info": {"on_leave": "delete"}, "postgresql_partition_by": "HASH (citizen_id)"},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[Id]
    at: Mapped[Moment]
    actor_kind: Mapped[Id]
    actor_id: Mapped[Id]
    actor_name: Mapped[str] = mapped_column(String(120))
    action: Mapped[Id]
    purpose: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    scenario: Mapped[str | None] = mapped_column(String(64))
    ref: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16), info=HASH)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a row says, before it is one."""

    id: str
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    purpose: str
    fields: list[str]
    scenario: str | None
    ref: str | None
    outcome: str | None
    salt: bytes


_APPENDED_ONE = Prepared("""
    with head as (
        insert into access_heads as head (citizen_id, length, link)
        values (%(citizen_id)s, 1, sha256(%(genesis)s || int8send(1) || %(commitment)s))
        on conflict (citizen_id) do update set length = head.length + 1,
            link = sha256(head.link || int8send(head.length + 1) || %(commitment)s)
        returning length, link
    ), linked as (
        insert into access_chain (citizen_id, number, commitment, link)
        select %(citizen_id)s, length, %(commitment)s, link from head
    )
    insert into access_log (citizen_id, number, id, at, actor_kind, actor_id, actor_name, action, purpose, fields,
        scenario, ref, outcome, salt)
    select %(citizen_id)s, length, %(id)s, %(at)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(action)s,
        %(purpose)s, %(fields)s, %(scenario)s, %(ref)s, %(outcome)s, %(salt)s
    from head
""")
"""One look in one chain; the link is that of `chain`."""
_SAID = ("at", "actor_kind", "actor_id", "actor_name", "action", "purpose", "fields", "ref")
_APPENDED = text("""
    with given as (
        select * from unnest(:people, :ids, :salts, :commitments) as given (citizen_id, id, salt, commitment)
    ), grown as (
        update access_heads as head set length = head.length + 1,
            link = sha256(head.link || int8send(head.length + 1) || given.commitment)
        from given where given.citizen_id = head.citizen_id
        returning head.citizen_id, head.length as number, head.link, given.id, given.salt, given.commitment
    ), linked as (
        insert into access_chain (citizen_id, number, commitment, link)
        select citizen_id, number, commitment, link from grown
    )
    insert into access_log
        (citizen_id, number, id, at, actor_kind, actor_id, actor_name, action, purpose, fields, ref, salt)
    select citizen_id, number, id, :at, :actor_kind, :actor_id, :actor_name, :action, :purpose, :fields, :ref, salt
    from grown
""").bindparams(
    bindparam("people", type_=ARRAY(String)), bindparam("ids", type_=ARRAY(String)),
    bindparam("salts", type_=ARRAY(LargeBinary)), bindparam("commitments", type_=ARRAY(LargeBinary)),
    bindparam("at", type_=DateTime(timezone=True)), bindparam("fields", type_=ARRAY(String)),
)  # fmt: skip
"""One look in each of many chains; the links are the ones of `chain`."""


def append(
    session: Session,
    citizen_id: str,
    *,
    now: datetime,
    actor: Actor,
    action: str,
    purpose: str,
    fields: Sequence[str] = (),
    scenario: str | None = None,
    ref: str | None = None,
    outcome: str | None = None,
) -> str:
    """Log one look; returns its id. `action`, `purpose`, `fields`, `outcome` are codes that the app puts in words."""
    look = _Look(
        id=new_id("acc"),
        at=now,
        actor_kind=str(actor.kind),
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        purpose=purpose,
        fields=list(fields),
        scenario=scenario,
        ref=ref,
        outcome=None if outcome is None else str(outcome),
        salt=os.urandom(16),
    )
    said = {name: getattr(look, name) for name in _Look.__slots__}
    _APPENDED_ONE.ask(session, {**said, "citizen_id": citizen_id, "genesis": GENESIS, "commitment": commit(look)})
    return look.id


def append_many(
    session: Session,
    citizen_ids: Collection[str],
    *,
    now: datetime,
    actor: Actor,
    action: str,
    purpose: str,
    fields: Sequence[str] = (),
    ref: str | None = None,
) -> None:
    """Log one run of a job over many people: one row in each one's chain, all with the run's `ref`."""
    if not citizen_ids:
        return
    people = sorted(citizen_ids)
    access_chain.hold(session, people)
    said = AccessLogRow(
        at=now,
        actor_kind=str(actor.kind),
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        purpose=purpose,
        fields=list(fields),
        ref=ref,
    )
    ids, salts = [new_id("acc") for _ in people], [os.urandom(16) for _ in people]
    before, _, after = _text(said, "\n").partition(json.dumps("\n"))
    commitments = [
        hashlib.sha256(salt + f'{before}"{row_id}"{after}'.encode()).digest()
        for row_id, salt in zip(ids, salts, strict=True)
    ]
    values = {name: getattr(said, name) for name in _SAID}
    lists = {"people": people, "ids": ids, "salts": salts, "commitments": commitments}
    session.execute(_APPENDED, values | lists)


def commit(row: AccessLogRow | _Look) -> bytes:
    """The salted commitment to what the row says."""
    return hashlib.sha256(row.salt + _text(row, row.id).encode()).digest()


def _text(row: AccessLogRow | _Look, row_id: str) -> str:
    """What a row of this id says, as it is committed to."""
    said: dict[str, Any] = {
        "id": row_id,
        "at": int(row.at.timestamp() * 1_000_000),
        "actor": [row.actor_kind, row.actor_id, row.actor_name],
        "action": row.action,
        "purpose": row.purpose,
        "fields": row.fields,
        "scenario": row.scenario,
        "ref": row.ref,
        "outcome": row.outcome,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def rows(session: Session, citizen_id: str) -> Sequence[AccessLogRow]:
    """Every row of a person, in order."""
    query = select(AccessLogRow).where(AccessLogRow.citizen_id == citizen_id).order_by(AccessLogRow.number)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def listed(session: Session, citizen_id: str, *, before: int | None, limit: int) -> Sequence[AccessLogRow]:
    """A person's rows, newest first, older than the number `before`."""
    query = select(AccessLogRow).where(AccessLogRow.citizen_id == citizen_id)
    if before is not None:
        query = query.where(AccessLogRow.number < before)
    return session.scalars(query.order_by(AccessLogRow.number.desc()).limit(limit)).all()


def count_by_kind(session: Session, citizen_id: str, since: datetime) -> Mapping[str, int]:
    """How many looks there were at a person since then, by the kind of who looked; of kinds that did."""
    mine = AccessLogRow.citizen_id == citizen_id, AccessLogRow.at >= since
    query = select(AccessLogRow.actor_kind, func.count()).where(*mine).group_by(AccessLogRow.actor_kind)
    return {row[0]: row[1] for row in session.execute(query.order_by(AccessLogRow.actor_kind))}


def with_actions(session: Session, citizen_id: str, actions: Collection[str]) -> Sequence[AccessLogRow]:
    """A person's rows of these actions, in order."""
    query = select(AccessLogRow).where(AccessLogRow.citizen_id == citizen_id, AccessLogRow.action.in_(actions))
    return session.scalars(query.order_by(AccessLogRow.number)).all()


def people(session: Session) -> Sequence[str]:
    """Everyone of whom a row, a link or a head is there: where one of the three is gone, the others still tell."""
    parts = (select(table.citizen_id) for table in (AccessChainHead, AccessChainLink, AccessLogRow))
    return sorted(session.scalars(union(*parts)).all())

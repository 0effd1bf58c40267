"""The access log: every look at a person's data, one row that the person sees, in a tamper-evident chain of their own.

Two tables (guardrail 13). `access_log` holds what the person reads, with a salt; `access_chain` holds, per citizen and
number, the salted commitment to that row and the link `SHA-256(previous link, number, commitment)`. Leaving erases the
rows and salts; the chain, which says nothing without them, stays whole. Only a person's own rows queue for each other.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    LargeBinary,
    String,
    bindparam,
    literal,
    select,
    text,
    union,
    update,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.access import Actor
from app.store.arrays import TEXT, among, unnested
from app.store.base import HASH, Base, Id, Moment, new_id

GENESIS = bytes(32)


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


class AccessChainLink(Base):
    """The salted commitment to one row and its link to all before it."""

    __tablename__ = "access_chain"
    __table_args__ = ({"info": {"on_leave": "keep: numbers that mean nothing without the rows, which are erased"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32), info=HASH)
    link: Mapped[bytes] = mapped_column(LargeBinary(32), info=HASH)


class AccessChainHead(Base):
    """Where a citizen's chain ends; its row lock orders that citizen's looks."""

    __tablename__ = "access_heads"
    __table_args__ = ({"info": {"on_leave": "keep: the length of the chain, so that it stays whole"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    length: Mapped[int] = mapped_column(Integer)
    link: Mapped[bytes] = mapped_column(LargeBinary(32), info=HASH)


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
    number, previous = _next(session, citizen_id)
    row = AccessLogRow(
        citizen_id=citizen_id,
        number=number,
        id=new_id("acc"),
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        purpose=purpose,
        fields=list(fields),
        scenario=scenario,
        ref=ref,
        outcome=outcome,
        salt=os.urandom(16),
    )
    session.add(row)
    _grow(session, citizen_id, number, previous, commit(row))
    session.flush()
    return row.id


def _next(session: Session, citizen_id: str) -> tuple[int, bytes]:
    head = insert(AccessChainHead).values(citizen_id=citizen_id, length=1, link=GENESIS)
    grown = head.on_conflict_do_update(
        index_elements=[AccessChainHead.citizen_id], set_={"length": AccessChainHead.length + 1}
    ).returning(AccessChainHead.length, AccessChainHead.link)
    number, link = session.execute(grown).one()
    return number, link


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
    _hold_heads(session, people)
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


def _hold_heads(session: Session, people: list[str]) -> None:
    """Begin the chains that there are not yet, then hold the end of each, both in an order that never deadlocks."""
    new = unnested(citizen_id=(TEXT, people))
    begun = select(new.c.citizen_id, literal(0), literal(GENESIS))
    heads = insert(AccessChainHead).from_select(["citizen_id", "length", "link"], begun)
    session.execute(heads.on_conflict_do_nothing())
    held = select(AccessChainHead.length).where(among(AccessChainHead.citizen_id, people))
    session.execute(held.order_by(AccessChainHead.citizen_id).with_for_update())


def commit(row: AccessLogRow) -> bytes:
    """The salted commitment to what the row says."""
    return hashlib.sha256(row.salt + _text(row, row.id).encode()).digest()


def _text(row: AccessLogRow, row_id: str) -> str:
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


def chain(previous: bytes, number: int, commitment: bytes) -> bytes:
    """The link after `previous`."""
    return hashlib.sha256(previous + number.to_bytes(8, "big") + commitment).digest()


def link_alone(session: Session, citizen_id: str, commitment_of: Callable[[int], bytes]) -> None:
    """Let the chain say what became of rows in it: a link that has no row, its commitment made from its number."""
    number, previous = _next(session, citizen_id)
    _grow(session, citizen_id, number, previous, commitment_of(number))


def _grow(session: Session, citizen_id: str, number: int, previous: bytes, commitment: bytes) -> None:
    link = chain(previous, number, commitment)
    session.add(AccessChainLink(citizen_id=citizen_id, number=number, commitment=commitment, link=link))
    session.execute(update(AccessChainHead).where(AccessChainHead.citizen_id == citizen_id).values(link=link))


def head(session: Session, citizen_id: str) -> AccessChainHead | None:
    """Where the chain ends, as the database has it now; None where nobody ever looked."""
    query = select(AccessChainHead).where(AccessChainHead.citizen_id == citizen_id)
    return session.scalar(query.execution_options(populate_existing=True))


def links(session: Session, citizen_id: str) -> Sequence[AccessChainLink]:
    """The chain in order."""
    query = select(AccessChainLink).where(AccessChainLink.citizen_id == citizen_id).order_by(AccessChainLink.number)
    return session.scalars(query.execution_options(populate_existing=True)).all()


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


def with_actions(session: Session, citizen_id: str, actions: Collection[str]) -> Sequence[AccessLogRow]:
    """A person's rows of these actions, in order."""
    query = select(AccessLogRow).where(AccessLogRow.citizen_id == citizen_id, AccessLogRow.action.in_(actions))
    return session.scalars(query.order_by(AccessLogRow.number)).all()


def people(session: Session) -> Sequence[str]:
    """Everyone of whom a row, a link or a head is there: where one of the three is gone, the others still tell."""
    parts = (select(table.citizen_id) for table in (AccessChainHead, AccessChainLink, AccessLogRow))
    return sorted(session.scalars(union(*parts)).all())


def heads(session: Session) -> Iterator[tuple[str, int, bytes]]:
    """(citizen, length, link) of every chain as it ends now, by citizen, read in parts."""
    query = select(AccessChainHead.citizen_id, AccessChainHead.length, AccessChainHead.link)
    in_parts = query.order_by(AccessChainHead.citizen_id).execution_options(yield_per=1000)
    yield from ((row.citizen_id, row.length, row.link) for row in session.execute(in_parts))


def link_at(session: Session, citizen_id: str, number: int) -> bytes | None:
    """The link of this number in a person's chain, or None."""
    mine = AccessChainLink.citizen_id == citizen_id, AccessChainLink.number == number
    return session.scalar(select(AccessChainLink.link).where(*mine))

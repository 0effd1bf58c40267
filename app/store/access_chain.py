"""The chains behind the access log: per citizen and number a salted commitment and its link to all before it.

A chain says nothing without the rows of app/store/access_log.py, so it stays whole when they are erased (guardrail 13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import BigInteger, Integer, LargeBinary, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.arrays import TEXT, among, unnested
from app.store.base import HASH, Base, Id

GENESIS = bytes(32)


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


def _next(session: Session, citizen_id: str) -> tuple[int, bytes]:
    head = insert(AccessChainHead).values(citizen_id=citizen_id, length=1, link=GENESIS)
    grown = head.on_conflict_do_update(
        index_elements=[AccessChainHead.citizen_id], set_={"length": AccessChainHead.length + 1}
    ).returning(AccessChainHead.length, AccessChainHead.link)
    number, link = session.execute(grown).one()
    return number, link


def hold(session: Session, people: list[str]) -> None:
    """Begin the chains that there are not yet, then hold the end of each, both in an order that never deadlocks."""
    new = unnested(citizen_id=(TEXT, people))
    begun = select(new.c.citizen_id, literal(0), literal(GENESIS))
    heads = insert(AccessChainHead).from_select(["citizen_id", "length", "link"], begun)
    session.execute(heads.on_conflict_do_nothing())
    held = select(AccessChainHead.length).where(among(AccessChainHead.citizen_id, people))
    session.execute(held.order_by(AccessChainHead.citizen_id).with_for_update())


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


def heads(session: Session) -> Iterator[tuple[str, int, bytes]]:
    """(citizen, length, link) of every chain as it ends now, by citizen, read in parts."""
    query = select(AccessChainHead.citizen_id, AccessChainHead.length, AccessChainHead.link)
    in_parts = query.order_by(AccessChainHead.citizen_id).execution_options(yield_per=1000)
    yield from ((row.citizen_id, row.length, row.link) for row in session.execute(in_parts))


def link_at(session: Session, citizen_id: str, number: int) -> bytes | None:
    """The link of this number in a person's chain, or None."""
    mine = AccessChainLink.citizen_id == citizen_id, AccessChainLink.number == number
    return session.scalar(select(AccessChainLink.link).where(*mine))

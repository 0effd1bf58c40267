"""Runs over a whole city: one row for each, in a tamper-evident chain of their own (guardrail 13).

Which runs a person was in, the person's own chain says: one look when their city's runs begin to include them, one when
they end (`app.services.runs`). So a run writes one row, and nobody can be hidden from it without being found out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Integer, LargeBinary, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import HASH, Base, Id, Moment

GENESIS = bytes(32)
ONLY = 1


class ScoreRun(Base):
    """One calculation of the scores of a whole city; `members` were read, the scores of `changed` became others."""

    __tablename__ = "score_runs"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[Id]
    city: Mapped[Id]
    pack: Mapped[Id]
    pack_version: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[date]
    members: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[Moment]
    finished_at: Mapped[Moment]
    link: Mapped[bytes] = mapped_column(LargeBinary(32), info=HASH)


class ScoreRunHead(Base):
    """Where the chain of runs ends; its row lock orders the runs."""

    __tablename__ = "score_run_heads"
    only: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    length: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32), info=HASH)


@dataclass(frozen=True, slots=True)
class Done:
    """What a run says of itself."""

    id: str
    city: str
    pack: str
    pack_version: int
    as_of: date
    members: int
    changed: int
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """The runs of a city from the number `first` to `last` (None: still)."""

    city: str
    first: int
    last: int | None


def append(session: Session, done: Done) -> int:
    """Write a run's row at the end of the chain; returns its number."""
    start = insert(ScoreRunHead).values(only=ONLY, length=0, link=GENESIS)
    session.execute(start.on_conflict_do_nothing())
    end = session.scalars(select(ScoreRunHead).with_for_update().execution_options(populate_existing=True)).one()
    end.length, end.link = end.length + 1, chain(end.link, end.length + 1, done)
    session.add(ScoreRun(number=end.length, link=end.link, **asdict(done)))
    session.flush()
    return end.length


def chain(previous: bytes, number: int, done: Done) -> bytes:
    """The link of a run after `previous`."""
    said = [str(_plain(value)) for value in asdict(done).values()]
    return hashlib.sha256(previous + number.to_bytes(8, "big") + json.dumps(said).encode()).digest()


def _plain(value: object) -> object:
    return int(value.timestamp() * 1_000_000) if isinstance(value, datetime) else value


def said(row: ScoreRun) -> Done:
    """What the row says of its run."""
    return Done(
        id=row.id,
        city=row.city,
        pack=row.pack,
        pack_version=row.pack_version,
        as_of=row.as_of,
        members=row.members,
        changed=row.changed,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def last_number(session: Session) -> int:
    """The number of the last run; 0 before the first."""
    return session.scalar(select(ScoreRunHead.length)) or 0


def head(session: Session) -> tuple[int, bytes]:
    """Where the chain ends, by its head: its length and last link."""
    found = session.execute(select(ScoreRunHead.length, ScoreRunHead.link)).first()
    return (found.length, found.link) if found else (0, GENESIS)


def link_at(session: Session, number: int) -> bytes | None:
    """The link of the run of this number, or None."""
    return session.scalar(select(ScoreRun.link).where(ScoreRun.number == number))


def every(session: Session) -> Sequence[ScoreRun]:
    """Every run in order."""
    return session.scalars(select(ScoreRun).order_by(ScoreRun.number).execution_options(populate_existing=True)).all()


def of_stays(session: Session, stays: Sequence[Stay], *, before: int | None, limit: int | None) -> Sequence[ScoreRun]:
    """The runs of these stays, newest first, older than the number `before`."""
    found: list[ScoreRun] = []
    for stay in stays:
        query = select(ScoreRun).where(ScoreRun.city == stay.city, ScoreRun.number >= stay.first)
        for bound in (stay.last, None if before is None else before - 1):
            query = query if bound is None else query.where(ScoreRun.number <= bound)
        found += session.scalars(query.order_by(ScoreRun.number.desc()).limit(limit))
    return sorted(found, key=lambda run: run.number, reverse=True)[:limit]

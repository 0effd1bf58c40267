"""The books of partners: lines that wait for their day's statement, and the statements, which never change.

Neither names a person: an order's ids and amounts are the partner's own books, and stay when a citizen leaves, whose
order, with whom it was, is deleted. A line is gone once its statement has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, Text, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from app.domain.calendar import day_of
from app.domain.ledger import Line
from app.store.base import Base, Id, Json, Moment


class StatementLine(Base):
    """What one step of an order moved, on the day (Asia/Shanghai, our clock) on which it did."""

    __tablename__ = "statement_lines"
    __table_args__ = (Index("ix_statement_lines_day", "day", "partner_id", "livemode"),)
    partner_id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    type: Mapped[Id] = mapped_column(primary_key=True)
    livemode: Mapped[bool] = mapped_column(Boolean)
    day: Mapped[date] = mapped_column(Date)
    at: Mapped[Moment]
    external_order_no: Mapped[Id]
    scenario: Mapped[Id]
    amount: Mapped[int] = mapped_column(BigInteger)


class PartnerStatement(Base):
    """A partner's statement of one day in one mode; `sha256` (hex) is over the bytes of `csv` in UTF-8."""

    __tablename__ = "partner_statements"
    partner_id: Mapped[Id] = mapped_column(primary_key=True)
    livemode: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    lines: Mapped[int] = mapped_column(Integer)
    totals: Mapped[Json]
    csv: Mapped[str] = mapped_column(Text)
    sha256: Mapped[Id]
    made_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class Books:
    """Whose statements: a partner in one of its modes."""

    partner_id: str
    livemode: bool


def note(session: Session, books: Books, lines: Sequence[Line], now: datetime) -> None:
    """Write what a step moved, into the day of `now`, our clock."""
    rows = [
        {name: getattr(line, name) for name in Line.__slots__}
        | {"partner_id": books.partner_id, "livemode": books.livemode, "day": day_of(now)}
        for line in lines
    ]
    if rows:
        session.execute(insert(StatementLine), rows)


def due(session: Session, last: date, limit: int) -> Sequence[tuple[Books, date]]:
    """Whose statement of which day is to be made, the oldest first, up to the closed day `last`.

    What was committed after its day's statement was made goes into that of the next day that is closed.
    """
    theirs, made = StatementLine, aliased(PartnerStatement)
    same = (made.partner_id == theirs.partner_id, made.livemode == theirs.livemode)
    waiting = (
        select(theirs.partner_id, theirs.livemode, func.min(theirs.day))
        .where(theirs.day <= last, ~exists().where(*same, made.day == last))
        .group_by(theirs.partner_id, theirs.livemode)
        .order_by(func.min(theirs.day), theirs.partner_id)
        .limit(limit)
    )
    found = [(Books(partner_id, livemode), day) for partner_id, livemode, day in session.execute(waiting)]
    return [(books, _next(session, books, day, last)) for books, day in found]


def _next(session: Session, books: Books, first: date, last: date) -> date:
    """The first day with lines that has no statement yet, so that days a worker missed keep to themselves."""
    made = between(session, books, first, last)
    return min((day for day in waiting(session, books) if day <= last and day not in made), default=last)


def take(session: Session, books: Books, day: date) -> list[Line]:
    """Take away the lines up to and of this day, in their order."""
    mine = (StatementLine.partner_id == books.partner_id, StatementLine.livemode == books.livemode)
    columns = [getattr(StatementLine, name) for name in Line.__slots__]
    rows = session.execute(delete(StatementLine).where(*mine, StatementLine.day <= day).returning(*columns))
    return sorted((Line(*row) for row in rows), key=lambda line: (line.at, line.order_id, line.sequence, line.type))


def add(session: Session, books: Books, day: date, made: Mapping[str, object]) -> None:
    """Keep a statement; `made` are its other columns."""
    session.add(PartnerStatement(partner_id=books.partner_id, livemode=books.livemode, day=day, **made))
    session.flush()


def get(session: Session, books: Books, day: date) -> PartnerStatement | None:
    """The statement of this day, or None where nothing moved or it is not made yet."""
    return session.get(PartnerStatement, (books.partner_id, books.livemode, day))


def between(session: Session, books: Books, first: date, last: date) -> Mapping[date, PartnerStatement]:
    """The statements of these days, both included, by day."""
    wanted = (
        PartnerStatement.partner_id == books.partner_id,
        PartnerStatement.livemode == books.livemode,
        PartnerStatement.day.between(first, last),
    )
    return {row.day: row for row in session.scalars(select(PartnerStatement).where(*wanted))}


def waiting(session: Session, books: Books) -> set[date]:
    """The days of lines that are in no statement yet."""
    mine = (StatementLine.partner_id == books.partner_id, StatementLine.livemode == books.livemode)
    return set(session.scalars(select(StatementLine.day).where(*mine).distinct()))


def delete_before(session: Session, day: date, limit: int) -> int:
    """Delete up to `limit` statements of days before `day`; how many."""
    keys = (PartnerStatement.partner_id, PartnerStatement.livemode, PartnerStatement.day)
    old = select(*keys).where(PartnerStatement.day < day).limit(limit)
    rows = session.execute(old).all()
    for partner_id, livemode, at in rows:
        mine = (PartnerStatement.partner_id == partner_id, PartnerStatement.livemode == livemode)
        session.execute(delete(PartnerStatement).where(*mine, PartnerStatement.day == at))
    return len(rows)

"""The sandbox of a partner: its clock, and its test citizens, who are nobody.

A test citizen is told from a person by a row here. It reaches the partner that made it and no other, is of no city
whose members are counted, scored or simulated, and is gone after TERM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Index, String, and_, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from app.store.base import Base, Id, Moment
from app.store.citizens import Citizen

PREFIX = "tcz"
"""What the citizen ids of test citizens begin with."""
CITY = "sandbox"
"""The home of every test citizen: no pack's city, so that no count, run or simulation of a city finds one."""
TERM = timedelta(days=7)
"""How long a test citizen stays."""


class SandboxClock(Base):
    """How far a partner has put the clock of its sandbox ahead, in seconds."""

    __tablename__ = "sandbox_clocks"
    partner_id: Mapped[Id] = mapped_column(primary_key=True)
    offset_seconds: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[Moment]


class SandboxCitizen(Base):
    """A test citizen of one partner. `outcome`, credit or standard, is what `scenario` answers about it."""

    __tablename__ = "sandbox_citizens"
    __table_args__ = (Index("ix_sandbox_citizens_partner", "partner_id", "id"), {"info": {"on_leave": "delete"}})
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(unique=True)
    partner_id: Mapped[Id]
    citizen_ref: Mapped[Id]
    scenario: Mapped[Id]
    outcome: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[Moment]
    removed_at: Mapped[Moment] = mapped_column(index=True)


def offset(session: Session, partner_id: str) -> timedelta:
    """How far the partner's sandbox is ahead of our clock."""
    query = select(SandboxClock.offset_seconds).where(SandboxClock.partner_id == partner_id)
    return timedelta(seconds=session.scalar(query) or 0)


def ahead(session: Session, citizen_id: str) -> timedelta:
    """How far a citizen's clock is ahead of ours: not at all for anyone but a test citizen."""
    if not is_test(citizen_id):
        return timedelta(0)
    owner = select(SandboxCitizen.partner_id).where(SandboxCitizen.citizen_id == citizen_id).scalar_subquery()
    query = select(SandboxClock.offset_seconds).where(SandboxClock.partner_id == owner)
    return timedelta(seconds=session.scalar(query) or 0)


def hold(session: Session, partner_id: str) -> bool:
    """Let one at a time add to the partner's sandbox, until this transaction ends; False while all of it is moved."""
    still = func.pg_try_advisory_xact_lock_shared(func.hashtextextended(f"sandbox-moved:{partner_id}", 0))
    if not session.scalar(select(still)):
        return False
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sandbox:{partner_id}", 0))))
    return True


def hold_whole(session: Session, partner_id: str) -> bool:
    """Have the partner's sandbox alone until this transaction ends; False, at once, where somebody is at it.

    What moves it whole takes seconds: whoever waited would keep a connection that live partners need.
    """
    alone = func.pg_try_advisory_xact_lock(func.hashtextextended(f"sandbox-moved:{partner_id}", 0))
    return bool(session.scalar(select(alone)))


def put_ahead(session: Session, partner_id: str, seconds: int, now: datetime) -> None:
    """Set how far the partner's sandbox is ahead."""
    values = {"offset_seconds": seconds, "updated_at": now}
    row = insert(SandboxClock).values(partner_id=partner_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=[SandboxClock.partner_id], set_=values))


def add(session: Session, row: SandboxCitizen) -> None:
    """Keep a new test citizen."""
    session.add(row)
    session.flush()


def count(session: Session, partner_id: str) -> int:
    """How many test citizens the partner has."""
    return session.scalar(select(func.count()).where(SandboxCitizen.partner_id == partner_id)) or 0


def find(session: Session, partner_id: str, test_id: str) -> SandboxCitizen | None:
    """The partner's test citizen of this id, or None."""
    return session.scalar(
        select(SandboxCitizen).where(SandboxCitizen.id == test_id, SandboxCitizen.partner_id == partner_id)
    )


def listed(session: Session, partner_id: str, *, before: str | None, limit: int) -> Sequence[SandboxCitizen]:
    """The partner's test citizens, newest first, older than the id `before`."""
    query = select(SandboxCitizen).where(SandboxCitizen.partner_id == partner_id)
    query = query.where(SandboxCitizen.id < before) if before else query
    return session.scalars(query.order_by(SandboxCitizen.id.desc()).limit(limit)).all()


def of_partner(session: Session, partner_id: str) -> Mapping[str, SandboxCitizen]:
    """All the partner's test citizens, by citizen id."""
    rows = session.scalars(select(SandboxCitizen).where(SandboxCitizen.partner_id == partner_id))
    return {row.citizen_id: row for row in rows}


def over(session: Session, now: datetime, limit: int) -> Sequence[SandboxCitizen]:
    """Up to `limit` test citizens whose time is over and whom nobody else holds."""
    query = select(SandboxCitizen).where(SandboxCitizen.removed_at <= now).order_by(SandboxCitizen.removed_at)
    return session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()


def reaches(session: Session, citizen_id: str, partner_id: str, *, livemode: bool) -> bool:
    """As `within_reach`, for one citizen."""
    mine = select(Citizen.citizen_id).where(Citizen.citizen_id == citizen_id)
    return session.scalar(mine.where(within_reach(Citizen.citizen_id, partner_id, livemode))) is not None


def is_test(citizen_id: str) -> bool:
    """Whether this is a test citizen's id."""
    return citizen_id.startswith(PREFIX + "_")


def is_person(citizen_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether the citizen of this column is no test citizen: what is counted, counts people."""
    return ~citizen_id.startswith(PREFIX + "_", autoescape=True)


def within_reach(citizen_id: InstrumentedAttribute[str], partner_id: str, livemode: bool) -> ColumnElement[bool]:
    """Whether this partner may reach that citizen at all: one of its own mode, and no other partner's test citizen."""
    test, citizen = aliased(SandboxCitizen), aliased(Citizen)
    anothers = exists().where(test.citizen_id == citizen_id, test.partner_id != partner_id)
    same_mode = exists().where(citizen.citizen_id == citizen_id, citizen.livemode.is_(livemode))
    return same_mode if livemode else and_(same_mode, ~anothers)

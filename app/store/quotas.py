"""A day's quota of a limited offer: one row for each place, which one order may hold.

Takers pass over places that others have in hand, so nobody waits while there are enough; at the last places they wait
for whoever has one in hand, as that one may yet fail. So a quota is never oversold, and nobody is sent away while a
place may still come free. A killed taker lets go of its place with its connection.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, Index, Integer, String, delete, exists, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id

_PLAIN = {"synchronize_session": False}


class QuotaPlace(Base):
    """One place of an offer's quota of one day, and the order that holds it. Rooms keep sandboxes from the public."""

    __tablename__ = "offer_quotas"
    __table_args__ = (
        Index("ix_offer_quotas_free", "scenario", "room", "day", "place", postgresql_where=text("order_id is null")),
        Index("uq_offer_quotas_order", "order_id", unique=True),
    )
    scenario: Mapped[Id] = mapped_column(primary_key=True)
    room: Mapped[Id] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Quota:
    """The quota of `scenario` on `day`: `most` places, in the public's room or a sandbox's."""

    scenario: str
    room: str
    day: date
    most: int


def take(session: Session, quota: Quota, order_id: str) -> bool:
    """Give the order a place, until this transaction's end or for good; False where none can come free any more."""
    if _take_one(session, quota, order_id, waiting=False):
        return True
    _open(session, quota)
    while session.scalar(select(exists().where(*_free(quota)))):
        if _take_one(session, quota, order_id, waiting=False) or _take_one(session, quota, order_id, waiting=True):
            return True
    return False


def _take_one(session: Session, quota: Quota, order_id: str, *, waiting: bool) -> bool:
    free = select(QuotaPlace.place).where(*_free(quota)).order_by(QuotaPlace.place).limit(1)
    place = session.scalar(free.with_for_update(skip_locked=not waiting))
    if place is not None:
        mine = update(QuotaPlace).where(*_of(quota), QuotaPlace.place == place)
        session.execute(mine.values(order_id=order_id), execution_options=_PLAIN)
    return place is not None


def _open(session: Session, quota: Quota) -> None:
    """Make the places that are not there yet: all on the day's first call, more where the quota was raised."""
    known = session.scalar(select(func.count()).where(*_of(quota))) or 0
    if known < quota.most:
        places = func.generate_series(1, quota.most).column_valued("place")
        named = (literal(quota.scenario), literal(quota.room), literal(quota.day, Date))
        rows = insert(QuotaPlace).from_select(["scenario", "room", "day", "place"], select(*named, places))
        session.execute(rows.on_conflict_do_nothing())


def give_back(session: Session, order_id: str) -> None:
    """Let the order's place, if it has one, be another's; twice is once."""
    mine = update(QuotaPlace).where(QuotaPlace.order_id == order_id)
    session.execute(mine.values(order_id=None), execution_options=_PLAIN)


def taken(session: Session, room: str, day: date, scenarios: Collection[str]) -> Mapping[str, int]:
    """How many places of each scenario are held on a day."""
    held = QuotaPlace.room == room, QuotaPlace.day == day, QuotaPlace.order_id.is_not(None)
    query = select(QuotaPlace.scenario, func.count()).where(QuotaPlace.scenario.in_(scenarios), *held)
    return {row[0]: row[1] for row in session.execute(query.group_by(QuotaPlace.scenario))}


def prune(session: Session, day: date) -> None:
    """Forget the days before `day`."""
    session.execute(delete(QuotaPlace).where(QuotaPlace.day < day), execution_options=_PLAIN)


def _of(quota: Quota) -> tuple[ColumnElement[bool], ...]:
    return QuotaPlace.scenario == quota.scenario, QuotaPlace.room == quota.room, QuotaPlace.day == quota.day


def _free(quota: Quota) -> tuple[ColumnElement[bool], ...]:
    return (*_of(quota), QuotaPlace.place <= quota.most, QuotaPlace.order_id.is_(None))

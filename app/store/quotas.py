"""A day's quota of a limited offer: one row for each place, which one order may hold.

Takers pass over places that others have in hand, so nobody waits while there are enough; at the last places they wait
for whoever has one in hand, as that one may yet fail. So a quota is never oversold, and nobody is sent away while a
place may still come free. A killed taker lets go of its place with its connection.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Index, Integer, String, delete, func, select, text, update
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


_TAKE = """
    update offer_quotas set order_id = :order_id
    where scenario = :scenario and room = :room and day = :day and place = (
        select place from offer_quotas
        where scenario = :scenario and room = :room and day = :day and place <= :most and order_id is null
        order by place limit 1 for update skip locked
    ) returning place
"""
_TAKE_FREE, _TAKE_WAITING = text(_TAKE), text(_TAKE.replace("skip locked", ""))
"""The first free place: of those that nobody has in hand, or, waiting, whichever comes free."""
_STATE = text("""
    select count(*), count(*) filter (where order_id is null and place <= :most)
    from offer_quotas where scenario = :scenario and room = :room and day = :day
""")
_OPEN = text("""
    insert into offer_quotas (scenario, room, day, place)
    select :scenario, :room, :day, place from generate_series(1, :most) as place
    on conflict do nothing
""")


def take(session: Session, quota: Quota, order_id: str) -> bool:
    """Give the order a place, until this transaction's end or for good; False where none can come free any more.

    The day's first taker makes its places; more are made where the quota was raised.
    """
    said = {"scenario": quota.scenario, "room": quota.room, "day": quota.day, "most": quota.most}
    mine = said | {"order_id": order_id}
    while session.scalar(_TAKE_FREE, mine) is None:
        known, free = session.execute(_STATE, said).one()
        if known < quota.most:
            session.execute(_OPEN, said)
        elif not free:
            return False
        elif session.scalar(_TAKE_WAITING, mine) is not None:
            break
    return True


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

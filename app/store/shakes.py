"""Running sessions of handing out by shake: where, for thirty seconds, and never longer.

The table is unlogged: a place is in no write-ahead log, so in no archive, replica or base backup; what a crash takes
along is half a minute old. The act that ends a session empties its place, names and wishes, or else the worker does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from math import cos, floor, radians

from sqlalchemy import (
    ARRAY,
    Boolean,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.coordinates import Point
from app.store.arrays import WHOLE, unnested
from app.store.base import Base, Id, Json, Moment, sealed

KEPT = timedelta(minutes=2)
"""How long a session that is over still says what came of it, so that a lost answer can be read again."""
_METRES_A_DEGREE = 111_195.0
_TILES_A_DEGREE = 100
"""Numbers are given out by one at a time within a tile of a hundredth of a degree and the eight around it."""
EMPTY = ("latitude", "longitude", "number", "sealed_nickname", "ticks", "asks")
"""What is gone when a session is over."""


class Shake(Base):
    """A person's one session: where it is (the middle of its square), what it gives or from whom it would take.

    `asks`: the giver's session from which a receiver agreed to take. `given`: the receivers' sessions that a giver gave
    to. `card_id`: the card that a receiver got. Nothing here outlives the session but what came of it, for two minutes.
    """

    __tablename__ = "shakes"
    __table_args__ = (
        Index("ix_shakes_latitude_longitude", "latitude", "longitude"),
        {"prefixes": ["UNLOGGED"], "info": {"on_leave": "delete"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(String(16))
    livemode: Mapped[bool] = mapped_column(Boolean)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    number: Mapped[int | None] = mapped_column(Integer)
    sealed_nickname: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("shakes:{id}"))
    ticks: Mapped[Json | None]
    asks: Mapped[Id | None]
    given: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    card_id: Mapped[Id | None]
    started_at: Mapped[Moment]
    ends_at: Mapped[Moment] = mapped_column(index=True)
    ended_at: Mapped[Moment | None]

    @property
    def place(self) -> Point | None:
        """The middle of its square while it runs."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    def runs(self, now: datetime) -> bool:
        """Whether it is neither over nor stopped."""
        return self.ended_at is None and now < self.ends_at


def context(shake_id: str) -> str:
    """What the ciphertext of a session's nickname is bound to."""
    return f"shakes:{shake_id}"


def hold_place(session: Session, point: Point) -> None:
    """Let one at a time begin around `point`, until this transaction ends, so that no number is given out twice."""
    north, east = floor(point[0] * _TILES_A_DEGREE), floor(point[1] * _TILES_A_DEGREE)
    tiles = [(north + down) * 360 * _TILES_A_DEGREE + east + across for down in (-1, 0, 1) for across in (-1, 0, 1)]
    around = unnested(tile=(WHOLE, sorted(tiles)))
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("shake-place"), around.c.tile)))


def around(session: Session, point: Point, metres: float, *, livemode: bool, now: datetime) -> Sequence[Shake]:
    """The running sessions of one mode in a rectangle that holds the circle around `point`, in the order of birth."""
    high = metres / _METRES_A_DEGREE
    wide = high / max(cos(radians(point[0])), 0.01)
    there = (
        Shake.latitude.between(point[0] - high, point[0] + high),
        Shake.longitude.between(point[1] - wide, point[1] + wide),
        Shake.livemode.is_(livemode),
        Shake.ended_at.is_(None),
        Shake.ends_at > now,
    )
    return session.scalars(select(Shake).where(*there).order_by(Shake.id)).all()


def begin(session: Session, row: Shake) -> None:
    """Keep a new session in place of the person's last one."""
    session.execute(delete(Shake).where(Shake.citizen_id == row.citizen_id))
    session.add(row)
    session.flush()


def own(session: Session, citizen_id: str, shake_id: str) -> Shake | None:
    """The person's session of this id, its row held, or None."""
    query = select(Shake).where(Shake.citizen_id == citizen_id, Shake.id == shake_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def whose(session: Session, shake_id: str) -> str | None:
    """The citizen of a session, or None."""
    return session.scalar(select(Shake.citizen_id).where(Shake.id == shake_id))


def held(session: Session, shake_ids: Collection[str]) -> dict[str, Shake]:
    """These sessions by id, their rows held in one order for everyone."""
    query = select(Shake).where(Shake.id.in_(shake_ids)).order_by(Shake.citizen_id).with_for_update()
    return {row.id: row for row in session.scalars(query.execution_options(populate_existing=True))}


def asking(session: Session, shake_id: str, now: datetime) -> Sequence[Shake]:
    """The running sessions that agreed to take from this one, in the order of birth."""
    query = select(Shake).where(Shake.asks == shake_id, Shake.ended_at.is_(None), Shake.ends_at > now)
    return session.scalars(query.order_by(Shake.id)).all()


def end(session: Session, row: Shake, now: datetime) -> None:
    """End a session whose row is held: its place, names and wishes are gone; twice is once."""
    for name in EMPTY:
        setattr(row, name, None)
    row.ended_at = row.ended_at or min(now, row.ends_at)
    session.flush()


def end_over(session: Session, now: datetime) -> int:
    """End the sessions whose time is over and that nobody holds just now; how many there were."""
    over = select(Shake.citizen_id).where(Shake.ended_at.is_(None), Shake.ends_at <= now)
    free = Shake.citizen_id.in_(over.with_for_update(skip_locked=True))
    ended = update(Shake).where(free).values(**dict.fromkeys(EMPTY), ended_at=Shake.ends_at)
    return len(session.scalars(ended.returning(Shake.id).execution_options(synchronize_session=False)).all())


def forget(session: Session, now: datetime) -> None:
    """Delete the sessions that have told long enough what came of them."""
    over = select(Shake.citizen_id).where(Shake.ended_at.is_not(None), Shake.ends_at <= now - KEPT)
    free = Shake.citizen_id.in_(over.with_for_update(skip_locked=True))
    session.execute(delete(Shake).where(free).execution_options(synchronize_session=False))

"""Places of merchants that accept a benefit. Nothing here is about a person, and nobody's position is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, Double, Index, Integer, String, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.coordinates import Point
from app.store.base import Base, Id, Moment, new_id
from app.store.citizens import Citizen
from app.store.partners import Partner

EARTH_METRES = 6_371_008.8
METRES_A_DEGREE = 111_195.0


class Place(Base):
    """A partner's place, WGS-84 in degrees, and which of the partner's scenarios it accepts."""

    __tablename__ = "places"
    __table_args__ = (Index("ix_places_latitude_longitude", "latitude", "longitude"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    partner_id: Mapped[Id] = mapped_column(index=True)
    city: Mapped[Id] = mapped_column(index=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    address_zh: Mapped[str] = mapped_column(String(200))
    address_en: Mapped[str] = mapped_column(String(200))
    opening_zh: Mapped[str] = mapped_column(String(200))
    opening_en: Mapped[str] = mapped_column(String(200))
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    scenarios: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: `near` within `metres`, of `city`, accepting one of `scenarios` (None: any)."""

    near: Point | None = None
    metres: int = 0
    city: str | None = None
    scenarios: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A place with its partner, and how far it is in metres, where something near was looked for."""

    place: Place
    partner: Partner
    metres: int | None


def add(session: Session, partner_id: str, said: dict[str, Any], now: datetime) -> Place:
    """A new place of this partner."""
    place = Place(id=new_id("plc"), partner_id=partner_id, **said, created_at=now, updated_at=now)
    session.add(place)
    session.flush()
    return place


def get(session: Session, partner_id: str, place_id: str) -> Place | None:
    """This partner's place, its row held, or None."""
    query = select(Place).where(Place.id == place_id, Place.partner_id == partner_id)
    return session.scalar(query.with_for_update())


def listed(session: Session, partner_id: str, *, before: str | None, limit: int) -> Sequence[Place]:
    """The partner's places, newest first, older than the id `before`."""
    query = select(Place).where(Place.partner_id == partner_id).order_by(Place.id.desc()).limit(limit)
    return session.scalars(query.where(Place.id < before) if before else query).all()


def search(
    session: Session, citizen_id: str, wanted: Search, *, after: tuple[int, str] | None, limit: int
) -> list[Found]:
    """Places of partners that serve, of this citizen's mode: the nearest first, else by id; after (metres, id)."""
    mode = select(Citizen.livemode).where(Citizen.citizen_id == citizen_id).scalar_subquery()
    metres = _metres(wanted.near) if wanted.near else cast(0, Integer)
    query = (
        select(Place, Partner, metres)
        .join(Partner, Partner.id == Place.partner_id)
        .where(Partner.status == "active", Partner.livemode == mode, Place.scenarios.overlap(Partner.scenarios))
    )
    if wanted.near:
        query = query.where(_in_box(wanted.near, wanted.metres), metres <= wanted.metres)
    if wanted.city is not None:
        query = query.where(Place.city == wanted.city)
    if wanted.scenarios is not None:
        codes = cast(array(sorted(wanted.scenarios)), ARRAY(String))
        query = query.where(Place.scenarios.overlap(codes), Partner.scenarios.overlap(codes))
    if after:
        query = query.where(or_(metres > after[0], and_(metres == after[0], Place.id > after[1])))
    rows = session.execute(query.order_by(metres, Place.id).limit(limit))
    return [Found(place, partner, metres if wanted.near else None) for place, partner, metres in rows]


def _in_box(near: Point, metres: int) -> ColumnElement[bool]:
    """A rectangle that holds the circle: what the index finds, before any sine is taken."""
    high = metres / METRES_A_DEGREE
    wide = high / max(cos(radians(near[0])), 0.01)
    return and_(
        Place.latitude.between(near[0] - high, near[0] + high), Place.longitude.between(near[1] - wide, near[1] + wide)
    )


def _metres(near: Point) -> ColumnElement[int]:
    """The distance by the haversine formula, in whole metres."""
    half_north = func.radians(Place.latitude - near[0]) / 2
    half_east = func.radians(Place.longitude - near[1]) / 2
    shrink = cos(radians(near[0])) * func.cos(func.radians(Place.latitude))
    part = func.power(func.sin(half_north), 2) + shrink * func.power(func.sin(half_east), 2)
    return cast(func.round(2 * EARTH_METRES * func.asin(func.sqrt(func.least(1.0, part)))), Integer)

"""Handing out cards by shake (摇一摇): who meets whom, and under which nickname and number.

Rules: domain.md section 4 (d). A session lasts 30 seconds and knows its place as the middle of a square of about a
hundred metres; two sessions meet in the same square or one beside it, which is the same as within 150 metres of each
other's middles. Any phone can lie about its place, so the place only keeps lists short: what protects a card is that
its giver compares the receiver's number with the screen in the receiver's hand.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from math import asin, cos, floor, radians, sin, sqrt
from unicodedata import category, normalize

from app.domain.coordinates import Point
from app.domain.errors import Refusal

LIFETIME = timedelta(seconds=30)
RECEIVERS_MOST = 20
"""How many people one session of a giver can give to."""
REACH_METRES = 150.0
"""From middle to middle of the squares of two who meet."""
CELL_METRES = 105.0
"""The side of a square: from corner to corner 148 metres, so that it meets all eight around it and no other."""
NUMBERS = range(10, 100)
"""What one session can be called beside its nickname; no two within sight of a third have the same."""

_EARTH_METRES = 6_371_008.8
_STEP = CELL_METRES / (_EARTH_METRES * radians(1))
_LEAST_COSINE = 0.01
_KEYCAP_TEN = "\N{KEYCAP TEN}"


class Role(StrEnum):
    """What a session is for."""

    GIVE = "give"
    RECEIVE = "receive"


def coarse(point: Point) -> Point:
    """The middle of the square that holds `point` (WGS-84, degrees); of a middle, itself.

    Squares stand in rows from the equator; within one degree of latitude all are as wide in degrees.
    """
    latitude = (floor(point[0] / _STEP) + 0.5) * _STEP
    step = _STEP / max(cos(radians(floor(latitude))), _LEAST_COSINE)
    longitude = (floor(point[1] / step) + 0.5) * step
    return round(latitude, 6), round(longitude, 6)


def metres(one: Point, other: Point) -> float:
    """The distance of two points by the haversine formula."""
    half_north, half_east = radians(other[0] - one[0]) / 2, radians(other[1] - one[1]) / 2
    part = sin(half_north) ** 2 + cos(radians(one[0])) * cos(radians(other[0])) * sin(half_east) ** 2
    return 2 * _EARTH_METRES * asin(sqrt(min(1.0, part)))


def in_reach(one: Point, other: Point) -> bool:
    """Whether sessions in these squares meet."""
    return metres(one, other) <= REACH_METRES


def free_number(taken: Collection[int]) -> int | None:
    """A number that nobody within sight has, which nobody can foretell; None where all are taken."""
    free = sorted(set(NUMBERS) - set(taken))
    return secrets.choice(free) if free else None


def check_nickname(nickname: str) -> None:
    """Raise Refusal `nickname-with-number` for one with a digit in any script: it could pass for another's number."""
    written = nickname + normalize("NFKC", nickname)
    if _KEYCAP_TEN in nickname or any(category(char).startswith("N") for char in written):
        raise Refusal("nickname-with-number", field="/nickname")

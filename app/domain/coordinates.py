"""Points on the earth: WGS-84 (GPS), as which they are kept, and GCJ-02, in which Chinese maps show them.

GCJ-02 shifts a point by some hundred metres. The shift's formula is public knowledge (eviltransform and others) and not
invertible in closed form: the inverse is found by steps, to a centimetre. Outside China there is no shift.
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt

_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943
"""The Krasovsky 1940 ellipsoid: major axis in metres, first eccentricity squared."""
_STEPS = 10
DATUMS = ("wgs84", "gcj02")
Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def to_wgs84(point: Point, datum: str) -> Point:
    """The point of this datum as WGS-84, to seven digits (a centimetre)."""
    found = point
    if datum == "gcj02":
        for _ in range(_STEPS):
            shifted = to_gcj02(found)
            found = (found[0] + point[0] - shifted[0], found[1] + point[1] - shifted[1])
    return round(found[0], 7), round(found[1], 7)


def to_gcj02(point: Point) -> Point:
    """A WGS-84 point as Chinese maps show it."""
    latitude, longitude = point
    if not (0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347):
        return point
    north, east = _shift(latitude - 35.0, longitude - 105.0)
    angle = latitude / 180.0 * pi
    magic = 1 - _ECCENTRICITY * sin(angle) ** 2
    down = _AXIS * (1 - _ECCENTRICITY) / (magic * sqrt(magic)) * pi
    across = _AXIS / sqrt(magic) * cos(angle) * pi
    return latitude + north * 180.0 / down, longitude + east * 180.0 / across


def _shift(y: float, x: float) -> Point:
    root, waves = sqrt(abs(x)), (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return north, east

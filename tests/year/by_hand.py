"""The score added up a second time, from the pack and the rows alone, without the product's own calculation."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from app.domain.pack import Indicator, Pack
from app.store.records import RecordRow

UNITS = 10_000
FIVE_YEARS = 60


def score(pack: Pack, rows: Iterable[RecordRow], day: date) -> int:
    """Base and clamped sums (scoring.md, Exact semantics), in whole points."""
    counting = [row for row in rows if _counts(row, day)]
    total = pack.base * UNITS
    for dimension in pack.dimensions:
        parts = (_between(_sum(part, counting, day), part.floor, part.ceiling) for part in dimension.indicators)
        total += _between(sum(parts), dimension.floor, dimension.ceiling)
    return _between(total, pack.min, pack.max) // UNITS


def _sum(indicator: Indicator, rows: list[RecordRow], day: date) -> int:
    worth = {item.code: item.centipoints for item in indicator.items}
    return sum(worth[row.item] * _percent(indicator, row.event_on, day) for row in rows if row.item in worth)


def _percent(indicator: Indicator, event_on: date, day: date) -> int:
    return [percent for months, percent in indicator.age if _passed(event_on, months, day)][-1]


def _counts(row: RecordRow, day: date) -> bool:
    begun = max(row.effective_on, row.event_on) <= day < row.expires_on
    forgotten = row.ended_on is not None and _passed(row.ended_on, FIVE_YEARS, day)
    return row.status == "active" and begun and not forgotten


def _passed(since: date, months: int, day: date) -> bool:
    """Whether so many calendar months have passed; the 31st falls on a shorter month's last day."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return day >= date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))


def _between(units: int, low: int, high: int) -> int:
    return min(max(units, low * UNITS), high * UNITS)

"""A pack made ready for one day: the same integers as `app.domain.score`, for many members in a row.

`score.explain` is the definition; what is worked out here once a day instead of once a record is the calendar: by the
day on which a record's fact happened, how much it is worth, and when age next weakens it. Tests hold the two together.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.domain.calendar import add_months, latest_with_months
from app.domain.pack import Dimension, Indicator, Pack
from app.domain.record import LONGEST_KEPT_MONTHS, Status
from app.domain.score import POINT

_ACTIVE = str(Status.ACTIVE)

Facts = tuple[str, str, date, date, date | None, date | None, str, int]
"""A record as a tuple, in the order of the fields of `app.domain.record.Record`."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What records of one item are worth: at `dimension`, `indicator` of the pack's lists.

    Who happened up to `reached[i]`, and after the one before it, has `units[i]`; the next step of age comes after
    `steps[i - 1]` months. The oldest come first.
    """

    dimension: int
    indicator: int
    reached: list[date]
    units: list[int]
    steps: list[int]


class DayScore:
    """The scores of one day under one pack."""

    def __init__(self, pack: Pack, as_of: date) -> None:
        self.pack, self.as_of = pack, as_of
        self._five_years = latest_with_months(LONGEST_KEPT_MONTHS, as_of)
        self._rules: dict[str, _Rule] = {}
        for place, dimension in enumerate(pack.dimensions):
            for number, indicator in enumerate(dimension.indicators):
                self._rules |= _rules_of(indicator, place, number, as_of)
        self._without = [_total(dimension, {}) for dimension in pack.dimensions]

    def of(self, records: Iterable[Facts]) -> tuple[int, date | None]:
        """The points of these records, and the first day after this one on which they may be others."""
        sums: dict[int, dict[int, int]] = {}
        days: list[date] = []
        for _, item, event_on, effective_on, expires_on, ended_on, status, _ in records:
            rule = self._rules.get(item) if status == _ACTIVE else None
            if rule is None:
                continue
            step = bisect_left(rule.reached, event_on)
            if self._counts(event_on, effective_on, expires_on, ended_on) and step < len(rule.reached):
                part = sums.setdefault(rule.dimension, {})
                part[rule.indicator] = part.get(rule.indicator, 0) + rule.units[step]
            if step:
                days.append(add_months(event_on, rule.steps[step - 1]))
            self._note(days, event_on, effective_on, expires_on, ended_on)
        return self._points(sums), min(days, default=None)

    def _counts(self, event_on: date, effective_on: date, expires_on: date | None, ended_on: date | None) -> bool:
        """As `Record.silent_because` says of an active one."""
        begun = event_on <= self.as_of >= effective_on
        return begun and (expires_on is None or expires_on > self.as_of) and (
            ended_on is None or ended_on > self._five_years
        )  # fmt: skip

    def _note(
        self, days: list[date], event_on: date, effective_on: date, expires_on: date | None, ended_on: date | None
    ) -> None:
        """The days that a record names itself, those that are still to come."""
        if effective_on > self.as_of or event_on > self.as_of:
            days.append(max(effective_on, event_on))
        if expires_on is not None and expires_on > self.as_of:
            days.append(expires_on)
        if ended_on is not None and ended_on > self._five_years:
            days.append(add_months(ended_on, LONGEST_KEPT_MONTHS))

    def _points(self, sums: dict[int, dict[int, int]]) -> int:
        raw = self.pack.base * POINT
        for place, dimension in enumerate(self.pack.dimensions):
            raw += _total(dimension, sums[place]) if place in sums else self._without[place]
        return _clamp(raw, self.pack.min, self.pack.max) // POINT


def _rules_of(indicator: Indicator, dimension: int, number: int, as_of: date) -> dict[str, _Rule]:
    steps = [(months, percent) for months, percent in reversed(indicator.age) if months <= (as_of.year - 1) * 12]
    reached, months = [latest_with_months(months, as_of) for months, _ in steps], [months for months, _ in steps]
    return {
        item.code: _Rule(dimension, number, reached, [item.centipoints * percent for _, percent in steps], months)
        for item in indicator.items
    }


def _total(dimension: Dimension, sums: dict[int, int]) -> int:
    parts = (
        _clamp(sums.get(number, 0), indicator.floor, indicator.ceiling)
        for number, indicator in enumerate(dimension.indicators)
    )
    return _clamp(sum(parts), dimension.floor, dimension.ceiling)


def _clamp(units: int, low: int, high: int) -> int:
    return min(max(units, low * POINT), high * POINT)

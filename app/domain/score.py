"""The score and its explanation, which are one calculation (scoring.md, Exact semantics).

All amounts named `…_units` are integers in 1/10,000 point; `score` is in whole points. Nothing is divided but once, by
the floor at the end, and every cut is shown, so that base, contributions and cuts add up to the score exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from app.domain.calendar import add_months, months_between
from app.domain.pack import Dimension, Grade, Indicator, Item, Pack
from app.domain.record import LONGEST_KEPT_MONTHS, Record, Status

POINT = 10_000
"""Units in a point: centipoints times percent."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one record adds: its item's worth before age, the percent that its age leaves, and the product."""

    record_id: str
    item: str
    event_on: date
    months: int
    percent: int
    before_age_units: int
    units: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that counts for nothing, and why (`Record.silent_because`, or `not-in-pack`)."""

    record_id: str
    item: str
    event_on: date
    because: str


@dataclass(frozen=True, slots=True)
class IndicatorPart:
    """An indicator's sum before and after its floor and ceiling."""

    code: str
    contributions: tuple[Contribution, ...]
    sum_units: int
    total_units: int

    @property
    def cut_units(self) -> int:
        """What the ceiling took off (positive) or the floor gave back (negative)."""
        return self.sum_units - self.total_units


@dataclass(frozen=True, slots=True)
class DimensionPart:
    """A dimension's sum before and after its floor and ceiling."""

    code: str
    indicators: tuple[IndicatorPart, ...]
    sum_units: int
    total_units: int

    @property
    def cut_units(self) -> int:
        """What the ceiling took off (positive) or the floor gave back (negative)."""
        return self.sum_units - self.total_units


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score as of a day with all that makes it.

    `base_units + Σ dimension.total_units == raw_units`, and
    `raw_units - range_cut_units - floor_cut_units == score * POINT`.
    """

    pack: str
    pack_version: int
    illustrative: bool
    as_of: date
    base_units: int
    dimensions: tuple[DimensionPart, ...]
    left_out: tuple[LeftOut, ...]
    raw_units: int
    range_cut_units: int
    floor_cut_units: int
    score: int
    grade: Grade


def explain(pack: Pack, records: Iterable[Record], as_of: date) -> Explanation:
    """The score of `records` under `pack` as of a day, explained. The order of the records does not matter."""
    counted, left_out = _sorted_out(pack, records, as_of)
    dimensions = tuple(_dimension(dimension, counted, as_of) for dimension in pack.dimensions)
    raw = pack.base * POINT + sum(dimension.total_units for dimension in dimensions)
    within = _clamp(raw, pack.min, pack.max)
    score, fraction = divmod(within, POINT)
    return Explanation(
        pack=pack.code,
        pack_version=pack.version,
        illustrative=pack.illustrative,
        as_of=as_of,
        base_units=pack.base * POINT,
        dimensions=dimensions,
        left_out=left_out,
        raw_units=raw,
        range_cut_units=raw - within,
        floor_cut_units=fraction,
        score=score,
        grade=pack.grade(score),
    )


def changes_on(pack: Pack, records: Iterable[Record], as_of: date) -> date | None:
    """The first day after `as_of` on which the same records may make another score, or None."""
    parts = [part for dimension in pack.dimensions for part in dimension.indicators]
    ages = {item.code: part.age for part in parts for item in part.items}
    active = [record for record in records if record.status is Status.ACTIVE and record.item in ages]
    days = (day for record in active for day in _days_of_change(record, ages[record.item], as_of))
    return min((day for day in days if day > as_of), default=None)


def next_steps(pack: Pack, records: Iterable[Record], as_of: date) -> dict[str, tuple[date, int]]:
    """By record id, for those that count: the day on which age or expiry next weakens it, and the percent left then."""
    parts = [part for dimension in pack.dimensions for part in dimension.indicators]
    ages = {item.code: part.age for part in parts for item in part.items}
    counting = [record for record in records if record.item in ages and record.counts_on(as_of)]
    steps = {record.id: _next_step(record, ages[record.item], as_of) for record in counting}
    return {record_id: step for record_id, step in steps.items() if step is not None}


def _next_step(record: Record, age: Sequence[tuple[int, int]], as_of: date) -> tuple[date, int] | None:
    months = months_between(record.event_on, as_of)
    step = next(((add_months(record.event_on, start), percent) for start, percent in age if start > months), None)
    end = (record.expires_on, 0) if record.expires_on else None
    return min((each for each in (step, end) if each is not None), default=None)


def _days_of_change(record: Record, age: Sequence[tuple[int, int]], as_of: date) -> Iterator[date]:
    yield max(record.effective_on, record.event_on)
    if record.expires_on is not None:
        yield record.expires_on
    if record.ended_on is not None:
        yield add_months(record.ended_on, LONGEST_KEPT_MONTHS)
    months = months_between(record.event_on, as_of)
    step = next((from_months for from_months, _ in age if from_months > months), None)
    if step is not None:
        yield add_months(record.event_on, step)


def digest(records: Iterable[Record]) -> str:
    """SHA-256, in hex, of the record versions that a calculation read, in any order."""
    return digest_of((record.id, record.version) for record in records)


def digest_of(versions: Iterable[tuple[str, int]]) -> str:
    """The digest of records by their ids and versions."""
    lines = sorted(f"{record_id}:{version}\n" for record_id, version in versions)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


_Counted = dict[str, list[Record]]


def _sorted_out(pack: Pack, records: Iterable[Record], as_of: date) -> tuple[_Counted, tuple[LeftOut, ...]]:
    counted: _Counted = {item.code: [] for item in pack.items()}
    left_out = []
    for record in sorted(records, key=lambda record: (record.event_on, record.id), reverse=True):
        because = record.silent_because(as_of) or (None if record.item in counted else "not-in-pack")
        if because is None:
            counted[record.item].append(record)
        else:
            left_out.append(LeftOut(record.id, record.item, record.event_on, because))
    return counted, tuple(left_out)


def _dimension(dimension: Dimension, counted: _Counted, as_of: date) -> DimensionPart:
    indicators = tuple(_indicator(indicator, counted, as_of) for indicator in dimension.indicators)
    total = sum(indicator.total_units for indicator in indicators)
    return DimensionPart(dimension.code, indicators, total, _clamp(total, dimension.floor, dimension.ceiling))


def _indicator(indicator: Indicator, counted: _Counted, as_of: date) -> IndicatorPart:
    contributions = tuple(
        _contribution(indicator, item, record, as_of) for item in indicator.items for record in counted[item.code]
    )
    total = sum(contribution.units for contribution in contributions)
    return IndicatorPart(indicator.code, contributions, total, _clamp(total, indicator.floor, indicator.ceiling))


def _contribution(indicator: Indicator, item: Item, record: Record, as_of: date) -> Contribution:
    months = months_between(record.event_on, as_of)
    percent = indicator.percent(months)
    return Contribution(
        record_id=record.id,
        item=item.code,
        event_on=record.event_on,
        months=months,
        percent=percent,
        before_age_units=item.centipoints * 100,
        units=item.centipoints * percent,
    )


def _clamp(units: int, low: int, high: int) -> int:
    return min(max(units, low * POINT), high * POINT)


def what_if(
    records: Iterable[Record],
    *,
    add: Iterable[Record] = (),
    remove: Iterable[str] = (),
    settle: Mapping[str, Status] = MappingProxyType({}),
) -> list[Record]:
    """`records` with hypothetical ones added, some taken away and some in another status, by id: a simulation's."""
    gone = frozenset(remove)
    left = (record for record in records if record.id not in gone)
    return [replace(record, status=settle.get(record.id, record.status)) for record in left] + list(add)

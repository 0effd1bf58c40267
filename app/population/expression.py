"""A pack compiled by Ibis to one expression for a population, giving the integers of `score.explain` on any engine.

No engine does calendar arithmetic or multiplies: ages are cut-off days worked out here, and what a record is worth is a
constant for each item and age. Nothing is divided but once, by the floor at the end, where nothing is negative
(engines truncate where Python floors).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import add

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import BooleanValue, IntegerValue, Table

from app.domain.calendar import latest_with_months
from app.domain.pack import Dimension, Indicator, Pack
from app.domain.record import LONGEST_KEPT_MONTHS, Status
from app.domain.score import POINT

RECORDS = ibis.schema(
    {
        "citizen": "int64",
        "item": "string",
        "event_on": "date",
        "effective_on": "date",
        "expires_on": "date",
        "ended_on": "date",
        "status": "string",
    }
)
"""The columns that the expression reads of a record; `expires_on` and `ended_on` may be null."""

TRUE_INT64 = dt.Int64(nullable=False)
"""Ibis believes that a sum of int64 is int64 and drops the cast; DuckDB makes it 128 bits, PostgreSQL numeric."""

CITIZENS = ibis.schema({"citizen": "int64"})


def compile_scores(pack: Pack, as_of: date, records: Table, citizens: Table) -> Table:
    """The score of each of `citizens` under `pack` as of a day: columns `citizen`, `score` (points) and `units` (raw).

    `records` has the columns of `RECORDS`, whatever the type of `citizen`; records of others than `citizens` are not
    looked at. A citizen without records has the base score.
    """
    indicators = [indicator for dimension in pack.dimensions for indicator in dimension.indicators if indicator.items]
    counted = records.filter(_counts_on(records, as_of))
    worths = {indicator.code: _worth(indicator, counted, as_of) for indicator in indicators}
    sums = counted.group_by("citizen").aggregate(
        **{f"sum_{code}": worth.sum().cast(TRUE_INT64) for code, worth in worths.items()}
    )
    everyone = citizens.left_join(sums, "citizen")
    units = reduce(add, (_total(dimension, everyone) for dimension in pack.dimensions), _whole(pack.base * POINT))
    scored = everyone.select(citizen=citizens.citizen, units=units.cast("int64"))
    return scored.mutate(score=(_clamp(scored.units, pack.min, pack.max) // POINT).cast("int64"))


def _counts_on(records: Table, day: date) -> BooleanValue:
    """As `Record.silent_because` says of each record, in columns."""
    five_years = latest_with_months(LONGEST_KEPT_MONTHS, day)
    return (
        (records.status == str(Status.ACTIVE))
        & (records.effective_on <= day)
        & (records.event_on <= day)
        & (records.expires_on.isnull() | (records.expires_on > day))
        & (records.ended_on.isnull() | (records.ended_on > five_years))
    )


def _worth(indicator: Indicator, records: Table, as_of: date) -> IntegerValue:
    """What one record adds to `indicator`'s sum, in units; of items that are not its own, 0."""
    aged = {item.code: _aged(item.centipoints, indicator, records, as_of) for item in indicator.items}
    return ibis.cases(*((records.item == code, units) for code, units in aged.items()), else_=_whole(0))


def _aged(centipoints: int, indicator: Indicator, records: Table, as_of: date) -> IntegerValue:
    """The worth of a record by its age: the oldest step that it has reached (none is older than our calendar)."""
    steps = [(months, percent) for months, percent in reversed(indicator.age) if months <= (as_of.year - 1) * 12]
    worths = ((latest_with_months(months, as_of), centipoints * percent) for months, percent in steps)
    return ibis.cases(*((records.event_on <= day, _whole(units)) for day, units in worths), else_=_whole(0))


def _total(dimension: Dimension, sums: Table) -> IntegerValue:
    indicators = (_clamp(part, floor, ceiling) for part, floor, ceiling in _parts(dimension, sums))
    return _clamp(reduce(add, indicators, _whole(0)), dimension.floor, dimension.ceiling)


def _parts(dimension: Dimension, sums: Table) -> Iterator[tuple[IntegerValue, int, int]]:
    for indicator in dimension.indicators:
        found = ibis.coalesce(sums[f"sum_{indicator.code}"], _whole(0)) if indicator.items else _whole(0)
        yield found, indicator.floor, indicator.ceiling


def _clamp(units: IntegerValue, low: int, high: int) -> IntegerValue:
    return ibis.least(ibis.greatest(units, _whole(low * POINT)), _whole(high * POINT))


def _whole(value: int) -> IntegerValue:
    return ibis.literal(value, "int64")

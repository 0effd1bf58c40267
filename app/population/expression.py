"""A pack compiled by Ibis to one expression for a population, giving the integers of `score.explain` on any engine.

One group-by with one sum an indicator; nothing is divided but once, by the floor at the end, where nothing is negative
(engines truncate where Python floors).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import BooleanValue, IntegerValue, Table

from app.domain.calendar import latest_with_months
from app.domain.pack import Pack
from app.domain.record import LONGEST_KEPT_MONTHS, Status
from app.domain.score import POINT
from app.population.worths import Worth, raw_units, worths_of

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
"""The columns that are read of a record; `expires_on` and `ended_on` may be null, `citizen` may be of any type."""

CITIZENS = ibis.schema({"citizen": "int64"})


TRUE_INT64 = dt.Int64(nullable=False)
"""Ibis believes that a sum is int64 and would drop the cast; DuckDB makes it 128 bits, PostgreSQL numeric."""


def compile_scores(pack: Pack, as_of: date, records: Table, citizens: Table) -> Table:
    """The score of each of `citizens` under `pack` as of a day: columns `citizen`, `units` (raw) and `score` (points).

    `records` has the columns of `RECORDS`, `citizens` of `CITIZENS`. A citizen without records has the base score.
    """
    return compile_counted(pack, as_of, counted(records, as_of), citizens)


def counted(records: Table, day: date) -> Table:
    """Those of `records` that count on `day`, as `Record.silent_because` says of each."""
    return records.filter(_counts_on(records, day))


def compile_counted(pack: Pack, as_of: date, records: Table, citizens: Table) -> Table:
    """As `compile_scores`, of records that all count: `citizen`, `item` (its code or place in the pack), `event_on`."""
    worths = worths_of(pack, as_of)
    places = range(len(worths)) if records.item.type().is_integer() else [worth.item for worth in worths]
    indicators = dict.fromkeys(worth.indicator for worth in worths)
    sums = {f"sum_{code}": _sum(records, worths, places, code) for code in indicators}
    found = records.group_by("citizen").aggregate(**sums)
    units = raw_units(pack, {code: found[f"sum_{code}"] for code in indicators}, _clamp)
    scored = found.select("citizen", units=units).join(citizens, "citizen", how="right")
    every = scored.select(citizen=citizens.citizen, units=ibis.coalesce(scored.units, pack.base * POINT).cast("int64"))
    return every.mutate(score=(_clamp(every.units, pack.min * POINT, pack.max * POINT) // POINT).cast("int64"))


def _counts_on(records: Table, day: date) -> BooleanValue:
    five_years = latest_with_months(LONGEST_KEPT_MONTHS, day)
    return (
        (records.status == str(Status.ACTIVE))
        & (records.effective_on <= day)
        & (records.event_on <= day)
        & (records.expires_on > day).fill_null(True)  # "is null or" costs DuckDB twice as much
        & (records.ended_on > five_years).fill_null(True)
    )


def _sum(records: Table, worths: Sequence[Worth], places: Sequence[int | str], indicator: str) -> IntegerValue:
    own = [(place, worth) for place, worth in zip(places, worths, strict=True) if worth.indicator == indicator]
    cases = ((records.item == place, _aged(records, worth)) for place, worth in own)
    return ibis.cases(*cases, else_=_whole(0)).sum().cast(TRUE_INT64)


def _aged(records: Table, worth: Worth) -> IntegerValue:
    return ibis.cases(*((records.event_on <= day, _whole(units)) for day, units in worth.steps), else_=_whole(0))


def _clamp(units: IntegerValue, low: int, high: int) -> IntegerValue:
    return ibis.least(ibis.greatest(units, _whole(low)), _whole(high))


def _whole(value: int) -> IntegerValue:
    return ibis.literal(value, "int64")

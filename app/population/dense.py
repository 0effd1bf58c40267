"""Scores of many people by arrays instead of groups (NumPy), from the same compiled pack as the expression.

Citizens are numbered without gaps, so an indicator's sums are an array with a place for each of them: adding a record
is one look-up of its worth and one addition, in 64-bit integers throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.domain.pack import Pack
from app.domain.score import POINT
from app.population.worths import raw_units, worths_of

Whole = NDArray[np.int64]
Points = NDArray[np.int32]
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Table:
    """A pack as of a day as arrays.

    `worths[place, day - first]` is the worth, in units, of a record of the item at that place in the pack; the first
    column is for earlier days as well, the last, always 0, for days after the as-of day. Days count from 1970.
    `indicators[place]` is the number of that item's indicator, its place in `codes`.
    """

    pack: Pack
    codes: tuple[str, ...]
    indicators: Whole
    worths: Whole
    first: int


def compile_table(pack: Pack, as_of: date) -> Table:
    """`pack` as of a day."""
    worths = worths_of(pack, as_of)
    codes = tuple(dict.fromkeys(worth.indicator for worth in worths))
    first = min((_number(day) for worth in worths for day, _ in worth.steps), default=_number(as_of))
    table = np.zeros((len(worths), _number(as_of) + 2 - first), np.int64)
    for row, worth in zip(table, worths, strict=True):
        for day, units in reversed(worth.steps):
            row[: _number(day) + 1 - first] = units
    return Table(pack, codes, np.array([codes.index(worth.indicator) for worth in worths], np.int64), table, first)


def _number(day: date) -> int:
    return (day - EPOCH).days


def scores(table: Table, records: pa.Table, citizens: range) -> Points:
    """The points of each of `citizens` (their numbers), in that order.

    `records`, of those citizens and that count on the as-of day: `citizen` (number), `item` (place in the pack) and
    `event_on`, without nulls.
    """
    sums = np.zeros((len(table.codes), len(citizens)), np.int64)
    if table.codes:
        _add(table, records, citizens.start, sums)
    units = raw_units(table.pack, dict(zip(table.codes, sums, strict=True)), _cut)
    within = _cut(np.broadcast_to(units, len(citizens)).copy(), table.pack.min * POINT, table.pack.max * POINT)
    return (within // POINT).astype(np.int32)


def _add(table: Table, records: pa.Table, start: int, sums: Whole) -> None:
    """Add the worth of each record to its place in `sums` (indicators × citizens)."""
    items, citizens = column(records, "item"), column(records, "citizen")
    width = table.worths.shape[1]
    days = np.clip(column(records, "event_on", pa.int32()) - table.first, 0, width - 1)
    worths = table.worths.ravel().take(np.multiply(items, width, dtype=np.int64) + days)
    places = (table.indicators * sums.shape[1] - start).take(items) + citizens
    np.add.at(sums.reshape(-1), places, worths)


def arrow(values: Points) -> pa.Array:
    """Values as a column, without a copy and without pandas."""
    return pa.Array.from_buffers(pa.int32(), len(values), [None, pa.py_buffer(values)])


def column(records: pa.Table, name: str, kind: pa.DataType | None = None) -> NDArray[Any]:
    """A column without a copy, looked at as `kind`; PyArrow's own way would load all of pandas."""
    found = records[name].combine_chunks()
    return np.from_dlpack(found.view(kind or found.type))


def _cut(units: Whole, low: int, high: int) -> Whole:
    return np.clip(units, low, high, out=units)

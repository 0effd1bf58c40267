"""What a pack's compilation has in common on every engine: worths that are constants, and how sums become a score.

No engine does calendar arithmetic or multiplies: ages are days worked out here, once, and what a record adds is a
constant for each item and age.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import iadd
from typing import Any

from app.domain.calendar import latest_with_months
from app.domain.pack import Indicator, Item, Pack
from app.domain.score import POINT

Amount = Any
"""Units of one citizen or of many: an int, an Ibis column, a NumPy array."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What one record of `item` adds to the sum of `indicator`.

    `steps` are `(latest day, units)`, oldest first: the first whose day is not before the record's `event_on` holds;
    a record of a later day than all of them adds nothing.
    """

    item: str
    indicator: str
    steps: tuple[tuple[date, int], ...]


def worths_of(pack: Pack, as_of: date) -> tuple[Worth, ...]:
    """The worth of each item of `pack` as of a day, in the order of `pack.items()`."""
    indicators = [indicator for dimension in pack.dimensions for indicator in dimension.indicators]
    return tuple(_worth(indicator, item, as_of) for indicator in indicators for item in indicator.items)


def _worth(indicator: Indicator, item: Item, as_of: date) -> Worth:
    """Its steps of age as days; none is older than our calendar."""
    steps = [(months, percent) for months, percent in reversed(indicator.age) if months <= (as_of.year - 1) * 12]
    days = ((latest_with_months(months, as_of), item.centipoints * percent) for months, percent in steps)
    return Worth(item.code, indicator.code, tuple(days))


def raw_units(pack: Pack, sums: Mapping[str, Amount], clamp: Callable[[Amount, int, int], Amount]) -> Amount:
    """`Explanation.raw_units` from the sums, in units, of the indicators that have items; `sums` may be changed.

    `clamp(units, low, high)` cuts in the engine's way. An indicator without items adds nothing, nor does a citizen
    without records differ from the base: floors and ceilings enclose 0 (guardrail 5).
    """
    total: Amount = pack.base * POINT
    for dimension in pack.dimensions:
        scored = [indicator for indicator in dimension.indicators if indicator.items]
        parts = [clamp(sums[one.code], one.floor * POINT, one.ceiling * POINT) for one in scored]
        if parts:
            total = total + clamp(reduce(iadd, parts), dimension.floor * POINT, dimension.ceiling * POINT)
    return total

"""Tables of the same people that betray no small group, not even one taken from another (guardrail 14).

Whatever can be had by adding and subtracting published counts is to be nobody, or 20 people or more. So bins of scores
begin where grades begin, grow until they hold enough, and a table that does not fit the others stays hidden.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from app.domain.statistics import LEAST

Edges = tuple[int, ...]
Fits = Callable[[int, int], bool]


def safe(count: int) -> bool:
    """Whether a number of people may be told: nobody, or 20 or more."""
    return count == 0 or count >= LEAST


def rounded(count: int) -> int:
    """A number of people as it is told: to the nearest 20, so that two simulations taken from one another tell no few.

    >>> rounded(29), rounded(30), rounded(117), rounded(120)
    (20, 40, 120, 120)
    """
    return (count + LEAST // 2) // LEAST * LEAST


def crossed(before: Sequence[int], after: Sequence[int], edge: int) -> int:
    """How many more scores, both rising, lie below `edge` before than after: who rose over it, less who fell."""
    return bisect_left(before, edge) - bisect_left(after, edge)


def bin_starts(columns: Sequence[Sequence[int]], cuts: Iterable[int], low: int, high: int, width: int) -> Edges:
    """Where bins from `low` to below `high` begin, so that each is safe in every column of rising scores.

    First at those of the grades' `cuts` that leave safe counts on both sides; then, within these, each `width` points
    after which 20 people are in a bin. Two columns also differ by a safe count below every start: else whoever knows
    that no score fell would learn how few rose.
    """

    def fits(first: int, last: int) -> bool:
        counts = [bisect_left(rising, last) - bisect_left(rising, first) for rising in columns]
        return all(map(safe, counts)) and safe(abs(crossed(columns[0], columns[-1], last)))

    def fills(first: int, last: int) -> bool:
        return fits(first, last) and any(bisect_left(each, last) > bisect_left(each, first) for each in columns)

    bands = _split(sorted(cuts), low, high, fits)
    parts = [_split(range(first, last, width), first, last, fills) for first, last in pairwise((*bands, high))]
    wide = pairwise((*(start for part in parts for start in part), high))
    return tuple(start for first, last in wide for start in _closer(columns, first, last, width))


def _closer(columns: Sequence[Sequence[int]], first: int, last: int, width: int) -> Edges:
    """The starts within a bin; where its people all lie in one part `width` wide: that part, and empty ones beside."""
    found = [score for rising in columns for score in rising[bisect_left(rising, first) : bisect_left(rising, last)]]
    if not found:
        return (first,)
    start = first + (min(found) - first) // width * width
    end = start + width
    return tuple(sorted({first, start, *([end] if end < last else [])})) if max(found) < end else (first,)


def _split(candidates: Iterable[int], low: int, high: int, fits: Fits) -> Edges:
    found = [low]
    for edge in candidates:
        if low < edge < high and fits(found[-1], edge) and fits(edge, high):
            found.append(edge)
    return tuple(found)


def told_rows(cells: Mapping[tuple[int, int], int], whole: Iterable[int], blocks: Sequence[Sequence[int]]) -> set[int]:
    """The rows of a table (row, column) that may be shown, given that sums over bins are known as well.

    `whole` are the rows whose own sums are made of whole bins; `blocks` the least groups of columns whose sums are.
    A row is shown whole or not at all, and the hidden ones together are safe in every block.
    """
    shown = {row for row in whole if all(safe(count) for (at, _), count in cells.items() if at == row)}

    def rest(block: Sequence[int]) -> int:
        return sum(count for (row, column), count in cells.items() if row not in shown and column in block)

    while betraying := next((block for block in blocks if not safe(rest(block))), None):
        giving = [
            (count, row) for (row, column), count in cells.items() if row in shown and column in betraying if count
        ]
        if not giving:
            return set()
        shown.remove(min(giving)[1])
    return shown

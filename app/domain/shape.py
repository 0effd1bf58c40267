"""The shape of a distribution of scores, and the grade cuts that it suggests (S0: levels derived from simulation)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from app.domain.statistics import LEAST

ROUNDED = 5
"""Suggested cuts are multiples of so many points, so that none is a person's score."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Mean and deviation in 1/100 point, in whole points; skewness and excess kurtosis in 1/100 (a normal curve: 0, 0).

    `deciles` are nine scores rounded down to 5 points, empty where fewer than 20 people lie between two of them.
    """

    mean: int
    deviation: int
    skewness: int | None
    kurtosis: int | None
    deciles: tuple[int, ...]


def mean(values: Sequence[int]) -> int:
    """The mean in 1/100 point, rounded to whole points: times the people, it is no sum to take others from."""
    return 100 * ((2 * sum(values) + len(values)) // (2 * len(values)))


def shape_of(scores: Sequence[int], told: Sequence[int]) -> Shape | None:
    """The shape of at least 20 scores, None of fewer; skewness and kurtosis are None where all scores are one.

    The deciles are those of `told`, the scores as the published bins tell them (`spread`), so that they add nothing.
    """
    count = len(scores)
    if count < LEAST:
        return None
    centre = sum(scores) / count
    second, third, fourth = (sum((score - centre) ** power for score in sorted(scores)) / count for power in (2, 3, 4))
    flat = len(set(scores)) == 1
    return Shape(
        mean=mean(scores),
        deviation=100 * round(second**0.5),
        skewness=None if flat else round(100 * third / second**1.5),
        kurtosis=None if flat else round(100 * (fourth / second**2 - 3)),
        deciles=_deciles(sorted(told)),
    )


def spread(bins: Sequence[tuple[int, int, int]]) -> list[int]:
    """Scores as bins tell them: of each (first point, end, people), the people evenly over its points, rising."""
    return [first + (end - first) * nth // people for first, end, people in bins for nth in range(people)]


def _deciles(rising: Sequence[int]) -> tuple[int, ...]:
    if len(rising) < 10 * LEAST:
        return ()
    return tuple(_down(rising[len(rising) * tenth // 10]) for tenth in range(1, 10))


def _down(score: int) -> int:
    return score // ROUNDED * ROUNDED


def suggested_cuts(scores: Sequence[int], grades: int, *, low: int, high: int, base: int) -> tuple[int, ...]:
    """Where so many grades would begin if each were as wide as one deviation of a normal curve, centred.

    They rise from `low` and stay within `high`; the second is never above `base`, so that whoever has no facts is not
    in the lowest (guardrail 5). Empty where the members are too few, or too much alike, to divide.
    """
    rising = sorted(scores)
    if grades < 2 or len(rising) < LEAST * grades:
        return ()
    shares = [NormalDist().cdf(place - grades / 2) for place in range(1, grades)]
    cuts = [low, *(_down(rising[int(len(rising) * share)]) for share in shares)]
    cuts[1] = min(cuts[1], _down(base))
    for place in range(1, grades):
        cuts[place] = max(cuts[place], cuts[place - 1] + ROUNDED)
    return tuple(cuts) if cuts[1] <= base and cuts[-1] <= high else ()

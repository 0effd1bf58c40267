"""What a new version of a pack would do to a city's members, as figures of at least 20 people (guardrails 14 and 15).

Pure arithmetic over pairs of scores, one before and one after. Every count passes `statistics.publish`, and a mean,
a shape or a gap is told only of groups of 20 or more, so that no figure speaks of a person. Means, gaps and shapes are
whole numbers in 1/100 point or 1/100. Cohorts are audit attributes: they are measured, never scored (guardrail 6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.domain.hangzhou_rules import Rule, rules_of
from app.domain.pack import Pack
from app.domain.shape import Shape, mean, shape_of, suggested_cuts
from app.domain.statistics import LEAST, Cells, publish

WIDTHS = (20, 50, 100)
"""Points in a bin of the distribution: the narrowest of them that shows most people, by a rule and not by choice."""
MOST_SHOWN = 75
"""Percent of the people whom the bins show, where one of the widths can."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One member for as long as it is counted: both scores, the cohorts, and which kinds of records count after.

    `cohorts` maps an audit attribute (sex, age_band) to the group; it is empty where nothing is known.
    """

    before: int
    after: int
    cohorts: Mapping[str, str]
    good: bool = False
    adverse: bool = False
    serious: bool = False


@dataclass(frozen=True, slots=True)
class Bin:
    """Members from `from_points` to the next bin; None: nobody, or too few to tell."""

    from_points: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """How many members go from one grade to another, by their codes."""

    before: str
    after: str
    people: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """One group of an audit attribute: how many, and their mean scores in 1/100 point."""

    attribute: str
    name: str
    people: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a grade begins, and where the distribution suggests that it begin (None: too few members to say)."""

    grade: str
    from_points: int
    suggested: int | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """A new version measured on a population. `people` were measured out of `members` (None: fewer than 20).

    `sha256` names the text; `against`: the version in force that it was compared with, None for a first one. `hidden`
    counts, by table, the cells with too few people in them.
    """

    pack: str
    version: int
    sha256: str
    against: int | None
    as_of: date
    members: int | None
    people: int | None
    bins: tuple[Bin, ...]
    shape_before: Shape | None
    shape_after: Shape | None
    moves: tuple[Move, ...]
    up: int | None
    down: int | None
    same: int | None
    cohorts: tuple[Cohort, ...]
    rules: tuple[Rule, ...]
    cuts: tuple[Cut, ...]
    hidden: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """The same as plain values, days as ISO 8601."""
        return asdict(self) | {"as_of": self.as_of.isoformat()}


def measure(
    old: Pack | None, new: Pack, people: Sequence[Measured], *, members: int, as_of: date, sha256: str = ""
) -> Simulation:
    """The figures of `people`, a sample or all of the city's `members`; their order does not matter."""
    bins, hidden_bins = _bins(old or new, new, people)
    moves, hidden_moves = _moves(old or new, new, people)
    ways = publish(Counter(_way(one) for one in people)).counts
    cohorts, hidden_cohorts = _cohorts(people)
    after = [one.after for one in people]
    shape = shape_of(after)
    return Simulation(
        pack=new.code,
        version=new.version,
        sha256=sha256,
        against=old.version if old else None,
        as_of=as_of,
        members=members if members >= LEAST else None,
        people=len(people) if len(people) >= LEAST else None,
        bins=bins,
        shape_before=shape_of([one.before for one in people]),
        shape_after=shape,
        moves=moves,
        up=ways.get("up"),
        down=ways.get("down"),
        same=ways.get("same"),
        cohorts=cohorts,
        rules=rules_of(new, shape, _gaps(cohorts), _means(people)),
        cuts=_cuts(new, after),
        hidden={"bins": hidden_bins, "moves": hidden_moves, "cohorts": hidden_cohorts},
    )


def _bins(old: Pack, new: Pack, people: Sequence[Measured]) -> tuple[tuple[Bin, ...], int]:
    low, high = min(old.min, new.min), max(old.max, new.max)
    for width in WIDTHS:
        before, after = (_binned([getattr(one, way) for one in people], low, width) for way in ("before", "after"))
        shown = min(sum(before.counts.values()), sum(after.counts.values()))
        if 100 * shown >= MOST_SHOWN * len(people):
            break
    starts = range(low, high + 1, width)
    rows = [Bin(start, before.counts.get(str(start)), after.counts.get(str(start))) for start in starts]
    return tuple(rows), before.suppressed + after.suppressed


def _binned(scores: Sequence[int], low: int, width: int) -> Cells:
    return publish(Counter(str(low + (score - low) // width * width) for score in scores))


def _moves(old: Pack, new: Pack, people: Sequence[Measured]) -> tuple[tuple[Move, ...], int]:
    cells = publish(Counter(f"{old.grade(one.before).code}/{new.grade(one.after).code}" for one in people))
    moves = [Move(before, after, people) for (before, _, after), people in _parted(cells.counts)]
    order = [grade.code for grade in (*old.grades, *new.grades)]
    return tuple(sorted(moves, key=lambda move: (order.index(move.before), order.index(move.after)))), cells.suppressed


def _parted(counts: Mapping[str, int]) -> list[tuple[tuple[str, str, str], int]]:
    return [(cell.partition("/"), people) for cell, people in counts.items()]


def _way(one: Measured) -> str:
    return "same" if one.after == one.before else "up" if one.after > one.before else "down"


def _cohorts(people: Sequence[Measured]) -> tuple[tuple[Cohort, ...], int]:
    rows: list[Cohort] = []
    hidden = 0
    for attribute in sorted({name for one in people for name in one.cohorts}):
        cells = publish(Counter(one.cohorts[attribute] for one in people if attribute in one.cohorts))
        hidden += cells.suppressed
        for name, count in cells.counts.items():
            group = [one for one in people if one.cohorts.get(attribute) == name]
            before, after = mean([one.before for one in group]), mean([one.after for one in group])
            rows.append(Cohort(attribute, name, count, before, after))
    return tuple(rows), hidden


def _gaps(cohorts: Sequence[Cohort]) -> dict[str, tuple[int, int]]:
    """Per attribute, how far the means of its groups lie apart, before and after."""
    gaps = {}
    for attribute in {cohort.attribute for cohort in cohorts}:
        groups = [cohort for cohort in cohorts if cohort.attribute == attribute]
        if len(groups) > 1:
            gaps[attribute] = (_spread([each.before for each in groups]), _spread([each.after for each in groups]))
    return gaps


def _spread(values: Sequence[int]) -> int:
    return max(values) - min(values)


def _means(people: Sequence[Measured]) -> dict[str, int | None]:
    """Mean scores after, in 1/100 point, of those with good records alone, with none, with a serious one, without."""
    groups = {
        "good": [one.after for one in people if one.good and not one.adverse],
        "none": [one.after for one in people if not one.good and not one.adverse],
        "serious": [one.after for one in people if one.serious],
        "no_serious": [one.after for one in people if not one.serious],
    }
    return {name: mean(scores) if len(scores) >= LEAST else None for name, scores in groups.items()}


def _cuts(pack: Pack, scores: Sequence[int]) -> tuple[Cut, ...]:
    suggested = suggested_cuts(scores, len(pack.grades), low=pack.min, high=pack.max, base=pack.base)
    starts: Sequence[int | None] = suggested or [None] * len(pack.grades)
    return tuple(Cut(grade.code, grade.from_points, start) for grade, start in zip(pack.grades, starts, strict=True))

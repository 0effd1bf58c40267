"""What a new version of a pack would do to a city's members, as figures of at least 20 people (guardrails 14 and 15).

Pure arithmetic over pairs of scores, one before and one after. Every count is of 20 people or more, and so is what one
table leaves of another (app/domain/small_cells.py); told are counts to the nearest 20; a mean or a gap is told only
where all groups beside it are such. Means, gaps and deviations are whole points, in 1/100 point. Cohorts are audit
attributes: measured, never scored (guardrail 6).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from app.domain.bands import blocks, direction, interval, score_range
from app.domain.cohorts import UNKNOWN, groups_by_attribute
from app.domain.hangzhou_rules import Rule, rules_of
from app.domain.pack import Pack
from app.domain.shape import Shape, mean, shape_of, spread, suggested_cuts
from app.domain.small_cells import bin_starts, crossed, rounded, safe, told_rows
from app.domain.statistics import LEAST

WIDTH = 20
"""Points in a bin of the distribution, where 20 people lie in it; else it reaches further."""


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
    """Members from `from_points` to below `to_points`; None: nobody, or not told."""

    from_points: int
    to_points: int
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
    """One group of an audit attribute: how many, and their mean scores, whole points in 1/100."""

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
    counts what small groups keep from being shown: columns of `bins`, cells of `moves`, attributes of `cohorts`.
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
    """The figures of `people`, a sample or all of the city's `members`; their order does not matter.

    Every count is to the nearest 20: two versions a point apart, taken from one another, tell of no few between.
    """
    counted = exact(old, new, people, members=members, as_of=as_of, sha256=sha256)
    return replace(
        counted,
        members=_rounded(counted.members),
        people=_rounded(counted.people),
        bins=tuple(replace(each, before=_rounded(each.before), after=_rounded(each.after)) for each in counted.bins),
        moves=tuple(replace(each, people=rounded(each.people)) for each in counted.moves),
        up=_rounded(counted.up),
        down=_rounded(counted.down),
        same=_rounded(counted.same),
        cohorts=tuple(replace(each, people=rounded(each.people)) for each in counted.cohorts),
    )


def exact(
    old: Pack | None, new: Pack, people: Sequence[Measured], *, members: int, as_of: date, sha256: str = ""
) -> Simulation:
    """The figures as counted, safe by themselves but not beside those of another version: `measure` is what is told."""
    base = old or new
    bins = _bins(base, new, people)
    both = any(each.before for each in bins)
    moves, moving = _moves(base, new, people, [each.from_points for each in bins])
    ways = _ways(base, new, people, moves, [each.from_points for each in bins] if both else [])
    cohorts, hidden_cohorts = _cohorts(people)
    told_before, told_after = _told(bins, "before"), _told(bins, "after")
    shape = shape_of([one.after for one in people], told_after)
    return Simulation(
        pack=new.code,
        version=new.version,
        sha256=sha256,
        against=old.version if old else None,
        as_of=as_of,
        members=members if members >= LEAST else None,
        people=len(people) if len(people) >= LEAST else None,
        bins=bins,
        shape_before=shape_of([one.before for one in people], told_before),
        shape_after=shape,
        moves=moves,
        up=ways.get("up"),
        down=ways.get("down"),
        same=ways.get("same"),
        cohorts=cohorts,
        rules=rules_of(new, shape, _gaps(cohorts), _means(people)),
        cuts=_cuts(new, told_after),
        hidden={
            "bins": 2 - bool(bins) - both if people else 0,
            "moves": moving - len(moves),
            "cohorts": hidden_cohorts,
        },
    )


def _rounded(count: int | None) -> int | None:
    return None if count is None else rounded(count)


def _bins(old: Pack, new: Pack, people: Sequence[Measured]) -> tuple[Bin, ...]:
    """None of fewer than 20 people. Without the scores before where too few changed theirs to show both in detail."""
    if len(people) < LEAST:
        return ()
    low, high = score_range(old, new)
    cuts = {grade.from_points for grade in (*old.grades, *new.grades)}
    before, after = sorted(one.before for one in people), sorted(one.after for one in people)
    both, alone = (bin_starts(each, cuts, low, high, WIDTH) for each in ((before, after), (after,)))
    shared = 2 * len(both) >= len(alone)
    starts = both if shared else alone
    counts = [_counts(starts, each) for each in (before, after)]
    ends = zip(starts, (*starts[1:], high), strict=True)
    return tuple(
        Bin(start, end, counts[0][start] or None if shared else None, counts[1][start] or None) for start, end in ends
    )


def _counts(starts: Sequence[int], scores: Sequence[int]) -> Counter[int]:
    return Counter(starts[bisect_right(starts, score) - 1] for score in scores)


def _told(bins: Sequence[Bin], way: str) -> list[int]:
    return spread([(each.from_points, each.to_points, getattr(each, way) or 0) for each in bins])


def _moves(old: Pack, new: Pack, people: Sequence[Measured], starts: Sequence[int]) -> tuple[tuple[Move, ...], int]:
    """The rows of grades that may be shown, and how many cells there are with people in them."""
    rows, columns = ([grade.code for grade in pack.grades] for pack in (old, new))
    cells = Counter(
        (rows.index(old.grade(one.before).code), columns.index(new.grade(one.after).code)) for one in people
    )
    edges = {*starts, *score_range(old, new)}
    whole = [row for row in range(len(rows)) if edges.issuperset(interval(old, new, old, row))] if starts else []
    shown = told_rows(cells, whole, blocks(new, edges))
    moves = [Move(rows[row], columns[column], cells[row, column]) for row, column in sorted(cells) if row in shown]
    return tuple(moves), len(cells)


def _ways(
    old: Pack, new: Pack, people: Sequence[Measured], moves: Sequence[Move], starts: Sequence[int]
) -> Mapping[str, int]:
    """How many went up, down and stayed; none of it where the moves or the bins would tell of a few among them."""
    ways = Counter(_way(one) for one in people)
    shown = {(move.before, move.after) for move in moves}
    apart: Counter[tuple[str, str]] = Counter()
    for one in people:
        grades = old.grade(one.before), new.grade(one.after)
        told = (grades[0].code, grades[1].code) in shown
        apart[_way(one), direction(old, new, *grades) if told else ""] += 1
    if not all(map(safe, apart.values())) or len(people) < LEAST:
        return {}
    rose, fell = ways["up"], ways["down"]
    before, after = sorted(one.before for one in people), sorted(one.after for one in people)
    staying = [rose + fell - abs(crossed(before, after, start)) for start in starts]
    return ways if (rose and fell) or all(map(safe, staying)) else {}


def _way(one: Measured) -> str:
    return "same" if one.after == one.before else "up" if one.after > one.before else "down"


def _cohorts(people: Sequence[Measured]) -> tuple[tuple[Cohort, ...], int]:
    """An attribute's groups, all of them or none, and how many attributes are hidden for a group that is too small."""
    rows: list[Cohort] = []
    attributes = groups_by_attribute(people)
    shown = 0
    for attribute, groups in attributes.items():
        if all(safe(len(group)) for group in groups.values()):
            rows += [_cohort(attribute, name, group) for name, group in groups.items()]
            shown += 1
    return tuple(rows), len(attributes) - shown


def _cohort(attribute: str, name: str, group: Sequence[Measured]) -> Cohort:
    before, after = mean([one.before for one in group]), mean([one.after for one in group])
    return Cohort(attribute, name, len(group), before, after)


def _gaps(cohorts: Sequence[Cohort]) -> dict[str, tuple[int, int]]:
    """Per attribute, how far the means of its groups lie apart, before and after."""
    gaps = {}
    for attribute in {cohort.attribute for cohort in cohorts}:
        groups = [each for each in cohorts if each.attribute == attribute and each.name != UNKNOWN]
        if len(groups) > 1:
            gaps[attribute] = (_spread([each.before for each in groups]), _spread([each.after for each in groups]))
    return gaps


def _spread(values: Sequence[int]) -> int:
    return max(values) - min(values)


def _means(people: Sequence[Measured]) -> dict[str, int | None]:
    """Mean scores after, of those with good records alone, with none, with a serious one, without (1/100 point).

    Known only where the whole division is of groups that may be told.
    """
    conduct = {
        "good": [one.after for one in people if one.good and not one.adverse],
        "none": [one.after for one in people if not one.good and not one.adverse],
        "others": [one.after for one in people if one.adverse],
    }
    default = {
        "serious": [one.after for one in people if one.serious],
        "no_serious": [one.after for one in people if not one.serious],
    }
    return {
        name: mean(scores) if scores and all(safe(len(group)) for group in division.values()) else None
        for division in (conduct, default)
        for name, scores in division.items()
    }


def _cuts(pack: Pack, scores: Sequence[int]) -> tuple[Cut, ...]:
    suggested = suggested_cuts(scores, len(pack.grades), low=pack.min, high=pack.max, base=pack.base)
    starts: Sequence[int | None] = suggested or [None] * len(pack.grades)
    return tuple(Cut(grade.code, grade.from_points, start) for grade, start in zip(pack.grades, starts, strict=True))

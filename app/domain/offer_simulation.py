"""What a new version of an offer would do to the members of its cities, as figures of 20 people or more.

Counted is whom the rule itself lets have the benefit, whatever they chose or still have to declare. Every count is
nobody, or 20 people or more, and a table is told whole or not at all, so that none is had by subtraction; all are to
the nearest 20, so that none is had by taking one simulation from another (guardrail 14). Cohorts are audit
attributes: counted, never decided by (guardrail 6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.domain.cohorts import groups_by_attribute
from app.domain.offer import Offer
from app.domain.small_cells import rounded, safe
from app.domain.statistics import LEAST


@dataclass(frozen=True, slots=True)
class Reached:
    """One member for as long as it is counted: whether the benefit is theirs before and after, and their cohorts."""

    before: bool
    after: bool
    cohorts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ways:
    """How many people gain the benefit, lose it, keep it, and have it neither before nor after, to the nearest 20."""

    gain: int
    lose: int
    keep: int
    neither: int


@dataclass(frozen=True, slots=True)
class CohortWays:
    """The ways of one group of an audit attribute."""

    attribute: str
    name: str
    people: int
    ways: Ways


@dataclass(frozen=True, slots=True)
class OfferSimulation:
    """A new version measured on members. `people` were measured out of `members` (None: fewer than 20).

    `sha256` names the text; `against`: the version in force that it was compared with, None for a first one. `ways` is
    None, and an attribute missing among `cohorts`, where a number would be of a few; `hidden` counts such tables.
    """

    offer: str
    version: int
    sha256: str
    against: int | None
    as_of: date
    members: int | None
    people: int | None
    ways: Ways | None
    cohorts: tuple[CohortWays, ...]
    hidden: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """The same as plain values, the day as ISO 8601."""
        return asdict(self) | {"as_of": self.as_of.isoformat()}


def measure_reach(
    old: Offer | None, new: Offer, people: Sequence[Reached], *, members: int, as_of: date, sha256: str = ""
) -> OfferSimulation:
    """The figures of `people`, a sample or all of the cities' `members`; their order does not matter."""
    many = len(people) >= LEAST
    ways = _ways(people) if many else None
    cohorts, hidden = _cohorts(people) if many else ((), 0)
    return OfferSimulation(
        offer=new.code,
        version=new.version,
        sha256=sha256,
        against=old.version if old else None,
        as_of=as_of,
        members=rounded(members) if members >= LEAST else None,
        people=rounded(len(people)) if many else None,
        ways=ways,
        cohorts=cohorts,
        hidden={"ways": int(many and ways is None), "cohorts": hidden},
    )


def measured_on(old: Offer | None, new: Offer, as_of: date) -> date:
    """The day on which `new` says what is new in it: its first, or its end where it ends sooner than `old` did."""
    sooner = old is not None and (old.valid_until is None or (new.valid_until or old.valid_until) < old.valid_until)
    if new.valid_until is not None and sooner:
        return max(as_of, new.valid_until)
    return max(as_of, new.valid_from)


_WAYS = ((False, True), (True, False), (True, True), (False, False))
"""Before and after, in the order of `Ways`."""


def _ways(people: Sequence[Reached]) -> Ways | None:
    counted = Counter((one.before, one.after) for one in people)
    if not all(map(safe, counted.values())):
        return None
    return Ways(*(rounded(counted[way]) for way in _WAYS))


def _cohorts(people: Sequence[Reached]) -> tuple[tuple[CohortWays, ...], int]:
    """An attribute's groups, all of them or none, and how many attributes are hidden."""
    rows: list[CohortWays] = []
    attributes = groups_by_attribute(people)
    shown = 0
    for attribute, groups in attributes.items():
        told = [(name, group, _ways(group)) for name, group in groups.items() if safe(len(group))]
        found = [CohortWays(attribute, name, rounded(len(group)), ways) for name, group, ways in told if ways]
        if len(found) == len(groups):
            rows += found
            shown += 1
    return tuple(rows), len(attributes) - shown

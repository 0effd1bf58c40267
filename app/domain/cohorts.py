"""Audit attributes of a person, for fairness figures over groups and for nothing else (domain.md 6.2 rule 15).

They are read from an identity number in memory, counted in groups of at least 20 people, and never stored or scored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol, TypeVar

from app.domain.calendar import months_between
from app.domain.id_number import birth_date

STARTS = (18, 30, 45, 60)
"""The ages, in years, at which a band begins; the last has no end."""
UNKNOWN = "unknown"
"""The cohort of whoever lacks an audit attribute: a group like any other, so that the others leave nobody over."""


class Counted(Protocol):
    """A member for as long as it is counted: `cohorts` maps an audit attribute (sex, age_band) to the group."""

    @property
    def cohorts(self) -> Mapping[str, str]:
        """Empty where nothing is known."""


One = TypeVar("One", bound=Counted)


def audit_cohorts(id_number: str, day: date) -> Mapping[str, str]:
    """`sex` and `age_band` on `day`; empty for a number that is not valid (GB 11643: an odd 17th digit is male)."""
    born = birth_date(id_number)
    if born is None:
        return {}
    years = months_between(born, day) // 12
    band = next((f"{low}-{high - 1}" for low, high in pairwise(STARTS) if years < high), f"{STARTS[-1]}+")
    return {"sex": "male" if int(id_number[16]) % 2 else "female", "age_band": band}


def groups_by_attribute(people: Sequence[One]) -> Mapping[str, Mapping[str, Sequence[One]]]:
    """Each audit attribute's groups by name; nobody is left out of any."""
    attributes = sorted({name for one in people for name in one.cohorts})
    found: dict[str, Mapping[str, Sequence[One]]] = {}
    for attribute in attributes:
        groups: dict[str, list[One]] = defaultdict(list)
        for one in people:
            groups[one.cohorts[attribute] if len(one.cohorts) == len(attributes) else UNKNOWN].append(one)
        found[attribute] = {name: groups[name] for name in sorted(groups)}
    return found

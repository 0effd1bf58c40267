"""Audit attributes of a person, for fairness figures over groups and for nothing else (domain.md 6.2 rule 15).

They are read from an identity number in memory, counted in groups of at least 20 people, and never stored or scored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from app.domain.calendar import months_between
from app.domain.id_number import birth_date

STARTS = (18, 30, 45, 60)
"""The ages, in years, at which a band begins; the last has no end."""


def audit_cohorts(id_number: str, day: date) -> Mapping[str, str]:
    """`sex` and `age_band` on `day`; empty for a number that is not valid (GB 11643: an odd 17th digit is male)."""
    born = birth_date(id_number)
    if born is None:
        return {}
    years = months_between(born, day) // 12
    band = next((f"{low}-{high - 1}" for low, high in pairwise(STARTS) if years < high), f"{STARTS[-1]}+")
    return {"sex": "male" if int(id_number[16]) % 2 else "female", "age_band": band}

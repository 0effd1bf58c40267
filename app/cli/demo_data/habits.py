"""What happened to whom: how often each kind of fact occurs in a life of a certain habit, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.cli.demo_data.people import Person

Often = Mapping[str, tuple[int, int]]
"""Item code → the fewest and the most facts of it."""

HABITS: Mapping[str, Often] = {
    "model": {
        "volunteer_service": (12, 14), "blood_donation": (4, 4), "honour": (2, 2), "kept_promise": (6, 6),
        "returned_book": (14, 16), "paid_ride": (22, 26),
    },
    "diligent": {
        "volunteer_service": (3, 9), "blood_donation": (0, 3), "honour": (0, 1), "kept_promise": (1, 4),
        "returned_book": (3, 10), "paid_ride": (6, 18),
    },
    "halfway": {"volunteer_service": (4, 4), "blood_donation": (1, 1), "kept_promise": (4, 4), "paid_ride": (8, 8)},
    "between": {"kept_promise": (1, 1), "returned_book": (2, 2), "paid_ride": (4, 4)},
    "steady": {
        "volunteer_service": (0, 3), "blood_donation": (0, 1), "kept_promise": (0, 3), "returned_book": (0, 6),
        "paid_ride": (2, 10),
    },
    "quiet": {"returned_book": (0, 2), "paid_ride": (0, 6)},
    "blank": {},
    "fined": {"paid_ride": (0, 6), "penalty_general": (1, 1)},
    "penalised": {"paid_ride": (1, 2), "penalty_serious": (1, 1)},
}  # fmt: skip

LOOKING_BACK_DAYS = {"returned_book": 360, "paid_ride": 180, "penalty_general": 300, "penalty_serious": 300}
LOOKING_BACK_DAYS_ELSE = 700


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to one person; `nth` counts within person and item."""

    person: Person
    item: str
    nth: int
    event_on: date
    quantity: int | None

    @property
    def number(self) -> str:
        """The department's own number of it, the same for every size of city."""
        return f"{self.item.replace('_', '-').upper()}-{self.person.number:07d}-{self.nth:02d}"


def facts_of(seed: int, person: Person, today: date) -> Iterator[Fact]:
    """Everything that happened to `person` up to the day before `today`."""
    chance = Random(f"{seed}/facts/{person.number}")  # noqa: S311 - repeatable on purpose
    for item, (fewest, most) in HABITS[person.habit].items():
        back = LOOKING_BACK_DAYS.get(item, LOOKING_BACK_DAYS_ELSE)
        for nth in range(1, chance.randint(fewest, most) + 1):
            day = today - timedelta(days=chance.randint(40, back))
            quantity = chance.randint(2, 8) if item == "volunteer_service" else None
            yield Fact(person, item, nth, day, quantity)

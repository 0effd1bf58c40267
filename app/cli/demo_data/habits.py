"""What happened to whom, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.cli.demo_data.people import Person
from app.cli.demo_data.plan import THREE_CITIES, Plan

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


def facts_of(seed: int, person: Person, today: date, plan: Plan = THREE_CITIES) -> Iterator[Fact]:
    """Everything that happened to `person` up to the day before `today`."""
    chance = Random(f"{seed}/facts/{person.number}")  # noqa: S311 - repeatable on purpose
    for item, (fewest, most) in plan.habits[person.habit].items():
        back = LOOKING_BACK_DAYS.get(item, LOOKING_BACK_DAYS_ELSE)
        for nth in range(1, chance.randint(fewest, most) + 1):
            day = today - timedelta(days=chance.randint(40, back))
            quantity = chance.randint(plan.counted[item], plan.counted[item] + 6) if item in plan.counted else None
            yield Fact(person, item, nth, day, quantity)

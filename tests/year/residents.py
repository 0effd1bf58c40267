"""The people of the small city, and what its departments know of them: drawn by a seed, never by the wall clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from app.domain.calendar import add_months
from app.domain.pack import LONGEST_SHOWN_MONTHS, Item, Kind, LegalClass
from app.domain.record import LONGEST_KEPT_MONTHS
from app.store.citizens import RealName
from tests.support.people import id_number

CITIES = ("xiamen",) * 5 + ("hangzhou",)
CLASSES = {LegalClass.GENERAL: "一般", LegalClass.SERIOUS: "严重"}
Fact = dict[str, Any]


@dataclass(frozen=True)
class Resident:
    """Someone who lives here; on which day of the year they join, leave and come back, if they do."""

    serial: int
    city: str
    joins: int | None
    leaves: int | None = None
    returns: int | None = None

    @property
    def real_name(self) -> RealName:
        name = f"居民{'甲乙丙丁戊己庚辛壬癸'[self.serial % 10]}{self.serial}"
        return RealName(name, id_number(self.serial), self.city, "al2")


def residents(random: Random, people: int) -> list[Resident]:
    """Most join on the first day, some late, some never; some leave, and half of those come back."""
    drawn = []
    for serial in range(people):
        joins = random.choice((0, 0, 0, 0, random.randrange(1, 150) * 2, None))
        leaves = random.randrange(30, 125) * 2 if joins == 0 and random.random() < 0.25 else None
        returns = leaves + random.randrange(10, 30) * 2 if leaves and random.random() < 0.5 else None
        drawn.append(Resident(serial, random.choice(CITIES), joins, leaves, returns))
    return drawn


@dataclass
class Book:
    """What one department knows, by its own numbers: the truth, of which its files tell. Also its pull interface."""

    code: str
    items: list[Item]
    facts: dict[str, Fact] = field(default_factory=dict)
    news: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"部门{self.code}"

    def rows_about(self, person: RealName) -> Iterator[Mapping[str, object]]:
        """Its rows about one person."""
        return (fact for fact in self.facts.values() if fact["id_number"] == person.id_number)

    def learn(self, random: Random, who: Resident, event_on: date, today: date) -> None:
        """Note a fact of a day; one that would be over already is none."""
        number = f"{self.code}-{who.serial:03d}-{len(self.facts) + 1:04d}"
        item = random.choice(self.items)
        fact = penalty(random, item, event_on) if item.kind is Kind.ADVERSE else positive(random, item, event_on)
        if fact["expires_on"] > today.isoformat():
            person = {"source_record_id": number, "name": who.real_name.name, "id_number": who.real_name.id_number}
            self.facts[number] = fact | person
            self.news.append(number)

    def mend(self, random: Random, number: str) -> Fact:
        """Find that a fact was written down wrongly; what it says now."""
        fact = self.facts[number]
        if "document_no" in fact:
            changed = {"violation_type": f"更正{random.randrange(1_000_000)}"}
        else:
            days = timedelta(days=random.randrange(1, 20))
            changed = {key: (date.fromisoformat(fact[key]) - days).isoformat() for key in ("event_on", "expires_on")}
        self.facts[number] = fact | changed
        self.news.append(number)
        return self.facts[number]


def positive(random: Random, item: Item, event_on: date) -> Fact:
    """A positive fact, kept as long as the catalogue says."""
    quantity = {} if item.min_quantity is None else {"quantity": item.min_quantity + random.randrange(3)}
    expires_on = add_months(event_on, item.retention_months)
    return {"item": item.code, "event_on": event_on.isoformat(), "expires_on": expires_on.isoformat()} | quantity


def penalty(random: Random, item: Item, event_on: date) -> Fact:
    """A penalty, shown for part of its longest term; some for acts that ended years before the decision."""
    kind = item.legal_class or LegalClass.GENERAL
    ended_on = add_months(event_on, -random.choice((0, 0, 6, 30, 40, 50)))
    shown = add_months(event_on, LONGEST_SHOWN_MONTHS[kind] - random.randrange(4))
    expires_on = min(shown, add_months(ended_on, LONGEST_KEPT_MONTHS))
    return {
        "document_no": f"罚〔{event_on.year}〕{random.randrange(100_000)}号",
        "violation_type": "无照经营",
        "penalty_type": "罚款",
        "event_on": event_on.isoformat(),
        "ended_on": ended_on.isoformat(),
        "expires_on": expires_on.isoformat(),
        "issuer": "市场监督管理局",
        "class": CLASSES[kind],
    }


def books(random: Random, catalogue: Mapping[str, Item], everyone: list[Resident], today: date) -> dict[str, Book]:
    """The departments, each with what it learned of everyone in the years before."""
    made: dict[str, Book] = {}
    for item in catalogue.values():
        made.setdefault(item.sources[0], Book(item.sources[0], [])).items.append(item)
    for who in everyone:
        for _ in range(random.randrange(2, 8)):
            made[random.choice(sorted(made))].learn(random, who, today - timedelta(days=random.randrange(1800)), today)
        if random.random() < 0.7:
            adverse = [code for code in sorted(made) if any(each.kind is Kind.ADVERSE for each in made[code].items)]
            made[random.choice(adverse)].learn(random, who, today - timedelta(days=random.randrange(900)), today)
    return made

"""Writes the files of a demo city: the real-name platform's accounts and what the departments know."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from app.cli.demo_data.departments import write_files
from app.cli.demo_data.habits import Fact, facts_of
from app.cli.demo_data.people import Person, people
from app.cli.demo_data.plan import THREE_CITIES, Plan

SAMPLE_SIZE = 15


@dataclass(frozen=True, slots=True)
class CityFiles:
    """Where the files of a city are; `records` and `samples` by department code."""

    accounts: Path
    records: Mapping[str, tuple[Path, ...]]
    samples: Mapping[str, tuple[Path, ...]]


def write_city(folder: Path, *, seed: int, citizens: int, today: date, plan: Plan = THREE_CITIES) -> CityFiles:
    """Write all files of the city `seed` as it is on `today`; the same arguments give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts = folder / "accounts.ndjson"
    with accounts.open("w", encoding="utf-8") as stream:
        residents = _noting(people(seed, citizens, plan), stream.write)
        records = write_files(folder / "departments", _lives(seed, residents, today, plan), today, plan)
    samples = write_files(folder / "samples", _samples(seed, today, plan), today, plan)
    return CityFiles(accounts, records, samples)


def _noting(residents: Iterable[Person], write: Callable[[str], object]) -> Iterator[Person]:
    for resident in residents:
        write(json.dumps(resident.account(), ensure_ascii=False) + "\n")
        yield resident


def _lives(seed: int, residents: Iterable[Person], today: date, plan: Plan) -> Iterator[Fact]:
    for resident in residents:
        yield from facts_of(seed, resident, today, plan)


def _samples(seed: int, today: date, plan: Plan) -> Iterator[Fact]:
    """News of the last days about the logins made for a purpose, for handing in by hand."""
    members = [person for person in people(seed, len(plan.cast), plan) if person.member]
    files = [file for department in plan.departments for file in department.files if not file.penalties]
    for item in (item for file in files for item in file.items):
        for turn in range(SAMPLE_SIZE):
            quantity = plan.counted[item] + 1 if item in plan.counted else None
            person = members[turn % len(members)]
            yield Fact(person, item, 90 + turn // len(members), today - timedelta(days=1 + turn), quantity)
    for person in members:
        if person.habit == "penalised":
            yield Fact(person, "penalty_general", 90, today - timedelta(days=40), None)

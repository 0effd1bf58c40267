"""Builds the demo city, once, through the doors that a real city uses: registration, login, opting in, ingestion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.demo_data.city import write_city
from app.cli.demo_data.people import Person, people
from app.cli.demo_folder import DemoFolder
from app.cli.demo_marker import Marker
from app.cli.demo_registration import register_departments, register_operator, register_partners
from app.store import citizens
from app.store.citizens import RealName
from app.web.kit import Kit

PEOPLE_AT_ONCE = 100


def build(kit: Kit, folder: DemoFolder, city: Marker, console: Console) -> None:
    """Fill an empty, migrated database with the city that `city` describes."""
    console.print(f"making {city.citizens} fictional citizens and what the departments know of them …")
    files = write_city(folder.home, seed=city.seed, citizens=city.citizens, today=city.today)
    register_partners(kit, folder)
    register_departments(kit, folder)
    register_operator(kit, city.seed)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("citizens log in and opt in", total=city.citizens)
        for group in _groups(people(city.seed, city.citizens)):
            _admit(kit, group)
            progress.advance(task, len(group))


def _groups(everyone: Iterable[Person]) -> Iterator[list[Person]]:
    rest = iter(everyone)
    while group := list(islice(rest, PEOPLE_AT_ONCE)):
        yield group


def _admit(kit: Kit, group: list[Person]) -> None:
    """First login of these people, and the opting in of those who do."""
    with kit.sessions.begin() as session:
        for person in group:
            if not person.member:
                continue
            real = RealName(person.name, person.id_number, person.city, person.assurance_level)
            citizen_id = citizens.upsert(session, kit.pii, real, kit.clock())

"""Builds the demo city, once, through the doors that a real city uses: registration, login, opting in, ingestion."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.demo_data.city import write_city
from app.cli.demo_data.offices import Department
from app.cli.demo_data.people import Person, opened, people
from app.cli.demo_data.plan import THREE_CITIES, Plan, plan_of
from app.cli.demo_folder import DemoFolder
from app.cli.demo_marker import Marker
from app.cli.demo_registration import (
    register_departments,
    register_entities,
    register_operators,
    register_partners,
)
from app.cli.ingesting import ingest_file, score_due, summary
from app.config import SettingsError
from app.domain.access import Actor, ActorKind
from app.domain.notice import NOTICE
from app.domain.pack import Pack, pack_of_city
from app.packs import load_packs
from app.services import enrolment, ingestion
from app.services.ingestion import Report
from app.store import citizens, preferences
from app.store.citizens import RealName
from app.store.preferences import Preference
from app.web.kit import Kit

PEOPLE_AT_ONCE = 500
REFUSALS_TOLD = 2


def home_pack(city: str) -> Pack:
    """The pack that scores the people of `city`; raises SettingsError, naming those there are, where none does."""
    packs = load_packs()
    pack = pack_of_city(packs, city)
    if pack is None:
        known = sorted(pack.city for pack in packs.values() if pack.superseded_by is None)
        raise SettingsError(f"no pack scores the city {city!r}; there are {', '.join(known)}")
    return pack


def plan_for(kit: Kit, city: str | None) -> Plan:
    """The plan of the demo of one home city, or of the usual three; raises SettingsError where a city has no pack."""
    if city is None:
        return THREE_CITIES
    pack = home_pack(city)
    return plan_of(pack, kit.registry.offers(pack=pack.code))


def build(kit: Kit, folder: DemoFolder, city: Marker, console: Console) -> None:
    """Fill an empty, migrated database with the city that `city` describes."""
    console.print(f"making {city.citizens} fictional citizens and what the departments know of them …")
    plan = plan_for(kit, city.city)
    files = write_city(folder.home, seed=city.seed, citizens=city.citizens, today=city.today, plan=plan)
    register_partners(kit, folder, plan)
    register_departments(kit, folder, plan)
    register_operators(kit, folder, city.seed, plan)
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        _admit_all(kit, city, plan, progress)
        reports = [(department.code, _ingest(kit, progress, department, path))
                   for department in plan.departments for path in files.records[department.code]]  # fmt: skip
        register_entities(kit, folder, city.seed, plan)
        task = progress.add_task("scores", total=None)
        score_due(kit, lambda members: progress.advance(task, members))
    for department, report in reports:
        _tell(kit, department, report, console)


def _admit_all(kit: Kit, city: Marker, plan: Plan, progress: Progress) -> None:
    task = progress.add_task("citizens log in and opt in", total=city.citizens)
    everyone = people(city.seed, city.citizens, plan)
    while group := list(islice(everyone, PEOPLE_AT_ONCE)):
        _admit(kit, plan, [person for person in group if person.member])
        progress.advance(task, len(group))


def _admit(kit: Kit, plan: Plan, group: list[Person]) -> None:
    """The first login of these people, and their opting in."""
    now = kit.clock()
    vouched = [RealName(person.name, person.id_number, person.city, person.assurance_level) for person in group]
    with kit.sessions.begin() as session:
        logged_in = citizens.upsert_many(session, kit.pii, vouched, now)
        enrolment.enrol_many(session, logged_in, notice_version=NOTICE.version, now=now)
        for person, citizen_id in zip(group, logged_in, strict=True):
            declared = opened(person, plan)
            for scenario in dict.fromkeys(code for code, _ in declared):
                chosen = frozenset(condition for code, condition in declared if code == scenario)
                preferences.put(session, citizen_id, scenario, Preference(declared=chosen), now)


def _ingest(kit: Kit, progress: Progress, department: Department, path: Path) -> Report:
    with path.open("rb") as file:
        lines = sum(1 for _ in file)
    task = progress.add_task(f"{department.name} {path.name}", total=lines - (path.suffix == ".csv"))
    actor = Actor(ActorKind.DEPARTMENT, department.code, department.name)
    return ingest_file(kit, actor, path, lambda rows: progress.advance(task, rows))


def _tell(kit: Kit, department: str, report: Report, console: Console) -> None:
    """A file's report with its first refused rows; the rest is where the last line says."""
    console.print(summary(report), highlight=False, soft_wrap=True)
    with kit.sessions() as session:
        for refusal in ingestion.refusals(session, department, report.id, after=None, limit=REFUSALS_TOLD):
            console.print(f"  line {refusal.line}: {refusal.field} {refusal.code}", highlight=False)
    if report.refused > REFUSALS_TOLD:
        path = f"/department/v1/batches/{report.id}/refusals"
        console.print(f"  … xinyi curl --as {department} GET {path}", highlight=False, soft_wrap=True)

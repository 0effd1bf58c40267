"""Any city of the seeds runs from its pack: its catalogue says who sends what, and offers may be few or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from rich.console import Console
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.cli import main
from app.cli.demo_build import build, plan_for
from app.cli.demo_data.plan import plan_of
from app.cli.demo_folder import DemoFolder
from app.cli.demo_marker import Marker
from app.cli.demo_report import write_facts
from app.config import Settings
from app.domain.calendar import day_of
from app.domain.pack import Item, Kind, Pack
from app.factory import build_kit
from app.packs import load_packs
from app.store import scores
from app.store.enrolments import Enrolment
from app.store.records import RecordRow
from app.store.scores import Score
from app.web.kit import Kit
from tests.support.callers import as_citizen
from tests.support.members import a_penalty, a_row, days_ago, file_rows, make_member

PACKS = load_packs()
RUNNING = [pack for pack in PACKS.values() if pack.superseded_by is None]
PAGES = ("/home", "/score", "/score/explanation", "/score/history", "/records", "/scenarios")

every_city = pytest.mark.parametrize("pack", RUNNING, ids=lambda pack: pack.city)


def score_of(session: Session, citizen_id: str) -> int:
    newest = scores.current(session, citizen_id)
    assert newest
    return newest.score


def a_record_of(item: Item, kit: Kit) -> dict[str, object]:
    row = a_row(f"R-{item.code}", item.code, days_ago(kit))
    return row if item.min_quantity is None else row | {"quantity": item.min_quantity}


@every_city
def test_a_small_city_is_scored_from_its_packs_catalogue(app: Flask, session: Session, kit: Kit, pack: Pack) -> None:
    """One has a fresh record of everything good, one a penalty, one nothing; no limit cuts so little."""
    busy, fined, new = (make_member(session, kit, serial=serial, city=pack.city) for serial in (1, 2, 3))
    good = [item for item in pack.items() if item.kind is Kind.POSITIVE]
    for item in good:
        file_rows(session, kit, item.sources[0], a_record_of(item, kit))
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit), serial=2))
    penalty = pack.item("administrative_penalty_general")
    assert penalty
    assert score_of(session, busy) == pack.base + sum(item.centipoints for item in good) // 100
    assert score_of(session, fined) == pack.base + penalty.centipoints // 100
    assert score_of(session, new) == pack.base
    caller = as_citizen(app, session, busy)
    answers = {page: caller.get("/citizen/v1" + page).status_code for page in PAGES}
    assert answers == dict.fromkeys(PAGES, 200)


@every_city
def test_a_demo_of_each_city_is_planned_from_its_pack_and_offers(kit: Kit, pack: Pack) -> None:
    plan = plan_of(pack, kit.registry.offers(pack=pack.code))
    sent = {item for department in plan.departments for file in department.files for item in file.items}
    positive = {item.code for item in pack.items() if item.kind is Kind.POSITIVE}
    assert sent == positive | {"penalty_general", "penalty_serious"}
    assert {item for often in plan.habits.values() for item in often} == sent
    assert {role.city for role in plan.cast} == {pack.city}
    assert {operator.login for operator in plan.operators} <= {role.login for role in plan.cast}
    assert set(plan.counted) == {item.code for item in pack.items() if item.min_quantity}
    open_here = {offer.code for offer in kit.registry.offers(pack=pack.code)}
    assert all(open_here.issuperset(partner.scenarios) for partner in plan.partners)
    assert bool(plan.partners) == bool(open_here)


@pytest.mark.parametrize("city", ["suqian", "zhoushan"])
def test_the_demo_of_one_city_is_built_whole(real_db: Engine, tmp_path: Path, city: str) -> None:
    """Suqian has no offers, Zhoushan has; either has departments, records, scores and its logins."""
    url = real_db.url.render_as_string(hide_password=False)
    kit = build_kit(Settings(var_dir=str(tmp_path), database_url=url), engine=real_db)
    folder, today = DemoFolder(tmp_path), day_of(kit.clock())
    build(kit, folder, Marker(1, 60, today.isoformat(), whole=True, city=city), Console(quiet=True))
    facts = write_facts(kit, folder, plan_for(kit, city))
    with kit.sessions() as session:
        members = session.scalar(select(func.count()).select_from(Enrolment))
        scored = session.scalar(select(func.count(Score.citizen_id.distinct())))
        items = set(session.scalars(select(RecordRow.item).distinct()))
    assert members
    assert members == scored
    pack = next(pack for pack in RUNNING if pack.city == city)
    assert items | {"administrative_penalty_general"} == {item.code for item in pack.items()}
    assert bool(facts["partners"]) == (city == "zhoushan")
    assert {person["city"] for person in facts["citizens"]} == {city}
    assert {department["code"] for department in facts["departments"]} >= {"library", "transport", "housing"}


def test_a_city_without_a_pack_is_refused_with_those_there_are() -> None:
    """Before anything is started."""
    refused = CliRunner().invoke(main, ["demo", "--city", "atlantis"])
    assert refused.exit_code == 1
    assert "no pack scores the city 'atlantis'; there are fuzhou, hangzhou, national," in refused.output
    assert len(refused.output.splitlines()) == 1

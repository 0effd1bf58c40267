"""A run over everyone stores exactly what scoring everyone one by one would, in one switch, and leaves nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.config import Settings
from app.factory import build_kit
from app.store.runs import ScoreRun
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.population import Town


@pytest.fixture
def town(settings: Settings, real_db: Engine, clock: Clock, tmp_path: Path) -> Town:
    settings = replace(settings, var_dir=str(tmp_path / "var"))
    return Town(build_kit(settings, engine=real_db, clock=clock))


def ran(kit: Kit) -> list[ScoreRun]:
    with kit.sessions() as session:
        return list(session.scalars(select(ScoreRun).order_by(ScoreRun.number)))


def test_it_stores_what_scoring_everyone_one_by_one_would(town: Town, clock: Clock) -> None:
    town.admit(150)
    expected = town.expected()
    run, written = town.run()
    assert town.found() == expected
    assert (run.members, written.history, written.left) == (150, 150, 0)
    clock.advance(days=45)
    known = list(expected[0])
    with town.kit.sessions.begin() as session:
        for citizen_id in known[:20]:
            town.file(session, citizen_id)
    town.admit(20)
    expected = town.expected()
    _, written = town.run()
    assert town.found() == expected
    assert {one[-3] for past in expected[1].values() for one in past} == {"enrolment", "records", "day-passed"}
    assert 0 < written.history < 170


def test_a_second_run_of_the_day_finds_nothing_changed(town: Town) -> None:
    town.admit(30)
    town.run()
    before = town.found()
    run, written = town.run()
    assert (run.members, written.scores, written.history, written.days, written.left) == (30, 0, 0, 0, 0)
    assert town.found() == before
    assert [(row.number, row.members, row.changed) for row in ran(town.kit)] == [(1, 30, 30), (2, 30, 0)]

"""A population run over midnight, and one that was killed: nobody keeps a score of yesterday's rules, no file stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from app.cli import population_run
from app.cli.population_folder import Busy, folder_of_run, sweep
from app.config import Settings, SettingsError
from app.domain.calendar import day_of
from app.factory import build_kit
from app.services import pack_effect, scoring
from app.store.scores import Score
from tests.conftest import Clock
from tests.service.test_pack_shelf import put
from tests.support.population import Town
from tests.support.publishing import next_text


@pytest.fixture
def town(settings: Settings, real_db: Engine, clock: Clock, tmp_path: Path) -> Town:
    return Town(build_kit(replace(settings, var_dir=str(tmp_path / "var")), engine=real_db, clock=clock))


def new_rules_tomorrow(town: Town, clock: Clock) -> None:
    with town.kit.sessions() as session:
        rules = next_text("egret", 2, ("base = 600", "base = 610"))
        put(session, town.kit, rules, effective_on=day_of(clock()) + timedelta(days=1), told=1)
    clock.advance(minutes=2)


def midnight_passes(town: Town, clock: Clock) -> None:
    clock.advance(days=1, minutes=2)
    with town.kit.sessions.begin() as session:
        while pack_effect.step(session, town.kit.packs, clock()):
            pass


def before_the_switch(act: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    scored = population_run.score_parquet

    def then(*args: Any, **named: Any) -> None:
        scored(*args, **named)
        act()

    monkeypatch.setattr(population_run, "score_parquet", then)


def versions_of_enrolments(town: Town) -> dict[str, str]:
    """What the switch tells by whether anything happened to a member."""
    with town.kit.sessions() as session:
        return {row[0]: row[1] for row in session.execute(text("select citizen_id, xmin::text from enrolments"))}


def test_a_run_that_other_rules_overtake_is_given_up(town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    town.admit(10)
    new_rules_tomorrow(town, clock)
    before_the_switch(lambda: midnight_passes(town, clock), monkeypatch)
    with pytest.raises(SettingsError, match="other rules took effect"):
        town.run()
    with town.kit.sessions.begin() as session:
        assert scoring.refresh_due(session, town.kit.packs, clock()) == 10
        assert set(session.scalars(select(Score.pack_version))) == {2}


def test_who_was_due_already_is_marked_all_the_same_so_that_no_run_of_before_overwrites_it(
    town: Town, clock: Clock
) -> None:
    everyone = town.admit(6)
    new_rules_tomorrow(town, clock)
    before = versions_of_enrolments(town)
    assert set(before) == set(everyone)
    midnight_passes(town, clock)
    assert not before.items() & versions_of_enrolments(town).items()


def test_what_a_killed_run_left_is_swept_and_a_run_under_way_is_not(tmp_path: Path) -> None:
    left = tmp_path / "population" / "records"
    left.mkdir(parents=True)
    (left / "of-everyone.parquet").write_bytes(b"left")
    assert sweep(tmp_path) == 0
    assert not left.exists()
    with folder_of_run(tmp_path) as folder:
        (folder / "in-use.parquet").write_bytes(b"used")
        sweep(tmp_path)
        assert (folder / "in-use.parquet").exists()
        with pytest.raises(Busy), folder_of_run(tmp_path):
            pass
    assert not folder.exists()

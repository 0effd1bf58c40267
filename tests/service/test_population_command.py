"""`xinyi score population` from outside: what it says, and what a kill leaves."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text, update

from app.cli import main, population_run
from app.cli.population_run import Limits
from app.config import Settings, SettingsError
from app.domain.calendar import day_of
from app.factory import build_kit
from app.store.enrolments import Enrolment
from app.store.population import copied_out
from app.store.runs import ScoreRun
from app.web.kit import Kit
from tests.conftest import ROOT, Clock
from tests.support.population import Town

Command = Callable[..., Result]


@pytest.fixture
def town(settings: Settings, real_db: Engine, clock: Clock, tmp_path: Path) -> Town:
    settings = replace(settings, var_dir=str(tmp_path / "var"))
    return Town(build_kit(settings, engine=real_db, clock=clock))


@pytest.fixture
def command(town: Town, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`xinyi score population` on the town's database."""
    monkeypatch.setenv("DATABASE_URL", town.kit.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("XINYI_VAR_DIR", town.kit.settings.var_dir)
    return lambda *arguments: CliRunner().invoke(main, ["score", "population", *arguments])


def ran(town: Town) -> list[int]:
    with town.kit.sessions() as session:
        return list(session.scalars(select(ScoreRun.number)))


def test_kill_9_in_the_middle_of_the_switch_leaves_nothing(town: Town, tmp_path: Path) -> None:
    town.admit(20)
    expected = town.expected()
    url = town.kit.engine.url.render_as_string(hide_password=False)
    environment = {**os.environ, "DATABASE_URL": url, "XINYI_VAR_DIR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT)}
    script = [sys.executable, "-m", "tests.support.killed_run", town.city]
    with subprocess.Popen(script, env=environment, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline().strip() == "in the middle"
        victim.send_signal(signal.SIGKILL)
    assert town.found()[0] == {}
    assert ran(town) == []
    assert list((tmp_path / "var" / "population").iterdir()), "what it left goes with the next start"
    while alive(town.kit):
        pass
    town.run()
    assert town.found() == expected
    assert not (tmp_path / "var" / "population").exists()
    assert ran(town) == [1]


def alive(kit: Kit) -> int:
    """How many others are still connected: PostgreSQL hears of a killed one at its next breath."""
    others = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'killed'"
    with kit.engine.connect() as connection:
        return int(connection.scalar(text(others)) or 0)


def test_the_command_runs_every_city_and_says_what_it_did(town: Town, command: Command) -> None:
    town.admit(4)
    told = command()
    assert told.exit_code == 0, told.output
    (line,) = told.output.splitlines()
    assert line.startswith("xiamen, egret 1, as of 20")
    assert ": 4 members in " in line
    assert line.endswith("; 4 scores changed, 4 next days, 0 left to the worker")
    assert ": 4 members in " in command("--city", "xiamen").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--city", "atlantis"], "no pack for the city 'atlantis'; there are "),
        (["--memory", "much"], "such as 512MB or 2GB"),
        (["--threads", "0"], "not in the range"),
    ],
)
def test_a_wrong_argument_is_one_line(command: Command, arguments: list[str], said: str) -> None:
    told = command(*arguments)
    assert told.exit_code != 0
    assert said in told.output
    assert "Traceback" not in told.output


def test_without_its_libraries_it_says_what_to_install(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("app.cli.population"), "NEEDED", ("no_such_library",))
    assert command().output == "Error: no_such_library is not installed: pip install 'xinyi-plus[batch]'\n"


def test_too_little_memory_is_one_line_and_leaves_nothing(town: Town, tmp_path: Path) -> None:
    town.admit(3)
    with pytest.raises(SettingsError, match="the run was given up: "):
        town.run(Limits(memory="1MB", threads=1))
    assert town.found()[0] == {}
    assert ran(town) == []
    assert not (tmp_path / "var" / "population").exists()


def test_what_cannot_be_read_is_one_line_and_leaves_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a full disk: DuckDB gives up while PostgreSQL still sends."""
    town.admit(300)
    wrong = {**population_run.TABLES, "members": {**population_run.TABLES["members"], "seen": "date"}}
    monkeypatch.setattr(population_run, "TABLES", wrong)
    with pytest.raises(SettingsError, match="the run was given up: "):
        town.run()
    monkeypatch.undo()
    assert ran(town) == []
    assert town.run()[1].history == 300


def test_reading_that_is_given_up_leaves_the_connection_to_others(town: Town) -> None:
    town.admit(2000, records_each=0)
    with town.kit.sessions() as session:
        session.execute(update(Enrolment).values(in_runs_of=town.city))
        rows = copied_out(session, "members", town.pack, day_of(town.kit.clock()))
        next(rows)
        rows.close()
        session.rollback()
        assert session.scalar(select(1)) == 1

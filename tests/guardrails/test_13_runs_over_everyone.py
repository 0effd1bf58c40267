"""Guardrail 13, of jobs over many people: one row for the run, shown to each person in it, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.cli import main
from app.services import access, leaving, runs
from app.services.access import Verdict
from app.services.enrolment import enrol_many
from app.store.access_log import AccessLogRow
from app.web.kit import EXTENSION
from tests.conftest import Clock
from tests.support.callers import as_citizen
from tests.support.population import Town

PATH = "/citizen/v1/access-log"


@pytest.fixture
def town(real_app: Flask, tmp_path: Path) -> Town:
    kit = real_app.extensions[EXTENSION]
    return Town(replace(kit, settings=replace(kit.settings, var_dir=str(tmp_path))))


def looks(app: Flask, town: Town, citizen_id: str, limit: int = 100) -> list[dict[str, Any]]:
    """The citizen's whole access log, page by page."""
    with town.kit.sessions() as session:
        me = as_citizen(app, session, citizen_id)
    found, page = [], me.get(f"{PATH}?limit={limit}").json
    while page["has_more"]:
        found += page["data"]
        page = me.get(f"{PATH}?limit={limit}&cursor={page['next_cursor']}").json
    return [*found, *page["data"]]


def runs_of(app: Flask, town: Town, citizen_id: str) -> list[int]:
    return [look["number"] for look in looks(app, town, citizen_id) if "run" in look]


def test_a_run_is_one_row_that_each_of_them_sees(real_app: Flask, town: Town, clock: Clock) -> None:
    one, other = town.admit(2)
    town.run()
    with town.kit.sessions() as session:
        before = session.scalar(select(func.count()).select_from(AccessLogRow))
    clock.advance(days=1)
    town.run()
    with town.kit.sessions() as session:
        assert session.scalar(select(func.count()).select_from(AccessLogRow)) == before
    for person in (one, other):
        last, joined, first = looks(real_app, town, person)[0], *reversed(looks(real_app, town, person)[1:])
        assert (joined["action"]["code"], joined["ref"]) == ("runs.joined", "xiamen:1")
        assert first["run"]["as_of"] == "2026-11-20"
        assert last["run"] == {
            "city": "xiamen", "pack": "egret", "pack_version": 1, "as_of": "2026-11-21", "members": 2
        }  # fmt: skip
        assert last["actor"]["kind"] == "system"
        assert last["action"]["name"] != last["action"]["code"]


def test_the_log_is_read_in_pages_across_looks_and_runs(real_app: Flask, town: Town, clock: Clock) -> None:
    (me,) = town.admit(1)
    for _ in range(3):
        town.run()
        clock.advance(hours=1)
        with town.kit.sessions.begin() as session:
            town.file(session, me)
            town.refresh(session)
        clock.advance(hours=1)
    whole = looks(real_app, town, me)
    assert [("run" in look, look["number"]) for look in whole] == [
        (False, 4), (True, 3), (False, 3), (True, 2), (False, 2), (True, 1), (False, 1)
    ]  # fmt: skip
    assert looks(real_app, town, me, limit=1) == looks(real_app, town, me, limit=2) == whole


def test_nobody_else_sees_it(real_app: Flask, town: Town) -> None:
    (before,) = town.admit(1)
    (elsewhere,) = replace(town, city="hangzhou").admit(1)
    town.run()
    (later,) = town.admit(1)
    town.run()
    assert [runs_of(real_app, town, one) for one in (before, later, elsewhere)] == [[2, 1], [2], []]


def test_it_is_in_what_one_takes_along(real_app: Flask, town: Town) -> None:
    (me,) = town.admit(1)
    town.run()
    with town.kit.sessions() as session:
        taken = as_citizen(real_app, session, me).post("/citizen/v1/data-exports").json
    (run,) = taken["tables"]["score_runs"]
    assert (run["city"], run["number"], run["members"]) == ("xiamen", 1, 1)
    assert "link" not in run


def test_who_left_is_in_no_run_and_every_chain_stays_whole(real_app: Flask, town: Town) -> None:
    me, other = town.admit(2)
    town.run()
    with town.kit.sessions.begin() as session:
        leaving.leave(session, me, town.kit.clock())
    town.run()
    with town.kit.sessions.begin() as session:
        enrol_many(session, [me], notice_version="1", now=town.kit.clock())
    town.run()
    assert (runs_of(real_app, town, me), runs_of(real_app, town, other)) == ([3], [3, 2, 1])
    with town.kit.sessions() as session:
        assert access.verify(session, me) == Verdict(rows=1, erased=1)
        assert access.verify(session, other).whole
        assert runs.fault(session) is None


def verified(engine: Engine, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    told = CliRunner().invoke(main, ["log", *arguments])
    return told.exit_code, told.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update score_runs set members = 7 where number = 2", "runs: run 2 was changed or dropped"),
        ("update score_runs set as_of = as_of - 1 where number = 1", "runs: run 1 was changed or dropped"),
        ("delete from score_runs where number = 2", "runs: run 2 was changed or dropped"),
        ("delete from score_runs where number = 3", "runs: run 3 was changed or dropped"),
        ("update score_run_heads set length = 2", "runs: run 4 was changed or dropped"),
        ("delete from access_log where action = 'runs.joined'", "row 2 was dropped"),
        ("update access_log set ref = 'xiamen:3' where action = 'runs.joined'", "row 1 was changed"),
        ("update enrolments set in_runs_of = 'zhoushan'", "row 2 was dropped"),
    ],
)
def test_tampering_with_a_run_or_with_who_was_in_it_shows(
    town: Town, monkeypatch: pytest.MonkeyPatch, change: str, said: str
) -> None:
    town.admit(1)
    for _ in range(3):
        town.run()
    assert verified(town.kit.engine, monkeypatch, "verify")[0] == 0
    with town.kit.engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text(change))
    code, told = verified(town.kit.engine, monkeypatch, "verify")
    assert code == 1
    assert said in told


def test_runs_rewritten_whole_are_found_out_by_an_anchor_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    town.admit(1)
    town.run()
    anchor = str(tmp_path / "anchor")
    assert verified(town.kit.engine, monkeypatch, "anchor", anchor)[0] == 0
    town.run()
    assert verified(town.kit.engine, monkeypatch, "verify", "--anchor", anchor)[0] == 0
    with town.kit.sessions.begin() as session:
        rewrite(session)
    assert verified(town.kit.engine, monkeypatch, "verify")[0] == 0
    code, told = verified(town.kit.engine, monkeypatch, "verify", "--anchor", anchor)
    assert (code, "runs: not those of the anchor" in told) == (1, True)


def rewrite(session: Session) -> None:
    """One who knows it all makes the runs say something else, and links and head fit it."""
    rows = runs.runs.every(session)
    previous = runs.runs.GENESIS
    for row in rows:
        row.members = 7
        row.link = previous = runs.runs.chain(previous, row.number, runs.runs.said(row))
    session.flush()
    session.execute(text("update score_run_heads set link = :link"), {"link": previous})

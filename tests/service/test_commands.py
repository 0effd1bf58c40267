"""The commands of someone with a shell on the machine: they do what services do, leave a trail, and fail in a line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.cli import main
from app.services import desk, partners
from app.services.factors import code_at
from app.store import oauth
from scenarios import load as load_registry
from tests.conftest import Clock
from tests.support.people import id_number

Run = Callable[..., Result]


@pytest.fixture
def run(real_db: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`xinyi …` on a database of this test's own."""
    monkeypatch.setenv("DATABASE_URL", real_db.url.render_as_string(hide_password=False))
    monkeypatch.setenv("XINYI_VAR_DIR", str(tmp_path / "var"))
    return lambda *arguments, **more: CliRunner().invoke(main, arguments, **more)


def test_the_packs_that_ship_are_sound_and_shown(run: Run) -> None:
    assert "sound" in run("pack", "check").output
    assert "kept_promise" in run("pack", "show", "zizai").output
    unknown = run("pack", "show", "nowhere")
    assert unknown.exit_code == 1
    assert "zizai" in unknown.output


def test_a_broken_pack_is_told_with_the_place_in_its_file(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('code = "broken"\n')
    told = run("pack", "check", str(broken))
    assert told.exit_code == 1
    assert str(broken) in told.output


def test_a_client_is_registered_with_a_key_made_here(run: Run, tmp_path: Path, real_db: Engine) -> None:
    public = run("client", "key", str(tmp_path / "key.pem")).output
    (tmp_path / "key.jwk").write_text(public)
    assert "d" not in json.loads(public)
    added = run(
        "client", "add", "dept-new", "--kind", "department", "--name", "新部门", "--department", "library",
        "--jwk", str(tmp_path / "key.jwk"),
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    with Session(real_db) as session:
        client = oauth.client(session, "dept-new")
        assert client is not None
        assert client.scopes == ["records"]
        assert desk.trail(session, before=None, limit=1)[0]["operator_id"] == "command-line"
    keyed = ("--name", "新部门", "--department", "library", "--jwk", str(tmp_path / "key.jwk"), "--register")
    assert run("client", "add", "dept-new", "--kind", "department", *keyed).exit_code == 0
    with Session(real_db) as session:
        register = oauth.client(session, "dept-new")
        assert register is not None
        assert register.scopes == ["entities"], "a register of entities sends no records"
    assert "--register is for a department" in run("client", "add", "shop", "--kind", "partner", *keyed).output


def test_a_client_without_its_key_is_refused_in_one_line(run: Run) -> None:
    refused = run("client", "add", "dept-new", "--kind", "department", "--name", "新部门")
    assert refused.exit_code == 1
    assert refused.output.strip().splitlines() == ["Error: /jwks: From 1 to 10 keys."]


def test_an_operators_identity_number_is_asked_for_and_not_printed(run: Run) -> None:
    number = id_number(7)
    added = run("operator", "add", "--name", "值班员", "--role", "office", input=number + "\n")
    assert added.exit_code == 0, added.output
    assert number not in added.output


def test_an_operator_is_invited_to_a_second_factor_from_the_command_line(run: Run, real_db: Engine) -> None:
    added = run("operator", "add", "--name", "值班员", "--role", "admin", input=id_number(8) + "\n")
    operator_id = added.output.split()[2]
    invited = run("operator", "invite", operator_id)
    assert invited.exit_code == 0, invited.output
    code = invited.output.split()[1].strip(",")
    with Session(real_db) as session:
        deed = desk.trail(session, before=None, limit=1)[0]
        assert (deed["action"], deed["target"]) == ("operator.invite", operator_id)
        assert code not in json.dumps(deed["data"])
    assert "no second factor" in run("operator", "list").output
    assert run("operator", "invite", "opr_nobody").exit_code == 1


def test_a_demo_operators_code_of_the_moment_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    facts = {"base_url": "http://127.0.0.1:1", "operators": [{"login": "hz-office", "totp_secret": "A" * 32}]}
    (tmp_path / "var" / "demo.json").write_text(json.dumps(facts))
    before = code_at("A" * 32, time.time())
    assert run("otp", "hz-office").output.strip() in (before, code_at("A" * 32, time.time()))
    refused = run("otp", "hz-nobody")
    assert (refused.exit_code, len(refused.output.strip().splitlines())) == (1, 1)
    assert "hz-office" in refused.output


def test_a_counter_is_paired_from_the_command_line(run: Run, real_db: Engine, clock: Clock) -> None:
    with Session(real_db) as session, session.begin():
        created = partners.create(
            session, load_registry(), name_zh="某馆", name_en="A library", scenarios=["hz-library-card"],
            livemode=False, now=clock(),
        )  # fmt: skip
    assert created["id"] in run("partner", "list").output
    assert "/counter#pair=" in run("partner", "pair", created["id"]).output
    assert run("partner", "pair", "nobody").exit_code == 1
    assert run("partner", "suspend", created["id"]).exit_code == 0
    assert f"{created['id']}  suspended" in run("partner", "list").output
    assert run("partner", "suspend", "nobody").exit_code == 1


def test_a_departments_file_is_reported_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "books.ndjson"
    row = {"source_record_id": "B-1", "item": "returned_book", "name": "林晓", "id_number": id_number(9)}
    file.write_text("\n".join(json.dumps(row | {"event_on": day}) for day in ("2026-10-01", "soon")))
    told = run("ingest", "library", str(file)).output
    assert "2 rows" in told
    assert "1 of people who have not opted in" in told
    assert "line 2: event_on malformed" in told
    file.write_text("")
    assert run("ingest", "library", str(file.rename(tmp_path / "empty.csv"))).exit_code == 1


def test_without_a_demo_one_line_says_what_to_do(run: Run) -> None:
    told = run("curl", "--as", "hz-high", "GET", "/citizen/v1/home")
    assert told.exit_code == 1
    assert "make demo" in told.output


def test_migrations_go_up_down_and_up_without_drift(run: Run) -> None:
    checked = run("db", "check")
    assert checked.exit_code == 0, checked.output
    assert "no drift" in checked.output

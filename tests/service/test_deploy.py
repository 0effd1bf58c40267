"""What deploy/ says is true: PostgreSQL knows the settings, the commands exist, the example names real settings."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from secrets import token_urlsafe

import pytest
from click import Context
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli import main
from app.config import Settings, SettingsError, load

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def settings_in(file: Path, pattern: str) -> dict[str, str]:
    return dict(re.findall(pattern, file.read_text("utf-8"), flags=re.MULTILINE))


def test_postgresql_takes_every_setting(session: Session) -> None:
    for name, value in settings_in(DEPLOY / "postgresql.conf", r"^(\w+) = (\S+)$").items():
        context = session.scalar(text("SELECT context FROM pg_settings WHERE name = :name"), {"name": name})
        assert context is not None, name
        if context in ("user", "superuser"):
            session.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").iterdir()), ids=lambda unit: unit.stem)
def test_units_start_commands_that_exist_with_options_that_exist(unit: Path) -> None:
    command = settings_in(unit, r"^(ExecStart)=\S+/xinyi (.+)$")["ExecStart"].split()
    found = main.get_command(Context(main), command[0])
    assert found is not None
    known = {name for parameter in found.params for name in parameter.opts}
    assert {word for word in command if word.startswith("--")} <= known


def test_the_example_environment_names_real_settings_and_lacks_only_the_secrets() -> None:
    given = settings_in(DEPLOY / "environment.example", r"^([A-Z_]+)=(.*)$")
    known = {f"XINYI_{field.name.upper()}" for field in fields(Settings)} | {"DATABASE_URL"}
    assert set(given) <= known
    with pytest.raises(SettingsError, match="SECRET"):
        load(given)
    secrets = {name: token_urlsafe(36) for name in given if name.endswith("_SECRET")}
    assert load(given | secrets).production

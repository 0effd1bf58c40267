"""`xinyi db …`: migrations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import Engine, inspect

from app.cli.place import with_database
from app.config import load
from app.store import embedded
from migrations import commands

SCRATCH = "xinyi_migrations_check"
BOOKKEEPING = "alembic_version"


@click.group()
def db() -> None:
    """Migrate the database of DATABASE_URL, or the demo's."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to REVISION (default: the newest)."""
    with with_database(load()) as settings:
        engine = commands.engine_of(settings)
        commands.upgrade(engine, revision)
        click.echo(f"the database is at {commands.current(engine)}")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="What the removed tables and columns hold is lost. Go on?")
def downgrade(revision: str) -> None:
    """Take the database down to REVISION; `base` empties it."""
    with with_database(load()) as settings:
        engine = commands.engine_of(settings)
        commands.downgrade(engine, revision)
        click.echo(f"the database is at {commands.current(engine) or 'nothing'}")


@db.command()
def check() -> None:
    """Migrate a scratch database up, down and up again, and compare it with the tables in the code."""
    settings = load()
    if not settings.database_url:
        settings = replace(settings, var_dir=str(Path(settings.var_dir) / "migrations-check"))
    with with_database(settings) as settings:
        url = embedded.create_database(settings.database_url, SCRATCH)
        try:
            problems = _problems(commands.engine_of(replace(settings, database_url=url)))
        finally:
            embedded.drop_database(settings.database_url, SCRATCH)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException("the migrations and the tables in the code differ")
    click.echo(f"up, down, up: at {commands.head()}, no drift")


def _problems(engine: Engine) -> list[str]:
    commands.upgrade(engine)
    commands.downgrade(engine, "base")
    left = [f"downgrade leaves the table {name}" for name in inspect(engine).get_table_names() if name != BOOKKEEPING]
    commands.upgrade(engine)
    return left + commands.drift(engine)

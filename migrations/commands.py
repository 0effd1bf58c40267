"""What `xinyi db` and the tests do with migrations; plain `alembic` works as well (settings: pyproject.toml)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import autogenerate, command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy.pool import NullPool

from app.config import Settings, SettingsError
from app.store import models

FOLDER = Path(__file__).parent
HEAD_FILE = FOLDER / ".head"
LOCK = 0x6D696772
"""Advisory lock: of two deployments that migrate at once, the second waits and then finds nothing to do."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`, in one transaction."""
    with _config(engine) as config:
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database down to `revision` (`base`: empty), in one transaction. What the tables held is lost."""
    with _config(engine) as config:
        command.downgrade(config, revision)


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None for one that was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision; raises alembic's CommandError where two branches have grown."""
    return str(ScriptDirectory(str(FOLDER)).get_current_head())


def drift(engine: Engine) -> list[str]:
    """Every difference between the tables in the code and in the database, one line each; empty when they agree."""
    with engine.connect() as connection:
        state = MigrationContext.configure(connection, opts={"include_name": _ours, "compare_server_default": True})
        return [str(difference) for difference in autogenerate.compare_metadata(state, models.load())]


def engine_of(settings: Settings) -> Engine:
    """One connection for one command; raises SettingsError without a database."""
    if not settings.database_url:
        raise SettingsError("DATABASE_URL is not set")
    return create_engine(settings.database_url, poolclass=NullPool, hide_parameters=True)


def run_on(connection: Connection, tables: MetaData) -> None:
    """Run the migrations that alembic was asked for, on an open transaction (for migrations/env.py)."""
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    context.configure(connection=connection, target_metadata=tables, include_name=_ours, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


@contextmanager
def _config(engine: Engine) -> Iterator[Config]:
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(FOLDER))
        yield config


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Partitions are their parent's business."""
    return not (kind == "table" and name is not None and "_part_" in name)

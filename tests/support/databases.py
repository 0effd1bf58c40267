"""Databases of test processes on a shared server: each is named after its process, so that runs never meet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.store import embedded

PREFIX = "xinyi_t_"


def own_name(role: str) -> str:
    """The name of this process's database for a role."""
    return f"{PREFIX}{os.getpid()}_{role}"


def leave(url: str, config: pytest.Config) -> None:
    """Drop the databases of this process and of dead ones; the last one out stops our own server."""
    living = set()
    for name in _names(url):
        pid = int(name.removeprefix(PREFIX).split("_")[0])
        if pid == os.getpid() or not Path(f"/proc/{pid}").exists():
            embedded.drop_database(url, name)
        else:
            living.add(pid)
    if not living and not os.environ.get("DATABASE_URL"):
        embedded.start(Path(config.rootpath) / "var" / "test-postgresql", durable=False).stop()


def _names(url: str) -> list[str]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(
            text("select datname from pg_database where starts_with(datname, :prefix)"), {"prefix": PREFIX}
        )
        return [row[0] for row in found]

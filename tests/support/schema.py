"""The schema of the tests' databases: the one that a city gets."""

from __future__ import annotations

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from migrations import commands


def build_schema(url: str) -> None:
    """Migrate the empty database at `url` up to the head."""
    commands.upgrade(create_engine(url, poolclass=NullPool))

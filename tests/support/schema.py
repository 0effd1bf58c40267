"""The schema of the tests' databases."""

from __future__ import annotations

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.store import models
from app.store.base import Base


def build_schema(url: str) -> None:
    """Make every table of the models in the empty database at `url`."""
    models.load()
    Base.metadata.create_all(create_engine(url, poolclass=NullPool))

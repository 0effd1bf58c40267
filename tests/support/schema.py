"""The schema of the tests' databases: the one that a city gets."""

from __future__ import annotations

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from app.config import DEVELOPMENT_SECRET
from app.store.pii import PiiBox
from migrations import commands


def build_schema(url: str) -> None:
    """Migrate the empty database at `url` up to the head; its copies share the data keys that are made here."""
    engine = create_engine(url, poolclass=NullPool)
    commands.upgrade(engine)
    PiiBox(sessionmaker(engine), DEVELOPMENT_SECRET).renew()

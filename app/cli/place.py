"""Where a command works: on the database of DATABASE_URL, or on the one of the demo in this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.cli.demo_facts import demo_facts, demo_file
from app.config import Settings, load
from app.factory import build_kit
from app.store import embedded
from app.web.kit import Kit

DATABASE = "xinyi"


@contextmanager
def with_database(settings: Settings) -> Iterator[Settings]:
    """The settings with a database: their own, or the embedded one, which runs at least as long as the block."""
    if settings.database_url:
        yield settings
        return
    server = embedded.start(Path(settings.var_dir) / "postgresql")
    try:
        if not embedded.database_exists(server.url, DATABASE):
            embedded.create_database(server.url, DATABASE)
        yield replace(settings, database_url=embedded.with_name(server.url, DATABASE))
    finally:
        if server.started:
            server.stop()


@contextmanager
def workplace() -> Iterator[Kit]:
    """The parts of a command's process; raises SettingsError and EmbeddedError in one line."""
    settings = load()
    if not settings.database_url and demo_file(settings).exists():
        settings = replace(settings, base_url=str(demo_facts()["base_url"]))
    with with_database(settings) as settings:
        kit = build_kit(settings)
        try:
            yield kit
        finally:
            kit.engine.dispose()

"""The scene of all attacks, set once a process in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.config import Settings
from app.factory import create_app
from app.store import embedded
from app.store.direct import Doors
from app.store.keys import KeyRing
from app.web.kit import Kit
from tests.conftest import Clock
from tests.hostile.scene import Scene
from tests.support.databases import own_name
from tests.support.documented import DocumentedClient
from tests.support.identity import build_city


@pytest.fixture(scope="session")
def hostile_kit(server: str, template: str, parts: Kit) -> Iterator[Kit]:
    """The Kit of a city whose requests commit for real."""
    engine = create_engine(embedded.create_database(server, own_name("hostile"), template), pool_size=4)
    sessions = sessionmaker(engine, expire_on_commit=False)
    clock = Clock(datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
    statements = Doors(engine)
    keys = KeyRing(sessions, parts.pii)
    yield replace(parts, engine=engine, sessions=sessions, statements=statements, clock=clock, keys=keys)
    engine.dispose()


@pytest.fixture(scope="session")
def scene(hostile_kit: Kit, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A city in which everyone whom an attack needs has logged in."""
    app = create_app(kit=hostile_kit)
    app.test_client_class = DocumentedClient
    with hostile_kit.sessions() as session:
        city = build_city(app, session, tmp_path_factory.mktemp("hostile"))
    return Scene(city, hostile_kit.clock)

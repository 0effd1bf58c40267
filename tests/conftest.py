"""What every test shares: one PostgreSQL, one database a worker, one transaction a test that is rolled back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from app.config import Settings
from app.domain.pack import Pack
from app.factory import build_kit, create_app
from app.packs import load_packs
from app.services.offer_shelf import OfferShelf
from app.services.pack_shelf import Shelf
from app.store import embedded
from app.store.keys import KeyRing
from app.store.limits import Counters, Limiter
from app.web.kit import EXTENSION, Kit
from tests.support.databases import leave, own_name
from tests.support.documented import DocumentedClient
from tests.support.identity import City, build_city
from tests.support.schema import build_schema

ROOT = Path(__file__).resolve().parent.parent
SERVER_FOLDER = ROOT / "var" / "test-postgresql"
BASE_URL = "http://127.0.0.1:8000"


class Clock:
    """A clock that stands still until a test moves it; called, it tells the moment."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **amount: float) -> datetime:
        self.moment += timedelta(**amount)
        return self.moment


def server_url() -> str:
    """The PostgreSQL of the tests: DATABASE_URL's server, or our own."""
    given = os.environ.get("DATABASE_URL", "")
    if given:
        return given.replace("postgres://", "postgresql://").replace("postgresql://", "postgresql+psycopg://")
    return embedded.start(SERVER_FOLDER, durable=False).url


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Each process drops what it made; the last one out stops the server that they share."""
    if "url" in _server:
        leave(_server["url"], session.config)


_server: dict[str, str] = {}


@pytest.fixture(scope="session")
def server() -> str:
    _server["url"] = server_url()
    return _server["url"]


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a database with the whole schema and nothing in it."""
    name = own_name("template")
    build_schema(embedded.create_database(server, name))
    return name


@pytest.fixture(scope="session")
def db(server: str, template: str) -> Iterator[Engine]:
    """The process's database."""
    engine = create_engine(embedded.create_database(server, own_name("test"), template), poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def real_db(server: str, template: str) -> Iterator[Engine]:
    """A database of this test's own, for true commits, threads and processes."""
    engine = create_engine(embedded.create_database(server, own_name("real"), template), pool_size=24, max_overflow=8)
    yield engine
    engine.dispose()
    embedded.drop_database(server, own_name("real"))


@pytest.fixture
def connection(db: Engine) -> Iterator[Connection]:
    """One connection whose transaction is rolled back when the test ends."""
    with db.connect() as connection, connection.begin() as outer:
        yield connection
        outer.rollback()


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    return sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session on the test's connection: it sees what the app wrote, and the app sees what it flushed."""
    with sessions() as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 20, 4, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(base_url=BASE_URL, var_dir=str(tmp_path_factory.mktemp("var")), limit_scale=1000)


@pytest.fixture(scope="session")
def parts(settings: Settings, db: Engine) -> Kit:
    """What all Kits of a process share: packs and scenarios are read once, signing keys are made once."""
    parts = build_kit(settings, engine=db)
    parts.keys.jwks()
    return parts


@pytest.fixture(scope="session")
def shipped() -> Mapping[str, Pack]:
    """The packs of the release, read once a process; each test puts them on a shelf of its own."""
    return load_packs()


@pytest.fixture
def kit(
    parts: Kit, connection: Connection, sessions: sessionmaker[Session], clock: Clock, shipped: Mapping[str, Pack]
) -> Kit:
    statements = partial(nullcontext, connection.connection)
    limiter = Limiter(Counters(statements, clock, parts.pii.keyed_hash))
    keys = KeyRing(sessions, parts.pii, clock)
    shelves = {"shelf": Shelf(shipped), "offers": OfferShelf(parts.offers.shipped)}
    return replace(
        parts, sessions=sessions, statements=statements, clock=clock, limiter=limiter, keys=keys, **shelves
    )


@pytest.fixture(scope="session")
def built() -> dict[str, Flask]:
    """The app is built once a worker; each test gives it a Kit of its own."""
    return {}


@pytest.fixture
def app(built: dict[str, Flask], kit: Kit) -> Flask:
    if "app" not in built:
        built["app"] = create_app(kit=kit)
        built["app"].test_client_class = DocumentedClient
    built["app"].extensions[EXTENSION] = kit
    return built["app"]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def real_app(settings: Settings, real_db: Engine, clock: Clock) -> Flask:
    """An app whose requests commit for real; use `real_app.test_client()` in each thread."""
    return create_app(kit=build_kit(settings, engine=real_db, clock=clock))


@pytest.fixture
def at(clock: Clock) -> Callable[..., datetime]:
    """Move the clock: `at(minutes=16)`."""
    return clock.advance


@pytest.fixture
def city(app: Flask, session: Session, tmp_path: Path) -> City:
    """A sandbox real-name platform, people who log in there for real, and registered clients."""
    return build_city(app, session, tmp_path)

"""Connections are alive when they are handed out, and asking them costs nothing where nothing happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from app.store import pool


@pytest.fixture
def engine(server: str) -> Iterator[Engine]:
    engine = pool.engine_on(server, 3)
    yield engine
    engine.dispose()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The connections that were asked whether they live."""
    asked: list[object] = []
    ask = pool._ask
    monkeypatch.setattr(pool, "_ask", lambda connection: (asked.append(connection), ask(connection)))
    return asked


def _backend(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("select pg_backend_pid()")) or 0)


def _end(server: str, backend: int) -> None:
    with create_engine(server, poolclass=NullPool).connect() as other:
        assert other.scalar(text("select pg_terminate_backend(:pid, 5000)"), {"pid": backend})


def test_a_connection_that_the_server_ended_is_replaced_before_anyone_uses_it(engine: Engine, server: str) -> None:
    ended = _backend(engine)
    _end(server, ended)
    assert _backend(engine) != ended


def test_all_connections_of_a_server_that_went_away_are_replaced(engine: Engine, server: str) -> None:
    with engine.connect() as one, engine.connect() as other:
        ended = [int(held.scalar(text("select pg_backend_pid()")) or 0) for held in (one, other)]
    for backend in ended:
        _end(server, backend)
    with engine.connect() as one, engine.connect() as other:
        assert not {held.scalar(text("select pg_backend_pid()")) for held in (one, other)} & set(ended)


def test_a_living_connection_is_not_asked(engine: Engine, asked: list[object]) -> None:
    assert _backend(engine) == _backend(engine)
    assert not asked


def test_a_connection_that_lay_idle_for_long_is_asked(
    engine: Engine, asked: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _backend(engine)
    monkeypatch.setattr(pool, "QUIET_SECONDS", -1.0)
    assert _backend(engine) == first
    assert asked

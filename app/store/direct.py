"""Statements that commit by themselves, by the driver's own cursor: for what every request does.

SQLAlchemy's way there and back, its pool included, costs more than the statements at the door themselves.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cached_property
from typing import Any, Protocol

import psycopg
from sqlalchemy import ClauseElement, Engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.store.pool import is_alive


class Statements(Protocol):
    """A connection on which each statement commits by itself: one round trip where a transaction takes three."""

    def cursor(self) -> Any:
        """A cursor of the driver."""


class Doors:
    """Lends such connections to an engine's database; opens as many as are lent at once, one a thread at most.

    What a dead one would fail, a fresh one does. They are closed when the engine is disposed of.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[tuple[psycopg.Connection, float]] = deque()
        event.listen(engine, "engine_disposed", lambda _: self._close())

    @contextmanager
    def __call__(self) -> Iterator[Statements]:
        """Lend a connection; raises OperationalError where the database is away."""
        connection = self._kept() or self._opened()
        try:
            yield connection
        except OperationalError:
            connection.close()
            raise
        finally:
            if not connection.closed:
                self._idle.append((connection, time.monotonic()))

    def _kept(self) -> psycopg.Connection | None:
        while self._idle:
            try:
                connection, since = self._idle.pop()
            except IndexError:  # another thread was faster
                return None
            if is_alive(connection, since):
                return connection
            connection.close()
        return None

    def _opened(self) -> psycopg.Connection:
        words, options = self._engine.dialect.create_connect_args(self._engine.url)
        try:
            return psycopg.connect(*words, autocommit=True, **options)
        except psycopg.OperationalError as away:
            raise OperationalError(None, None, away) from away

    def _close(self) -> None:
        while self._idle:
            self._idle.pop()[0].close()


def ask(connection: Statements, statement: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """The rows of a statement with `%(name)s` in it; raises OperationalError where the database is away."""
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    except psycopg.OperationalError as away:
        raise OperationalError(None, None, away) from away


class Prepared:
    """A statement that every merchant's request sends: rendered once, then sent by the driver's own cursor.

    `build` makes it, with `bindparam("name")` for what each request fills in; or it is SQL with `%(name)s`. Values go
    to the driver as they are: JSON as `Jsonb`.
    """

    def __init__(self, build: Callable[[], ClauseElement] | str) -> None:
        self._build = build

    @cached_property
    def _rendered(self) -> tuple[str, dict[str, Any]]:
        if isinstance(self._build, str):
            return self._build, {}
        dialect = make_url("postgresql+psycopg://").get_dialect()()
        compiled = self._build().compile(dialect=dialect)
        return str(compiled), dict(compiled.params)

    def ask(self, session: Session, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Its rows, in the session's transaction and after what waits there; none where it returns nothing."""
        text, constants = self._rendered
        session.flush()
        try:
            with closing(session.connection().connection.cursor()) as cursor:
                cursor.execute(text, {**constants, **values})
                return list(cursor.fetchall()) if cursor.pgresult.nfields else []
        except psycopg.OperationalError as away:
            raise OperationalError(None, None, away) from away

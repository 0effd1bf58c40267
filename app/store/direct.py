"""A statement that commits by itself, by the driver's own cursor: for what every request does.

SQLAlchemy's way there and back costs more than the statements at the door themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import OperationalError


@contextmanager
def autocommitting(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """A connection of the pool on which each statement commits by itself: one round trip, a transaction takes three."""
    lent = engine.raw_connection()
    driver: Any = lent.driver_connection
    try:
        driver.autocommit = True
        yield lent
    finally:
        if not driver.closed:
            driver.autocommit = False
        lent.close()


def ask(connection: PoolProxiedConnection, statement: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """The rows of a statement with `%(name)s` in it; raises OperationalError where the database is away."""
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    except psycopg.OperationalError as away:
        connection.invalidate(away)
        raise OperationalError(None, None, away) from away

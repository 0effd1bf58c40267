"""Many rows into one table by PostgreSQL's COPY, within the session's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from app.store.base import Base


def copy_rows(session: Session, table: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Append `rows`, each by the same column names; every constraint holds as for INSERT."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    session.flush()
    names = list(first)
    command = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table.__tablename__), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(command) as copy:
        for row in (first, *rows):
            copy.write_row([row[name] for name in names])


def as_json(value: Mapping[str, Any]) -> Jsonb:
    """A mapping as the value of a JSON column."""
    return Jsonb(dict(value))

"""A row for any table: what is not given is filled in by its column's type."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Interval, LargeBinary, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeEngine

_FILLED: tuple[tuple[type[TypeEngine[Any]], Any], ...] = (
    (DateTime, datetime(2026, 1, 1, tzinfo=UTC)),
    (Date, date(2026, 1, 1)),
    (Boolean, False),
    (Integer, 1),
    (Interval, timedelta(hours=1)),
    (LargeBinary, b"\x00" * 16),
    (ARRAY, []),
    (JSONB, {}),
)


def a_row(table: Table, **given: Any) -> dict[str, Any]:
    """Values for a row of `table`; texts are named after their column."""
    return {column.name: given.get(column.name, _filled(column)) for column in table.columns}


def _filled(column: Column[Any]) -> Any:
    if column.nullable:
        return None
    return next((value for kind, value in _FILLED if isinstance(column.type, kind)), f"some-{column.name}")

"""What leaving does to every table: it reads that off the tables themselves (`info["on_leave"]`, app/store/base.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Column, Table, delete, exists, literal, literal_column, not_, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from app.store import models

CITIZEN = "citizen_id"


def erase(session: Session, citizen_id: str) -> dict[str, int]:
    """Delete the person's rows wherever a table says so; returns how many went, by table."""
    return {
        table.name: len(session.execute(delete(table).where(*conditions).returning(literal(1))).all())
        for table in reversed(models.load().sorted_tables)
        if (conditions := _doomed(table, citizen_id))
    }


def kept(session: Session, citizen_id: str) -> dict[str, str]:
    """The tables in which something of the person stays, each with the reason."""
    return {
        table.name: reason
        for table in models.load().sorted_tables
        if (reason := reason_to_keep(table)) and session.scalar(select(exists().where(_of(table, citizen_id))))
    }


def always_kept(table: Any) -> dict[str, str]:
    """A table of which a row stays with each leaving, with the reason."""
    return {table.name: reason_to_keep(table) or ""}


def tables_of_people() -> Iterator[Table]:
    """Every table with a column that names a citizen."""
    return (table for table in models.load().sorted_tables if people_columns(table))


def people_columns(table: Table) -> list[Column[Any]]:
    """The columns of `table` that name a citizen."""
    return [column for column in table.columns if column.name == CITIZEN or column.info.get("citizen")]


def reason_to_keep(table: Table) -> str | None:
    """Why rows of a person who left stay in `table`, or None where none do."""
    if "because" in table.info:
        return str(table.info["because"])
    _, keeps, reason = str(table.info.get("on_leave", "")).partition("keep: ")
    return reason if keeps else None


def _doomed(table: Table, citizen_id: str) -> list[ColumnElement[bool]]:
    if table.info.get("on_leave") != "delete":
        return []
    kept = literal_column(f"({table.info.get('but_keep', 'false')})", Boolean)
    return [_of(table, citizen_id), not_(kept)]


def _of(table: Table, citizen_id: str) -> ColumnElement[bool]:
    return or_(*(column == citizen_id for column in people_columns(table)))

"""What an export of one's data reads (PIPL article 45): every row that names the person, in every table there is.

A column is in the export unless a rule here leaves it out, so that a new table is in it from its first day. What is
left out has a reason: a code, which the export puts in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    String,
    Table,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.store import leaving, models
from app.store.base import Base
from app.store.pii import PiiBox

REASONS = ("secret", "other-person", "internal", "derived", "moment", "office")

LEFT_OUT: Mapping[str, str] = {
    "access_chain": "derived",
    "access_heads": "derived",
    "authorization_codes": "moment",
    "outbox": "moment",
    "outer_ids": "internal",
    "shakes": "moment",
}
"""Tables that name their citizen and are left out whole, with the reason."""

REACHED: Mapping[str, str] = {
    "authorization_requests": "moment",
    "idempotency_keys": "moment",
    "refresh_tokens": "secret",
    "upstream_logins": "moment",
}
"""Tables that name no citizen but lead to one (a grant's tokens, a login in progress): left out, with the reason."""

HIDDEN: Mapping[str, Mapping[str, str]] = {
    "access_log": {"salt": "secret", "actor_id": "internal"},
    "browser_sessions": {"id": "secret"},
    "corrections": {"sealed_answer": "office"},
    "held_cards": {"given_by": "other-person", "shown_entity": "derived"},
    "moment_codes": {"digest": "secret"},
    "oauth_grants": {"operator_id": "internal"},
    "orders": {"request_digest": "derived"},
    "disputes": {"sealed_answer": "office"},
    "order_disputes": {"sealed_proposal": "office"},
    "repairs": {"sealed_answer": "office"},
    "reports": {"sealed_code": "secret", "sealed_paper": "derived", "entity_state": "derived"},
    "records": {"fingerprint": "derived"},
    "record_events": {"actor_id": "internal"},
    "reviews": {"sealed_answer": "office"},
}
"""Columns that are left out, beside the internal `citizen_id` of each table, and all hashes and bytes of secrets."""

PEOPLE = ("citizen", "operator")
"""Kinds of actors who are persons: their names are theirs, and not part of someone else's export."""


SHOWN_TO: Mapping[str, Mapping[str, str]] = {"held_cards": {"sealed_face": "given_by", "sealed_ticks": "given_by"}}
"""Sealed columns about another than their table's citizen, and the column that says about whom: a card that someone
else gave is theirs, and its face stays out."""

AS_JSON = {"face", "ticks", "document"}
"""What is JSON under its seal, by its name in the export."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted column told in clear as `name`; `whose` names the column of the person whom it is about."""

    column: str
    name: str
    context: str
    whose: str


def sealed(table: Table) -> list[Sealed]:
    """The sealed columns of `table`, by what they say of themselves (app/store/base.py)."""
    others = SHOWN_TO.get(table.name, {})
    return [
        Sealed(
            column.name,
            column.name.removeprefix("sealed_"),
            column.info["context"],
            others.get(column.name, leaving.CITIZEN),
        )
        for column in table.columns
        if column.info.get("at_rest") == "sealed" and column.name not in HIDDEN.get(table.name, {})
    ]


def tables() -> list[Table]:
    """Every table of the export, by name."""
    return sorted((table for table in leaving.tables_of_people() if table.name not in LEFT_OUT), key=_name)


def columns(table: Table) -> list[Column[Any]]:
    """The columns of `table` that the export shows as they are."""
    return [column for column in table.columns if hidden_because(column) is None]


def hidden_because(column: Column[Any]) -> str | None:
    """Why a column is left out, or None."""
    table = column.table.name if isinstance(column.table, Table) else ""
    if column.name in (said := HIDDEN.get(table, {})):
        return said[column.name]
    if column.name == leaving.CITIZEN:
        return "internal"
    if isinstance(column.type, LargeBinary) or column.name.endswith(("_hash", "_key")):
        return "secret"
    return None


def rows(session: Session, pii: PiiBox, table: Table, citizen_id: str) -> list[dict[str, Any]]:
    """The person's rows of `table`, by its key, as JSON values; what is empty is absent."""
    mine = or_(*(column == citizen_id for column in leaving.people_columns(table)))
    query = select(table).where(mine).order_by(*table.primary_key.columns)
    return [_told(pii, table, dict(row), citizen_id) for row in session.execute(query).mappings()]


def _told(pii: PiiBox, table: Table, row: dict[str, Any], citizen_id: str) -> dict[str, Any]:
    told = plain(table, row)
    if row.get("actor_kind") in PEOPLE:
        told["actor_name"] = None
    for one in sealed(table):
        if row[one.column] is not None and row[one.whose] == citizen_id:
            text = pii.decrypt(row[one.column], context=one.context.format(**row))
            told[one.name] = json.loads(text) if one.name in AS_JSON else text
    return {name: value for name, value in told.items() if value is not None}


def plain(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row that the export shows as they are, as JSON values; what is empty is None."""
    return {column.name: _json(row[column.name]) for column in columns(table)}


def _json(value: Any) -> Any:
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def schema_of(table: Table) -> dict[str, Any]:
    """The JSON Schema of the rows of `table`, told by what it is for and what its columns hold."""
    shown = columns(table)
    properties = {column.name: _type(column) for column in shown}
    properties |= {one.name: {} if one.name in AS_JSON else {"type": "string"} for one in sealed(table)}
    required = [column.name for column in shown if not column.nullable and column.name != "actor_name"]
    row = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"description": _meaning(table), "type": "array", "items": row}


def _type(column: Column[Any]) -> dict[str, Any]:
    if isinstance(column.type, ARRAY):
        return {"type": "array", "items": {"type": "string"}}
    kinds: tuple[tuple[type, dict[str, Any]], ...] = (
        (DateTime, {"type": "string", "format": "date-time"}),
        (Date, {"type": "string", "format": "date"}),
        (Boolean, {"type": "boolean"}),
        (Integer, {"type": "integer"}),
        (Interval, {"type": "integer", "description": "seconds"}),
        (String, {"type": "string"}),
    )
    return next((said for kind, said in kinds if isinstance(column.type, kind)), {})


def _meaning(table: Table) -> str:
    words = next(mapper.class_.__doc__ or "" for mapper in Base.registry.mappers if mapper.local_table is table)
    return " ".join(words.split("\n\n")[0].split())


def _name(table: Table) -> str:
    return table.name


def not_included() -> Iterator[tuple[str, str | None, str]]:
    """(table, column or None for the whole table, reason) of everything about people that is left out."""
    yield from ((table, None, reason) for table, reason in sorted({**LEFT_OUT, **REACHED, **_of_the_office()}.items()))
    for table in tables():
        opened = sealed(table)
        told = {one.column for one in opened} | {leaving.CITIZEN}
        for column in table.columns:
            reason = hidden_because(column)
            if reason and column.name not in told:
                yield table.name, column.name, reason
        yield from ((table.name, one.name, "other-person") for one in opened if one.whose != leaving.CITIZEN)
        if "actor_kind" in table.columns:
            yield table.name, "actor_name", "other-person"


def _of_the_office() -> dict[str, str]:
    """Tables about the credit office's staff at their work; who works there asks the office."""
    staff = ("operator_id", "number_key")
    others = set(models.load().sorted_tables) - set(leaving.tables_of_people())
    return {table.name: "office" for table in others if any(name in table.columns for name in staff)}

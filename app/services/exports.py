"""Everything about me (PIPL article 45): one JSON document with a published schema, made on the spot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import SELF
from app.services import runs
from app.store import access_log, citizens, exporting
from app.store.base import new_id
from app.store.pii import PiiBox
from app.store.runs import ScoreRun

RUNS: Any = ScoreRun.__table__
"""Runs over everyone name nobody; the person's own chain says in which of them they were."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Export:
    """One export: rows by table. `left_out`: (table, column or None for all of it, the reason's code)."""

    id: str
    made_at: datetime
    tables: Mapping[str, list[dict[str, Any]]]
    left_out: tuple[tuple[str, str | None, str], ...]


def make(session: Session, pii: PiiBox, citizen_id: str, now: datetime) -> Export:
    """Everything that the tables hold about a person, the look that this is included. Waits for a leaving to end."""
    citizens.hold(session, citizen_id)
    export_id = new_id("exp")
    access_log.append(session, citizen_id, now=now, actor=SELF, action="exported", purpose="export", ref=export_id)
    told = {table.name: exporting.rows(session, pii, table, citizen_id) for table in exporting.tables()}
    told[RUNS.name] = [exporting.plain(RUNS, vars(run)) for run in runs.listed(session, citizen_id)]
    return Export(export_id, now, told, tuple(exporting.not_included()))


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of an export, without its address."""
    text = {"type": "string"}
    reason = {"type": "object", "properties": {"code": text, "name": text}, "required": ["code", "name"]}
    entry = {"type": "object", "properties": {"table": text, "column": text, "reason": reason}}
    tables = {table.name: exporting.schema_of(table) for table in (*exporting.tables(), RUNS)}
    properties = {
        "id": text,
        "schema": {"type": "string", "format": "uri"},
        "schema_version": text,
        "made_at": {"type": "string", "format": "date-time"},
        "tables": {
            "type": "object",
            "properties": tables,
            "required": list(tables),
            "additionalProperties": False,
        },
        "left_out": {"type": "array", "items": {**entry, "required": ["table", "reason"]}},
    }
    return {
        "$schema": DIALECT,
        "title": "Everything that XinYi+ holds about one person",
        "description": "PIPL article 45. Times are RFC 3339, money is whole fen (CNY); what is empty is absent.",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@cache
def schema_version() -> str:
    """Twelve hex digits that change exactly when the schema does."""
    return hashlib.sha256(json.dumps(schema(), sort_keys=True).encode()).hexdigest()[:12]

"""How many rows each table holds, so that a test can say: nothing changed."""

from __future__ import annotations

from functools import cache

from sqlalchemy import String, func, literal, select, union_all
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.store import models

COMES_AND_GOES = {"used_tokens", "used_tokens_since", "idempotency_keys", "signing_keys", "limit_counters"}
"""What a refused request leaves behind: the `jti` of its proof, the answer kept under its key, its count."""


def rows(session: Session) -> dict[str, int]:
    """Row counts by table, those that come and go apart."""
    return {row[0]: row[1] for row in session.connection().exec_driver_sql(_counting())}


@cache
def _counting() -> str:
    """One statement, rendered once: hundreds of tests ask it twice."""
    tables = [table for table in models.load().sorted_tables if table.name not in COMES_AND_GOES]
    names = (literal(table.name, String) for table in tables)
    counts = (select(func.count()).select_from(table).scalar_subquery() for table in tables)
    union = union_all(*map(select, names, counts))
    return str(union.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))

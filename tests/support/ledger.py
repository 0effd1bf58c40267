"""How many rows each table holds, so that a test can say: nothing changed."""

from __future__ import annotations

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from app.store import models

COMES_AND_GOES = {"used_tokens", "used_tokens_since", "idempotency_keys", "signing_keys", "limit_counters"}
"""What a refused request leaves behind: the `jti` of its proof, the answer kept under its key, its count."""


def rows(session: Session) -> dict[str, int]:
    """Row counts by table, those that come and go apart."""
    tables = [table for table in models.load().sorted_tables if table.name not in COMES_AND_GOES]
    counts = (
        select(literal(table.name), select(func.count()).select_from(table).scalar_subquery()) for table in tables
    )
    return {row[0]: row[1] for row in session.execute(union_all(*counts))}

"""Statistics of the city, as aggregates that show no person (guardrail 14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.domain.statistics import Cells, publish
from app.store import statistics as store

TABLES: Mapping[str, Callable[[Session], Mapping[str, int]]] = {
    "members_by_city": store.members_by_city,
    "members_by_grade": store.members_by_grade,
    "checked_by_scenario": store.checked_by_scenario,
    "orders_by_status": store.orders_by_status,
}


def tables(session: Session) -> dict[str, Cells]:
    """Every table with the counts of people that may be shown."""
    return {name: publish(count(session)) for name, count in TABLES.items()}

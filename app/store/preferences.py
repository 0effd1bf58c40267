"""What a citizen chose and declared for a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, String, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment


class PreferenceRow(Base):
    """One citizen's choice in one scenario; where there is none, nothing is chosen and nothing declared."""

    __tablename__ = "preferences"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    scenario: Mapped[Id] = mapped_column(primary_key=True)
    prefers_standard: Mapped[bool] = mapped_column(Boolean)
    declared: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    updated_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class Preference:
    """A choice: the ordinary way or not, and the conditions that the citizen declared."""

    prefers_standard: bool = False
    declared: frozenset[str] = frozenset()


def put(session: Session, citizen_id: str, scenario: str, preference: Preference, now: datetime) -> None:
    """Keep the choice; the last one stands."""
    values = {
        "prefers_standard": preference.prefers_standard,
        "declared": sorted(preference.declared),
        "updated_at": now,
    }
    row = insert(PreferenceRow).values(citizen_id=citizen_id, scenario=scenario, **values)
    session.execute(row.on_conflict_do_update(index_elements=["citizen_id", "scenario"], set_=values))


def of_citizen(session: Session, citizen_id: str, scenarios: Sequence[str]) -> Mapping[str, Preference]:
    """The choices that a citizen made, by scenario."""
    query = select(PreferenceRow).where(PreferenceRow.citizen_id == citizen_id, PreferenceRow.scenario.in_(scenarios))
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {row.scenario: Preference(row.prefers_standard, frozenset(row.declared)) for row in rows}

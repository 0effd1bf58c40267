"""What its person has asked about a record, what they say of it, and what they may do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.pack import Pack, catalogue_of
from app.domain.record import Status
from app.domain.remedy import OPEN
from app.services import repairs
from app.services.standing_records import STANDING
from app.store import records, remedies
from app.store.records import RecordRow
from app.store.remedies import DisputeRow, RepairRow, Row


@dataclass(frozen=True, slots=True)
class Remedies:
    """The open requests about a record, by id; the first day on which it can be repaired; what may be done now."""

    dispute_id: str | None
    repair_id: str | None
    repairable_from: date | None
    allowed: tuple[str, ...]


def of(session: Session, packs: Mapping[str, Pack], citizen_id: str, record_id: str, now: datetime) -> Remedies | None:
    """The remedies of one record; None where it is not this person's."""
    row = records.get(session, citizen_id, record_id)
    if row is None:
        return None
    dispute_id, repair_id = _open(session, DisputeRow, row), _open(session, RepairRow, row)
    day = repairs.possible_from(catalogue_of(packs).get(row.item), row.event_on) if row.status in STANDING else None
    active = row.status == Status.ACTIVE
    may = {
        "dispute": active,
        "repair": active and repair_id is None and day is not None and day <= day_of(now),
        "state": row.status in STANDING,
    }
    return Remedies(dispute_id, repair_id, day, tuple(name for name, allowed in may.items() if allowed))


def _open(session: Session, kind: type[Row], row: RecordRow) -> str | None:
    rows = remedies.about(session, kind, row.citizen_id, row.id)
    return next((found.id for found in rows if found.status in OPEN), None)

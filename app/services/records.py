"""A citizen's own file: every record, whether it counts today and why not, and its life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.pack import Item, Pack, catalogue_of
from app.services import reviews, timeline
from app.services.reviews import Review
from app.services.timeline import Ahead, Step
from app.store import corrections, records
from app.store.pii import PiiBox
from app.store.records import RecordRow


@dataclass(frozen=True, slots=True)
class Filed:
    """One record with its item in the catalogue (None: listed no more) and why it counts for nothing today, or None.

    `steps` and `ahead`: its life so far, and what will happen by itself. `review`: its last review by a person.
    `correction_id`: the request for its correction that waits for an answer, or None.
    """

    row: RecordRow
    item: Item | None
    because: str | None
    steps: Sequence[Step] = ()
    ahead: Sequence[Ahead] = ()
    review: Review | None = None
    correction_id: str | None = None


def listed(
    session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime, *, before: str | None, limit: int
) -> list[Filed]:
    """A citizen's records, newest received first; none for someone who has not opted in."""
    catalogue = catalogue_of(packs)
    return [_filed(row, catalogue, now) for row in records.listed(session, citizen_id, before=before, limit=limit)]


def one(
    session: Session, packs: Mapping[str, Pack], pii: PiiBox, citizen_id: str, record_id: str, now: datetime
) -> Filed:
    """One record with its life; raises Refusal `not-found`."""
    row = records.get(session, citizen_id, record_id)
    if row is None:
        raise Refusal("not-found")
    return replace(
        _filed(row, catalogue_of(packs), now),
        steps=timeline.steps(session, pii, row),
        ahead=timeline.ahead(row, day_of(now)),
        review=reviews.last_about(session, pii, citizen_id, record_id),
        correction_id=corrections.waiting_for(session, citizen_id, record_id),
    )


def _filed(row: RecordRow, catalogue: Mapping[str, Item], now: datetime) -> Filed:
    return Filed(row, catalogue.get(row.item), row.domain().silent_because(day_of(now)))

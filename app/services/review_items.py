"""A score item under review: what the record does to the score today, and how the office puts it to its department."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.pack import Item, catalogue_of, pack_of_city
from app.domain.record import Status
from app.domain.remedy import Ground
from app.domain.score import explain
from app.services import disputes, statements
from app.services.filing import Desk
from app.store import citizens, enrolments, records
from app.store.records import RecordRow


@dataclass(frozen=True, slots=True)
class Effect:
    """A record with its item (None: listed no more); `units`: what it adds today, in 1/10,000 point, before caps.

    `said`: its person's statement on it, or None.
    """

    row: RecordRow
    item: Item | None
    units: int
    said: str | None


def effect(session: Session, desk: Desk, citizen_id: str, record_id: str) -> Effect:
    """What a record does today; raises Refusal `not-found`."""
    row = records.get(session, citizen_id, record_id)
    if row is None:
        raise Refusal("not-found")
    said = statements.text_on(session, desk.pii, citizen_id, record_id)
    return Effect(row, catalogue_of(desk.packs).get(row.item), _units(session, desk, row), said)


def _units(session: Session, desk: Desk, row: RecordRow) -> int:
    citizen = citizens.get(session, row.citizen_id)
    pack = pack_of_city(desk.packs, citizen.city) if citizen else None
    if pack is None:
        return 0
    parts = explain(pack, [row.domain()], day_of(desk.now)).dimensions
    each = (one for part in parts for indicator in part.indicators for one in indicator.contributions)
    return sum(one.units for one in each)


def put_to_source(session: Session, desk: Desk, citizen_id: str, record_id: str, reason: str) -> str:
    """Dispute the record with its department for the person, in the words of the operator `desk.actor`; its id.

    Holds the member, not the login: the worker comes here with a message in hand, as leaving.py says in which order.
    Raises Refusal `record-settled` where the record ended meanwhile, or as disputes.put does.
    """
    member = enrolments.lock(session, citizen_id)
    record = records.get(session, citizen_id, record_id) if member else None
    if record is None or record.status != Status.ACTIVE:
        raise Refusal("record-settled", allowed_actions=[])
    opened = disputes.put(
        session, desk.packs, desk.pii, record,
        ground=Ground.USE, statement=reason, now=desk.now, actor=desk.actor,
    )  # fmt: skip
    return opened.id

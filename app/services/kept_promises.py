"""Kept promises: an order that went as agreed becomes one good record, unless its citizen does not want it.

Whoever changes an order's record holds its member first and the order after that, as leaving does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import SELF, SYSTEM, Actor
from app.domain.calendar import add_months, day_of
from app.domain.errors import Refusal
from app.domain.fact import Fact
from app.domain.kept_promise import (
    ITEM,
    RULE,
    SOURCE,
    SOURCE_NAME,
    YEAR_DAYS,
    RecordStatus,
    Yearly,
    given_back,
    kept,
    objection_ends,
    yearly,
)
from app.domain.notice import WITHOUT_KEPT_PROMISES
from app.domain.order import Outcome, Status, Transition
from app.domain.pack import Item, Pack, pack_of_city
from app.domain.record import Status as Standing
from app.services import report_fall
from app.services.standing_records import STANDING
from app.store import (
    access_log,
    citizens,
    enrolments,
    events,
    order_records,
    orders,
    outbox,
    record_choices,
    records,
    sandbox,
)
from app.store.base import connection_lost, new_id
from app.store.copying import as_json
from app.store.order_rows import OrderRow
from app.store.outbox import Message

log = logging.getLogger(__name__)

TAKE_BACK = "kept-promise.take-back"
"""Topic of the outbox: the record goes with the money that was given back."""
PORTION, AGAIN = 20, timedelta(hours=1)
OPEN = (RecordStatus.PENDING_OBJECTION, RecordStatus.WRITTEN)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a citizen's kept promises become records; `yearly` is None where their city scores none."""

    collect: bool
    rule: str
    yearly: Yearly | None


def follow(session: Session, row: OrderRow, taken: Transition, now: datetime) -> None:
    """What a step of a locked order means for its record: it may come of it, or goes with money that was given back."""
    order = taken.order
    by_dispute = order.disputed and order.outcome is Outcome.NO_CHARGE  # perhaps a service that was never taken
    if taken.before is not Status.COMPLETED and kept(order) and not by_dispute and row.record_status is None:
        _propose(session, row, now)
    elif row.record_status in OPEN and given_back(order):
        outbox.put(session, TAKE_BACK, {"order_id": row.id}, now=now, citizen_id=row.citizen_id)


def _wanted(session: Session, citizen_id: str) -> bool:
    """By the citizen's own word, else by the notice to which they agreed, where it said so (PIPL article 14)."""
    said, member = record_choices.kept_promises(session, citizen_id), enrolments.get(session, citizen_id)
    return said if said is not None else member is None or member.notice_version not in WITHOUT_KEPT_PROMISES


def _propose(session: Session, row: OrderRow, now: datetime) -> None:
    if sandbox.is_test(row.citizen_id):
        return
    member = enrolments.get(session, row.citizen_id) is not None and not row.forget_at_end
    if not member or not _wanted(session, row.citizen_id):
        return
    ahead = row.moment(now) - now
    row.record_status, row.record_at = RecordStatus.PENDING_OBJECTION, objection_ends(now + ahead) - ahead
    _tell(session, row, "record.pending", now)


def write_due(session: Session, packs: Mapping[str, Pack], now: datetime, limit: int = PORTION) -> int:
    """Write the records of up to `limit` orders whose objection time is over; how many were looked at. Until 0."""
    due = order_records.due(session, now, limit)
    if due:
        records.hold_source(session, SOURCE)
    for citizen_id, order_id in due:
        try:
            with session.begin_nested():
                _write(session, packs, citizen_id, order_id, now)
        except Exception as failure:  # of one order; it stops no other
            if connection_lost(failure):
                raise
            log.error("order %s: its record failed: %s", order_id, type(failure).__name__)
            order_records.put_off(session, citizen_id, order_id, now + AGAIN)
    return len(due)


def _write(session: Session, packs: Mapping[str, Pack], citizen_id: str, order_id: str, now: datetime) -> None:
    member = enrolments.lock(session, citizen_id)
    row = orders.find(session, order_id, lock=True)
    if row is not None and row.record_status == RecordStatus.PENDING_OBJECTION and not row.disputed_at:
        row.record_status = _written(session, packs, row, now) if member else None
        session.flush()


def _written(session: Session, packs: Mapping[str, Pack], row: OrderRow, now: datetime) -> str | None:
    """Write the record of a held order, whose member is held, where the rule and the year allow it."""
    pack = pack_of_city(packs, enrolments.homes(session, [row.citizen_id]).get(row.citizen_id, ""))
    item, most = (pack.item(ITEM), yearly(pack)) if pack else (None, None)
    if item is None or most is None or not kept(row.order) or not _has_room(session, row, most, now):
        return None
    new = _record(row, item, now)
    known = records.known(session, SOURCE, [row.id])
    if row.id not in known:
        records.add(session, [new], SYSTEM)
    row.record_id, row.record_at = known[row.id].record_id if row.id in known else new["id"], now
    enrolments.mark_due(session, [row.citizen_id], day_of(now))
    access_log.append(
        session, row.citizen_id, now=now, actor=SYSTEM, action="ingested", purpose="records", ref=row.record_id
    )
    _tell(session, row, "record.written", now)
    return RecordStatus.WRITTEN


def _has_room(session: Session, row: OrderRow, most: Yearly, now: datetime) -> bool:
    since = now - timedelta(days=YEAR_DAYS)
    in_all = order_records.written_since(session, row.citizen_id, since)
    of_partner = order_records.written_since(session, row.citizen_id, since, row.partner_id)
    return in_all < most.in_all and of_partner < most.of_a_partner


def _record(row: OrderRow, item: Item, now: datetime) -> dict[str, Any]:
    """The record as a fact of the credit office, by the order's id; never who the partner is, nor what it cost."""
    day = day_of(row.closed_at or now)
    fact = Fact(row.id, "", "", ITEM, day, add_months(day, item.retention_months))
    told = ("source_record_id", "item", "event_on", "expires_on", "fingerprint")
    plain = {name: getattr(fact, name) for name in told}
    return plain | {
        "citizen_id": row.citizen_id,
        "id": new_id("rec"),
        "source": SOURCE,
        "source_name": SOURCE_NAME,
        "batch_id": None,
        "supersedes": None,
        "effective_on": day_of(now),
        "ended_on": None,
        "quantity": None,
        "details": as_json({}),
        "status": str(Standing.ACTIVE),
        "version": 1,
        "received_at": now,
    }


def withdraw(session: Session, citizen_id: str, order_id: str, now: datetime) -> OrderRow:
    """One's own word that this order shall be no record, before it is written or after; twice is once.

    Raises Refusal `not-found` for an order that has none.
    """
    citizens.hold(session, citizen_id)
    enrolments.lock(session, citizen_id)
    row = orders.find(session, order_id, lock=True)
    if row is None or row.citizen_id != citizen_id or row.record_status is None:
        raise Refusal("not-found")
    if row.record_status in OPEN:
        _take_back(session, row, SELF, now)
    return row


def take_back(session: Session, message: Message, now: datetime) -> None:
    """What an order brought goes with its money; twice is once."""
    enrolments.lock(session, message.citizen_id or "")
    row = orders.find(session, message.data["order_id"], lock=True)
    if row is not None and row.record_status in OPEN and given_back(row.order):
        _take_back(session, row, SYSTEM, now)
        _tell(session, row, "record.withdrawn", now)


def _take_back(session: Session, row: OrderRow, actor: Actor, now: datetime) -> None:
    record = records.get(session, row.citizen_id, row.record_id) if row.record_id else None
    if record is not None and record.status in STANDING:
        one = row.citizen_id, record.id
        records.change_status(session, *one, Standing.WITHDRAWN, kind="withdrawn", actor=actor, now=now)
        report_fall.records_changed(session, [row.citizen_id], now)
        enrolments.mark_due(session, [row.citizen_id], day_of(now))
    row.record_status = RecordStatus.WITHDRAWN
    session.flush()


def choice(session: Session, packs: Mapping[str, Pack], citizen_id: str) -> Choice:
    """The citizen's choice, and the published rule for their city."""
    pack = pack_of_city(packs, enrolments.homes(session, [citizen_id]).get(citizen_id, ""))
    return Choice(_wanted(session, citizen_id), RULE, yearly(pack) if pack else None)


def choose(session: Session, citizen_id: str, now: datetime, *, collect: bool) -> None:
    """Let kept promises become records or not; with no, none that still waits is written."""
    citizens.hold(session, citizen_id)
    enrolments.lock(session, citizen_id)
    record_choices.choose(session, citizen_id, now, kept_promises=collect)
    if not collect:
        order_records.withdraw_pending(session, citizen_id)


def _tell(session: Session, row: OrderRow, kind: str, now: datetime) -> None:
    data = {"order_id": row.id, "title": row.title, "record_id": row.record_id or ""}
    events.tell(session, row.citizen_id, kind, data, now)

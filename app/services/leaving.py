"""Leaving (guardrail 4): one transaction deletes what we hold of a person, and a receipt says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.services import credentials, orders
from app.store import access_erasure, citizens, enrolments, idempotency, leaving, outbox, outer_ids, receipts, records
from app.store import orders as order_rows
from app.store.base import new_id
from app.store.receipts import DeletionReceipt

KINDS = {
    "records": ("records",),
    "scores": ("scores", "score_snapshots"),
    "consents": ("consents",),
    "decisions": ("decisions",),
    "cards": ("name_cards", "card_avatars", "card_presets", "held_cards", "entity_cards", "credentials"),
    "codes": ("moment_codes", "scans"),
    "events": ("citizen_events",),
    "looks": ("access_log",),
    "orders": ("orders",),
}
"""What a receipt counts, and in which tables; all else as `other`."""

COUNTED = (*KINDS, "other")

BOOKS = {"partner_statements": "the partner's own books: an order's number, amounts and times; they name nobody"}
"""What stays beside the tables of people, of whoever had an order that moved money or still may."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What leaving did: rows deleted by table, and the tables in which something stays, each with the reason."""

    left_at: datetime
    tables: Mapping[str, int]
    kept: Mapping[str, str]

    @property
    def deleted(self) -> dict[str, int]:
        """Rows deleted by kind, every one of COUNTED."""
        kinds = dict.fromkeys(COUNTED, 0)
        for table, rows in self.tables.items():
            kinds[next((kind for kind, names in KINDS.items() if table in names), "other")] += rows
        return kinds


@dataclass(frozen=True, slots=True)
class Issued:
    """A receipt as it was handed out: `signed` is its JWS."""

    id: str
    receipt: Receipt
    signed: str


def leave(session: Session, citizen_id: str, now: datetime) -> Receipt:
    """Delete the person's data; name and number go too, only the keyed hash of the login stays.

    Open orders run to their end with what they need. Someone who is not a member may leave as well.
    """
    citizens.hold(session, citizen_id)
    # Then what a worker is busy with, then the lock under which records are stored: that is the worker's own order,
    # so that neither waits for the other in a circle.
    outbox.forget(session, citizen_id)
    enrolments.lock(session, citizen_id)
    refs, facts = outer_ids.of_citizen(session, citizen_id, "citizen_ref"), records.numbers(session, citizen_id)
    books = BOOKS if order_rows.in_books(session, citizen_id) else {}
    credentials.on_leave(session, citizen_id, now)
    deleted = Counter({"orders": orders.on_leave(session, citizen_id)})
    deleted.update(leaving.erase(session, citizen_id))
    deleted["access_log"] += access_erasure.erase(session, citizen_id)
    # Once more: someone who was looking meanwhile held the chain until they were done, and may have left a row behind.
    deleted.update(leaving.erase(session, citizen_id))
    idempotency.forget_about(session, refs)
    idempotency.forget_facts(session, facts)
    citizens.erase_identity(session, citizen_id)
    kept = leaving.kept(session, citizen_id) | books | leaving.always_kept(DeletionReceipt.__table__)
    return Receipt(now, {table: rows for table, rows in sorted(deleted.items()) if rows}, kept)


def rehearse(session: Session, citizen_id: str, now: datetime) -> Receipt:
    """What leaving would do now, by doing it and taking it back, so that it can promise nothing else."""
    trial = session.begin_nested()
    receipt = leave(session, citizen_id, now)
    trial.rollback()
    return receipt


def issue(session: Session, citizen_id: str, receipt: Receipt, sign: Callable[[str, Receipt], str]) -> Issued:
    """Sign the receipt under a fresh id and keep it; one that found nothing to delete is the last one again."""
    before = issued(session, citizen_id)
    if before and not receipt.tables:
        return before[0]
    receipt_id = new_id("rcp")
    row = DeletionReceipt(
        citizen_id=citizen_id,
        id=receipt_id,
        left_at=receipt.left_at,
        deleted=dict(receipt.tables),
        kept=dict(receipt.kept),
        signed=sign(receipt_id, receipt),
    )
    receipts.add(session, row)
    return _issued(row)


def issued(session: Session, citizen_id: str) -> list[Issued]:
    """The receipts of a person's leavings in the last thirty days, newest first."""
    return [_issued(row) for row in receipts.of_citizen(session, citizen_id)]


def _issued(row: DeletionReceipt) -> Issued:
    return Issued(row.id, Receipt(row.left_at, row.deleted, row.kept), row.signed)

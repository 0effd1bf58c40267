"""Leaving (guardrail 4): one transaction deletes what we hold of a person, and a receipt says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.services import orders
from app.store import access_log, citizens, enrolments, idempotency, leaving, outbox, outer_ids

KINDS = {
    "records": ("records",),
    "scores": ("scores", "score_snapshots"),
    "consents": ("consents",),
    "decisions": ("decisions",),
    "cards": ("name_cards", "held_cards"),
    "codes": ("moment_codes", "scans"),
    "events": ("citizen_events",),
    "looks": ("access_log",),
}
"""What a receipt counts, and in which tables; orders are counted apart, all else as `other`."""

COUNTED = (*KINDS, "orders", "other")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What leaving did: rows deleted by kind, and the tables in which something stays, each with the reason."""

    left_at: datetime
    deleted: dict[str, int]
    kept: dict[str, str]


def leave(session: Session, citizen_id: str, now: datetime) -> Receipt:
    """Delete the person's data; name and number go too, only the keyed hash of the login stays.

    Open orders run to their end with what they need. Someone who is not a member may leave as well.
    """
    citizens.hold(session, citizen_id)
    # Then what a worker is busy with, then the lock under which records are stored: that is the worker's own order,
    # so that neither waits for the other in a circle.
    outbox.forget(session, citizen_id)
    enrolments.lock(session, citizen_id)
    refs = outer_ids.of_citizen(session, citizen_id, "citizen_ref")
    deleted = Counter({"orders": orders.on_leave(session, citizen_id)})
    deleted += _erase(session, citizen_id)
    deleted["looks"] += access_log.erase(session, citizen_id)
    # Once more: someone who was looking meanwhile held the chain until they were done, and may have left a row behind.
    deleted += _erase(session, citizen_id)
    idempotency.forget_about(session, refs)
    citizens.erase_identity(session, citizen_id)
    counted = {kind: deleted[kind] for kind in COUNTED}
    return Receipt(now, counted, leaving.kept(session, citizen_id))


def _erase(session: Session, citizen_id: str) -> Counter[str]:
    deleted: Counter[str] = Counter()
    for table, rows in leaving.erase(session, citizen_id).items():
        deleted[_kind_of(table)] += rows
    return deleted


def _kind_of(table: str) -> str:
    return next((kind for kind, tables in KINDS.items() if table in tables), "other")

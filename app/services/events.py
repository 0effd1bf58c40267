"""A person's inbox (the domain's events reach it through the outbox, app/store/events.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import events as store


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `kind` is a code, `data` the parameters of its words."""

    id: str
    kind: str
    data: dict[str, Any]
    at: datetime
    read: bool


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> list[Event]:
    """Events, newest first, older than the id `before`."""
    rows = store.listed(session, citizen_id, before=before, limit=limit)
    return [Event(row.id, row.kind, row.data, row.at, row.read_at is not None) for row in rows]


def read(session: Session, citizen_id: str, event_id: str, now: datetime) -> None:
    """Mark an event as read; twice is once. Raises Refusal `not-found`."""
    if not store.read(session, citizen_id, event_id, now):
        raise Refusal("not-found")


def unread(session: Session, citizen_id: str) -> int:
    """How many events wait to be read."""
    return store.count_unread(session, citizen_id)

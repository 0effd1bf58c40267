"""What became of an event's deliveries, and to ask for them anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import partner_events, webhook_endpoints
from app.services.partner_events import Hearer
from app.services.webhook_endpoints import ENABLED, MOST
from app.store import webhook_deliveries as store

STATUSES = store.STATUSES


def deliveries(session: Session, hearer: Hearer, event_id: str, now: datetime) -> list[dict[str, Any]]:
    """An event's deliveries with every attempt, oldest first. Raises Refusal `not-found`."""
    partner_events.get(session, hearer, event_id, now)
    return [
        {
            "id": row.id, "endpoint_id": row.endpoint_id, "url": url, "status": row.status, "manual": row.manual,
            "created_at": row.created_at, "ended_at": row.ended_at, "attempts": row.attempts,
            "next_attempt_at": max(row.next_at, now) if row.status == store.PENDING else None,
        }
        for row, url in store.of_event(session, event_id)
    ]  # fmt: skip


def redeliver(
    session: Session, hearer: Hearer, event_id: str, endpoint_id: str | None, now: datetime
) -> list[dict[str, Any]]:
    """Deliver an event again, to one endpoint or to all that are enabled; asked twice at once, it goes once.

    Raises Refusal `not-found`, `webhook-endpoint-disabled` where none is enabled.
    """
    partner_events.get(session, hearer, event_id, now)
    endpoints = _asked(session, hearer, endpoint_id)
    wanted = [row.id for row in endpoints if row.status == ENABLED]
    if not wanted:
        raise Refusal("webhook-endpoint-disabled")
    store.again(session, event_id, wanted, now)
    return deliveries(session, hearer, event_id, now)


def _asked(session: Session, hearer: Hearer, endpoint_id: str | None) -> Sequence[Any]:
    if endpoint_id is None:
        return webhook_endpoints.listed(session, hearer, before=None, limit=MOST)
    return [webhook_endpoints.get(session, hearer, endpoint_id)]

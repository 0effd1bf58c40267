"""A partner's webhook endpoints: where, what, signed with what; tried out, stopped and taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.domain.webhook import ENDPOINT_TEST
from app.domain.webhook_target import TargetRefused, target_of
from app.services import partner_events, webhook_keys
from app.services.partner_events import Hearer
from app.services.webhook_keys import CONTEXT, OLD_CONTEXT, Keys
from app.store import partners, webhook_deliveries
from app.store import webhooks as store
from app.store.base import new_id
from app.store.partner_events import PartnerEvent
from app.store.pii import PiiBox
from app.store.webhooks import WebhookEndpoint

MOST = 10
"""Endpoints of a partner in one mode."""
OVERLAP = timedelta(days=1)
"""How long the keys before go on signing, unless the partner says otherwise."""
ENABLED, DISABLED = "enabled", "disabled"
__all__ = ["DISABLED", "ENABLED", "WebhookEndpoint"]


def create(
    session: Session, pii: PiiBox, hearer: Hearer, asked: Mapping[str, Any], now: datetime, *, loopback: bool
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which nobody can read again.

    Raises Refusal `validation` for a URL that we do not post to, `webhook-endpoints-full`.
    """
    _check_url(asked["url"], hearer, loopback)
    partners.held(session, hearer.partner_id)  # so that two at once are counted one after the other
    if store.count(session, hearer.partner_id, livemode=hearer.livemode) >= MOST:
        raise Refusal("webhook-endpoints-full", limit=MOST)
    endpoint_id, keys = new_id("whe"), webhook_keys.fresh()
    row = WebhookEndpoint(
        id=endpoint_id, partner_id=hearer.partner_id, livemode=hearer.livemode, url=asked["url"],
        description=asked.get("description"), event_types=_types(asked["event_types"]), status=ENABLED,
        sealed_keys=webhook_keys.seal(pii, keys, CONTEXT.format(endpoint_id)), public_key=keys.public,
        slow_downs=0, created_at=now, updated_at=now,
    )  # fmt: skip
    store.add(session, row)
    return row, keys.shown


def _check_url(url: str, hearer: Hearer, loopback: bool) -> None:
    try:
        target_of(url, livemode=hearer.livemode, loopback=loopback)
    except TargetRefused as refused:
        raise Refusal("validation", errors=[FieldError("/url", "webhook-url-refused", str(refused))]) from None


def _types(asked: Sequence[str]) -> list[str]:
    return sorted(set(asked))


def listed(session: Session, hearer: Hearer, *, before: str | None, limit: int) -> Sequence[WebhookEndpoint]:
    """The partner's endpoints, newest first, older than the id `before`."""
    return store.listed(session, hearer.partner_id, livemode=hearer.livemode, before=before, limit=limit)


def of_partner(session: Session, partner_id: str) -> Sequence[WebhookEndpoint]:
    """All endpoints of a partner, of both modes, newest first; raises Refusal `not-found` where there is no partner."""
    if partners.get(session, partner_id) is None:
        raise Refusal("not-found")
    return store.listed(session, partner_id)


def waiting(session: Session, rows: Sequence[WebhookEndpoint]) -> dict[str, int]:
    """How many deliveries wait, or wait to be tried again, by endpoint."""
    return webhook_deliveries.count_waiting(session, [row.id for row in rows])


def get(session: Session, hearer: Hearer, endpoint_id: str, *, lock: bool = False) -> WebhookEndpoint:
    """One endpoint; raises Refusal `not-found` for another partner's and the other mode's."""
    found = store.find(session, hearer.partner_id, endpoint_id, livemode=hearer.livemode, lock=lock)
    if found is None:
        raise Refusal("not-found")
    return found


def change(
    session: Session, hearer: Hearer, endpoint_id: str, asked: Mapping[str, Any], now: datetime, *, loopback: bool
) -> WebhookEndpoint:
    """Change what is given; `status` disabled stops it, enabled starts it afresh. Raises as `create` and `get`."""
    row = get(session, hearer, endpoint_id, lock=True)
    if "url" in asked:
        _check_url(asked["url"], hearer, loopback)
        row.url = asked["url"]
    if "event_types" in asked:
        row.event_types = _types(asked["event_types"])
    row.description = asked.get("description", row.description)
    if asked.get("status", row.status) != row.status:
        _switch(session, row, asked["status"], now)
    row.updated_at = now
    session.flush()
    return row


def _switch(session: Session, row: WebhookEndpoint, status: str, now: datetime) -> None:
    if status == DISABLED:
        stop(session, row, "partner", now)
    else:
        row.status, row.disabled_because, row.disabled_at = ENABLED, None, None
        row.failing_since, row.warned_at, row.paused_until, row.slow_downs = None, None, None, 0


def stop(session: Session, row: WebhookEndpoint, because: str, now: datetime) -> None:
    """Disable it and give up what waits for it; the events stay in the partner's list."""
    row.status, row.disabled_because, row.disabled_at = DISABLED, because, now
    webhook_deliveries.cancel(session, row.id, now)


def remove(session: Session, hearer: Hearer, endpoint_id: str) -> None:
    """Delete it with its keys and its log; an attempt that is under way comes to nothing. Raises `not-found`."""
    get(session, hearer, endpoint_id, lock=True)
    store.remove(session, endpoint_id)


def rotate(
    session: Session, pii: PiiBox, hearer: Hearer, endpoint_id: str, overlap: timedelta, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """New keys, and the secret among them; those before sign beside them for `overlap`. Raises `not-found`."""
    row, keys = get(session, hearer, endpoint_id, lock=True), webhook_keys.fresh()
    before = webhook_keys.open_sealed(pii, row.sealed_keys, CONTEXT.format(row.id))
    if overlap:
        row.sealed_old_keys = webhook_keys.seal(pii, before, OLD_CONTEXT.format(row.id))
        row.old_public_key, row.old_keys_until = row.public_key, now + overlap
    else:
        row.sealed_old_keys, row.old_public_key, row.old_keys_until = None, None, None
    row.sealed_keys, row.public_key = webhook_keys.seal(pii, keys, CONTEXT.format(row.id)), keys.public
    row.updated_at = now
    session.flush()
    return row, keys.shown


def try_out(session: Session, hearer: Hearer, endpoint_id: str, now: datetime) -> PartnerEvent:
    """Tell this endpoint alone `endpoint.test`. Raises `not-found`, `webhook-endpoint-disabled`."""
    row = get(session, hearer, endpoint_id)
    _require_enabled(row)
    event_id = partner_events.tell(
        session, partner_id=row.partner_id, livemode=row.livemode, type=ENDPOINT_TEST, citizen_id=None, now=now,
        data={"endpoint_id": row.id, "status": "test"}, only=row.id,
    )  # fmt: skip
    return partner_events.get(session, hearer, event_id, now)


def _require_enabled(row: WebhookEndpoint) -> None:
    if row.status != ENABLED:
        raise Refusal("webhook-endpoint-disabled")


def signing_keys(
    pii: PiiBox, endpoint_id: str, sealed: bytes, sealed_old: bytes | None, until: datetime | None, now: datetime
) -> list[Keys]:
    """The keys that sign at `now`: the present ones first, then those before while they overlap."""
    keys = [webhook_keys.open_sealed(pii, sealed, CONTEXT.format(endpoint_id))]
    if sealed_old is not None and until is not None and now < until:
        keys.append(webhook_keys.open_sealed(pii, sealed_old, OLD_CONTEXT.format(endpoint_id)))
    return keys

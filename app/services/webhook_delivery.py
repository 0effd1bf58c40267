"""What an attempt to deliver a webhook makes of the delivery and of its endpoint (Standard Webhooks 1.0.0)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.webhook import DECISION_RECONSIDERED, ENDPOINT_DISABLED, ENDPOINT_FAILING, SCORE_CHANGED, payload, wait
from app.domain.webhook_target import TargetRefused, target_of
from app.services import partner_events, webhook_endpoints, webhook_keys
from app.services.webhook_post import INTERNAL, Outcome, Postman
from app.store import partner_events as events
from app.store import webhook_deliveries as store
from app.store import webhooks
from app.store.pii import PiiBox
from app.store.webhook_deliveries import Claim, WebhookDelivery
from app.store.webhooks import WebhookEndpoint

WARNED_AFTER, DISABLED_AFTER = timedelta(days=1), timedelta(days=5)
"""Of failure without a success: then `endpoint.failing` is told, then the endpoint disabled."""
GONE, SLOW = 410, (429, 502, 504)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
PAUSES_MOST = 8


def carry(postman: Postman, pii: PiiBox, claim: Claim, now: datetime, *, loopback: bool) -> Outcome:
    """Post what was claimed, signed at this moment; the outcome."""
    try:
        target = target_of(claim.url, livemode=claim.livemode, loopback=loopback)
    except TargetRefused:  # the rules became stricter since its partner named it
        return Outcome(None, "address-refused", 0)
    body = payload(claim.event_id, claim.type, claim.at, claim.livemode, claim.data)
    sealed = claim.sealed_keys, claim.sealed_old_keys, claim.old_keys_until
    keys = webhook_endpoints.signing_keys(pii, claim.endpoint_id, *sealed, now)
    signed = webhook_keys.headers(keys, claim.event_id, now, body)
    return postman.post(target, {"Content-Type": "application/json", "User-Agent": "XinYi-Webhooks/1", **signed}, body)


def still_told(session: Session, claims: Sequence[Claim], now: datetime) -> list[Claim]:
    """The claims without those whose event is nobody's to hear any more: a consent that ended, a decision over."""
    return [claim for claim in claims if claim.type not in (SCORE_CHANGED, DECISION_RECONSIDERED)
            or events.find(session, claim.partner_id, claim.event_id, livemode=claim.livemode, now=now)]  # fmt: skip


def settle(session: Session, done: Sequence[tuple[Claim, Outcome]], now: datetime, dice: Callable[[], float]) -> None:
    """Write what came of these attempts; `dice`, 0 to 1, scatters the next ones. A fault of ours is no attempt."""
    for claim, outcome in sorted(done, key=lambda one: one[0].endpoint_id):  # so that no two wait in a circle
        if outcome.error not in (None, INTERNAL):
            _failed(session, claim, outcome, now, dice())
    well = [(claim, outcome) for claim, outcome in done if outcome.error is None]
    if well:
        attempts = {claim.delivery_id: _attempt(outcome, now) for claim, outcome in well}
        store.delivered(session, attempts, {claim.endpoint_id for claim, _ in well}, now)


def _attempt(outcome: Outcome, now: datetime) -> dict[str, Any]:
    said = {"at": now.isoformat(), "status_code": outcome.status_code, "error": outcome.error, "ms": outcome.ms}
    return {name: value for name, value in said.items() if value is not None}


def _failed(session: Session, claim: Claim, outcome: Outcome, now: datetime, dice: float) -> None:
    endpoint = webhooks.held(session, claim.endpoint_id)
    delivery = store.held(session, claim.delivery_id)
    if endpoint is None:
        return
    if delivery is not None:
        _try_later(delivery, outcome, now, dice)
    if endpoint.status == webhook_endpoints.ENABLED:
        _note(session, endpoint, outcome, now)
    session.flush()


def _try_later(delivery: WebhookDelivery, outcome: Outcome, now: datetime, dice: float) -> None:
    delivery.attempts = [*delivery.attempts, _attempt(outcome, now)]
    delivery.leased_until = None
    pause = wait(len(delivery.attempts), dice)
    if pause is None or outcome.status_code == GONE:
        delivery.status, delivery.ended_at = store.FAILED, now
    else:
        delivery.next_at = now + max(pause, outcome.retry_after or timedelta(0))


def _note(session: Session, endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> None:
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.last_failure_at = now
    if outcome.status_code in SLOW or outcome.retry_after:
        usual = min(FIRST_PAUSE * 2 ** min(endpoint.slow_downs, PAUSES_MOST), LONGEST_PAUSE)
        endpoint.paused_until = now + (outcome.retry_after or usual)
        endpoint.slow_downs += 1
    failing = now - endpoint.failing_since
    if outcome.status_code == GONE or failing >= DISABLED_AFTER:
        webhook_endpoints.stop(session, endpoint, "gone" if outcome.status_code == GONE else "failing", now)
        _tell(session, endpoint, ENDPOINT_DISABLED, "disabled", now)
    elif failing >= WARNED_AFTER and endpoint.warned_at is None:
        endpoint.warned_at = now
        _tell(session, endpoint, ENDPOINT_FAILING, "failing", now)


def _tell(session: Session, endpoint: WebhookEndpoint, kind: str, status: str, now: datetime) -> None:
    session.flush()  # so that a disabled endpoint is told nothing more
    data = {"endpoint_id": endpoint.id, "status": status}
    partner_events.tell(
        session, partner_id=endpoint.partner_id, livemode=endpoint.livemode, type=kind, data=data, citizen_id=None,
        now=now,
    )  # fmt: skip

"""Webhooks by Standard Webhooks 1.0.0: what is told, how it is signed, when it is tried again. Pure.

Source: payscore-anchors.md sections 4.3 and 5.6; https://www.standardwebhooks.com (specification 1.0.0).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

SCORE_CHANGED, DECISION_RECONSIDERED = "score.changed", "decision.reconsidered"
ENDPOINT_TEST, ENDPOINT_FAILING, ENDPOINT_DISABLED = "endpoint.test", "endpoint.failing", "endpoint.disabled"
TYPES = (
    *("consent.created", "consent.ended"),
    *("order.created", "order.confirmed", "order.declined", "order.canceled", "order.expired", "order.completed"),
    *("order.payment_due", "order.adjusted", "order.paid", "order.collection_failed", "order.overdue"),
    *("order.extension_proposed", "order.extended", "order.extension_refused", "order.end_passed"),
    *("order.written_off", "refund.succeeded", "refund.failed"),
    *("dispute.opened", "dispute.answered", "dispute.resolved"),
    *("statement.ready", "scenario.changing"),
    *(ENDPOINT_TEST, ENDPOINT_FAILING, ENDPOINT_DISABLED),
    *(SCORE_CHANGED, DECISION_RECONSIDERED),
)
"""Everything that a partner is told. `record.*` and the reasons of a decision are the citizen's alone."""

ALL = "*"
"""Stands for every type, those to come among them."""

DATA = (
    *("citizen_ref", "consent_id", "decision_id", "order_id", "refund_id", "dispute_id", "endpoint_id"),
    *("statement_id", "scenario", "date", "status", "sequence"),
)
"""What the data of an event may hold: ids, a status, a day and a number. Whoever needs more asks, and is logged."""

PAYLOAD_MOST = 20_000
"""Bytes of a payload (Standard Webhooks: below 20 KB)."""

SCHEDULE = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1800, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""How long after the attempt before each attempt is made: ten of them in some 75 hours and 35 minutes."""
JITTER = 0.1
"""At most this share of a wait is added to it, so that what failed together does not come back together."""

TOLERANCE = timedelta(minutes=5)
"""How far a receiver lets our clock be from its own, both ways."""
SECRET_BYTES = 32
SECRET, PUBLIC = "whsec_", "whpk_"


def payload(event_id: str, kind: str, at: datetime, livemode: bool, data: Mapping[str, Any]) -> bytes:
    """The body of a webhook: the same bytes at every attempt."""
    said = {"id": event_id, "type": kind, "timestamp": at.isoformat(), "livemode": livemode, "data": dict(data)}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def wait(attempts: int, share: float) -> timedelta | None:
    """How long to wait after so many failed attempts, None after the last; `share` of 0 to 1 is the jitter's dice."""
    if attempts >= len(SCHEDULE):
        return None
    return SCHEDULE[attempts] * (1 + JITTER * share)


def signed_text(event_id: str, timestamp: int, body: bytes) -> bytes:
    """What a signature is over."""
    return f"{event_id}.{timestamp}.".encode() + body


def secret_text(secret: bytes) -> str:
    """A symmetric secret as its partner keeps it."""
    return SECRET + base64.b64encode(secret).decode()


def secret_bytes(text: str) -> bytes:
    """The secret again; raises ValueError where the text is none."""
    try:
        return base64.b64decode(text.removeprefix(SECRET), validate=True)
    except binascii.Error as fault:
        raise ValueError("not a whsec_ secret") from fault


def public_text(key: bytes) -> str:
    """An Ed25519 public key, 32 bytes, as it is published."""
    return PUBLIC + base64.b64encode(key).decode()


def hmac_signature(secret: bytes, text: bytes) -> str:
    """The `v1` signature: HMAC-SHA256 of the signed text."""
    return "v1," + base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
    """What is wrong with a webhook that was received, or None: the recipe that we give to receivers.

    `headers` by lower-case name. Take the raw body, before any JSON is read.
    """
    event_id, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not event_id or not sent.isdecimal():
        return "webhook-id or webhook-timestamp is missing"
    if abs(now.timestamp() - int(sent)) > TOLERANCE.total_seconds():
        return "webhook-timestamp is more than five minutes from our clock"
    expected = hmac_signature(secret_bytes(secret), signed_text(event_id, int(sent), body))
    given = headers.get("webhook-signature", "").split(" ")
    found = [hmac.compare_digest(one.encode(), expected.encode()) for one in given]
    return None if any(found) else "no signature fits"

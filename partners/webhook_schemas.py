"""What partners send and read about webhooks. No payload of any person is in it: URLs, keys that are public, times."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.webhook import ALL, TYPES
from app.domain.webhook_target import URL_MOST
from app.services.webhook_endpoints import DISABLED, ENABLED, OVERLAP
from app.services.webhook_log import STATUSES
from app.web.api import Schema, Text, Time

OVERLAP_MOST = 7 * 86_400


def _types(**kwargs: Any) -> Any:
    """Types of events, one at least; `*` is all of them, those to come among them."""
    one = ma.fields.String(validate=validate.OneOf([ALL, *TYPES]))
    return ma.fields.List(one, validate=validate.Length(1, len(TYPES) + 1), **kwargs)


class NewEndpoint(Schema):
    """Where we shall post (https; in the sandbox http too), and of what."""

    url = Text(URL_MOST, required=True)
    description = Text(120)
    event_types = _types(load_default=[ALL])


class EndpointChange(Schema):
    """What shall be another."""

    url = Text(URL_MOST)
    description = Text(120)
    event_types = _types()
    status = ma.fields.String(validate=validate.OneOf([ENABLED, DISABLED]))


class Rotation(Schema):
    """How long the keys before go on signing beside the new ones, in seconds; 0 ends a leaked secret at once."""

    overlap_seconds = ma.fields.Integer(
        strict=True, load_default=int(OVERLAP.total_seconds()), validate=validate.Range(0, OVERLAP_MOST)
    )


class Endpoint(Schema):
    """An endpoint and how well it goes. Its `v1a` signatures verify by `public_key` (Ed25519, base64 after whpk_)."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    url = ma.fields.String(required=True)
    description = ma.fields.String()
    event_types = ma.fields.List(ma.fields.String(), required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf([ENABLED, DISABLED]))
    disabled_because = ma.fields.String(
        validate=validate.OneOf(["partner", "gone", "failing"]),
        metadata={"description": "partner: you did; gone: it answered 410; failing: it failed for five days"},
    )
    disabled_at = Time()
    public_key = ma.fields.String(required=True)
    old_public_key = ma.fields.String(metadata={"description": "signs too until old_keys_until"})
    old_keys_until = Time()
    failing_since = Time(metadata={"description": "the first failure after the last success"})
    paused_until = Time(metadata={"description": "it asked us to slow down (429, 502, 504 or Retry-After)"})
    last_success_at = Time()
    last_failure_at = Time()
    created_at = Time(required=True)
    updated_at = Time(required=True)


class EndpointWithSecret(Endpoint):
    """An endpoint with its secret, in this answer alone: a repeat of the request, and every other answer, lacks it."""

    secret = ma.fields.String(metadata={"description": "whsec_…, for the v1 signatures (HMAC-SHA256)"})


class Attempt(Schema):
    """One attempt: the status of the answer, or why there was none, and how long it took, in milliseconds."""

    at = ma.fields.String(required=True, metadata={"format": "date-time"})
    status_code = ma.fields.Integer()
    error = ma.fields.String()
    ms = ma.fields.Integer(required=True)


class Delivery(Schema):
    """One event for one endpoint, with every attempt."""

    id = ma.fields.String(required=True)
    endpoint_id = ma.fields.String(required=True)
    url = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    manual = ma.fields.Boolean(required=True, metadata={"description": "you asked for it anew"})
    attempts = ma.fields.List(ma.fields.Nested(Attempt), required=True)
    next_attempt_at = Time()
    created_at = Time(required=True)
    ended_at = Time()


class Deliveries(Schema):
    """An event's deliveries, oldest first."""

    data = ma.fields.List(ma.fields.Nested(Delivery), required=True)


class Redelivery(Schema):
    """To which endpoint; to all that are enabled where none is named."""

    endpoint_id = Text(64)

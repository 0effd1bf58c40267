"""How partners' webhook endpoints fare: addresses and health. No payload, no key, no person is in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import marshmallow as ma

from app.operator.desk import reading
from app.services import webhook_endpoints
from app.services.webhook_endpoints import WebhookEndpoint
from app.web.api import ApiBlueprint, Schema, Time
from auth.guard import needs

blueprint = ApiBlueprint("operator_webhooks", __name__, url_prefix="/operator/v1", description=__doc__)


class EndpointHealth(Schema):
    """An endpoint and how well it goes; of its URL the host, as a path may hold a secret of the partner's."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    host = ma.fields.String(required=True)
    event_types = ma.fields.List(ma.fields.String(), required=True)
    status = ma.fields.String(required=True)
    disabled_because = ma.fields.String()
    disabled_at = Time()
    failing_since = Time()
    paused_until = Time()
    last_success_at = Time()
    last_failure_at = Time()
    waiting = ma.fields.Integer(required=True, metadata={"description": "deliveries that wait or are tried again"})
    created_at = Time(required=True)


class EndpointsHealth(Schema):
    """A partner's endpoints, newest first."""

    data = ma.fields.List(ma.fields.Nested(EndpointHealth), required=True)


@blueprint.route("/partners/<partner_id>/webhook-endpoints", methods=["GET"])
@needs("operator")
@blueprint.response(200, EndpointsHealth())
def list_partner_endpoints(partner_id: str) -> dict[str, Any]:
    """The webhook endpoints of a partner and how well each goes"""
    with reading("partners.webhooks", partner_id) as session:
        rows = webhook_endpoints.of_partner(session, partner_id)
        waiting = webhook_endpoints.waiting(session, rows)
        return {"data": [_health(row, waiting) for row in rows]}


def _health(row: WebhookEndpoint, waiting: dict[str, int]) -> dict[str, Any]:
    own = {"host": urlsplit(row.url).netloc, "waiting": waiting.get(row.id, 0)}
    return {name: getattr(row, name) for name in EndpointHealth._declared_fields if name not in own} | own

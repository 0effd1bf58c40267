"""Webhooks by Standard Webhooks 1.0.0: your endpoints, their keys, and what became of each delivery.

A post is tried ten times: at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h. 2xx within 15
seconds is a success; a redirect is none; 410 disables the endpoint, 429, 502, 504 and Retry-After slow it down; a day
of failure is told as `endpoint.failing`, five disable it. One `webhook-id` may come twice. docs/webhooks.md verifies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, g, json
from sqlalchemy.orm import Session

from app.services import webhook_endpoints, webhook_log
from app.services.webhook_endpoints import WebhookEndpoint
from app.web.api import ApiBlueprint, ListQuery, NoFields, page, page_of
from app.web.idempotency import idempotent
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content
from partners.events import PartnerEventSchema, hearer
from partners.webhook_schemas import (
    Deliveries,
    Endpoint,
    EndpointChange,
    EndpointWithSecret,
    NewEndpoint,
    Redelivery,
    Rotation,
)

blueprint = ApiBlueprint("partner_webhooks", __name__, url_prefix="/partner/v1", description=__doc__)
once = idempotent(lambda: caller().client_id)


def shows_secret_once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Above `once`: add the secret to the answer after that was kept, so that it is kept nowhere in clear."""

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> Response:
        answer = view(*args, **kwargs)
        secret = g.pop("webhook_secret", None)
        if secret and answer.status_code < 300:  # else a parallel repeat was first, and these keys are nobody's
            answer.set_data(json.dumps({**answer.get_json(), "secret": secret}))
        return answer

    return shown


def _view(row: WebhookEndpoint) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in Endpoint._declared_fields}
    if row.old_keys_until is None or row.old_keys_until <= now():
        told |= {"old_public_key": None, "old_keys_until": None}
    return told


@blueprint.route("/webhook-endpoints", methods=["POST"])
@needs("webhooks")
@limited("webhook")
@shows_secret_once
@once
@blueprint.arguments(NewEndpoint())
@blueprint.response(201, EndpointWithSecret())
def create_endpoint(asked: dict[str, Any], session: Session) -> dict[str, Any]:
    """Name an address for events; keep the secret, it is shown once"""
    local = kit().settings.webhook_loopback
    row, g.webhook_secret = webhook_endpoints.create(session, kit().pii, hearer(), asked, now(), loopback=local)
    return _view(row)


@blueprint.route("/webhook-endpoints", methods=["GET"])
@needs("webhooks")
@limited("webhook")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(Endpoint)())
def list_endpoints(query: dict[str, Any]) -> dict[str, Any]:
    """Your endpoints, newest first"""
    with transaction() as session:
        rows = webhook_endpoints.listed(session, hearer(), before=query["cursor"], limit=query["limit"] + 1)
    return page([_view(row) for row in rows], query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("/webhook-endpoints/<endpoint_id>", methods=["GET"])
@needs("webhooks")
@limited("webhook")
@blueprint.response(200, Endpoint())
def get_endpoint(endpoint_id: str) -> dict[str, Any]:
    """One endpoint and how well it goes"""
    with transaction() as session:
        return _view(webhook_endpoints.get(session, hearer(), endpoint_id))


@blueprint.route("/webhook-endpoints/<endpoint_id>", methods=["PATCH"])
@needs("webhooks")
@limited("webhook")
@once
@blueprint.arguments(EndpointChange())
@blueprint.response(200, Endpoint())
def change_endpoint(asked: dict[str, Any], endpoint_id: str, session: Session) -> dict[str, Any]:
    """Change it, stop it, or start it again; what it missed is in the list of events"""
    local = kit().settings.webhook_loopback
    return _view(webhook_endpoints.change(session, hearer(), endpoint_id, asked, now(), loopback=local))


@blueprint.route("/webhook-endpoints/<endpoint_id>", methods=["DELETE"])
@needs("webhooks")
@limited("webhook")
@once
@blueprint.response(204)
def delete_endpoint(endpoint_id: str, session: Session) -> Response:
    """Take it away, with its keys and its log of deliveries"""
    webhook_endpoints.remove(session, hearer(), endpoint_id)
    return no_content()


@blueprint.route("/webhook-endpoints/<endpoint_id>/rotate-secret", methods=["POST"])
@needs("webhooks")
@limited("webhook")
@shows_secret_once
@once
@blueprint.arguments(Rotation())
@blueprint.response(200, EndpointWithSecret())
def rotate_secret(asked: dict[str, Any], endpoint_id: str, session: Session) -> dict[str, Any]:
    """New keys; those before sign beside them until old_keys_until, so that you change without a gap"""
    overlap = timedelta(seconds=asked["overlap_seconds"])
    row, g.webhook_secret = webhook_endpoints.rotate(session, kit().pii, hearer(), endpoint_id, overlap, now())
    return _view(row)


@blueprint.route("/webhook-endpoints/<endpoint_id>/test", methods=["POST"])
@needs("webhooks")
@limited("webhook")
@once
@blueprint.arguments(NoFields())
@blueprint.response(202, PartnerEventSchema())
def try_endpoint(_: dict[str, Any], endpoint_id: str, session: Session) -> Any:
    """Have `endpoint.test` delivered to this endpoint; its deliveries tell how it went"""
    return webhook_endpoints.try_out(session, hearer(), endpoint_id, now())


@blueprint.route("/events/<partner_event_id>/deliveries", methods=["GET"])
@needs("webhooks")
@limited("webhook")
@blueprint.response(200, Deliveries())
def list_deliveries(partner_event_id: str) -> dict[str, Any]:
    """Every attempt to deliver an event: when, what was answered, when the next is"""
    with transaction() as session:
        return {"data": webhook_log.deliveries(session, hearer(), partner_event_id, now())}


@blueprint.route("/events/<partner_event_id>/redeliver", methods=["POST"])
@needs("webhooks")
@limited("webhook")
@once
@blueprint.arguments(Redelivery())
@blueprint.response(202, Deliveries())
def redeliver_event(asked: dict[str, Any], partner_event_id: str, session: Session) -> dict[str, Any]:
    """Have an event delivered again, under the same webhook-id"""
    return {"data": webhook_log.redeliver(session, hearer(), partner_event_id, asked.get("endpoint_id"), now())}

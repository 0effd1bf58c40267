"""What a partner is told: a list of the same events that its webhooks bring. Ids and a status, and nothing else."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.services import partner_events
from app.services.partner_events import Hearer
from app.web.api import ApiBlueprint, ListQuery, Schema, Time, page, page_of
from app.web.kit import now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint("partner_events", __name__, url_prefix="/partner/v1", description=__doc__)


class PartnerEventData(Schema):
    """What it is about, by id. An order's `sequence` counts its steps: drop one below what you have."""

    citizen_ref = ma.fields.String()
    consent_id = ma.fields.String()
    decision_id = ma.fields.String()
    order_id = ma.fields.String()
    refund_id = ma.fields.String()
    dispute_id = ma.fields.String()
    statement_id = ma.fields.String()
    scenario = ma.fields.String()
    endpoint_id = ma.fields.String()
    date = ma.fields.String()
    status = ma.fields.String()
    sequence = ma.fields.Integer()


class PartnerEventSchema(Schema):
    """One event. `score.changed`: read it again if you still need it. `decision.reconsidered`: it stays valid."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    type = ma.fields.String(required=True, validate=validate.OneOf(list(partner_events.TYPES)))
    at = Time(required=True)
    data = ma.fields.Nested(PartnerEventData, required=True)


class EventListQuery(ListQuery):
    """A page of events, of one type where one is named."""

    type = ma.fields.String(validate=validate.OneOf(list(partner_events.TYPES)))


def hearer() -> Hearer:
    """The partner who calls, in its mode."""
    return Hearer(caller().partner_id, caller().livemode)


@blueprint.route("/events", methods=["GET"])
@needs("partner")
@limited("event-list")
@blueprint.arguments(EventListQuery(), location="query")
@blueprint.response(200, page_of(PartnerEventSchema)())
def list_events(query: dict[str, Any]) -> dict[str, Any]:
    """What you were told in the last 30 days, newest first"""
    types, limit = [query["type"]] if "type" in query else [], query["limit"]
    with transaction() as session:
        rows = partner_events.listed(session, hearer(), before=query["cursor"], limit=limit + 1, now=now(), types=types)
    return page(rows, limit)


@blueprint.route("/events/<partner_event_id>", methods=["GET"])
@needs("partner")
@limited("event-list")
@blueprint.response(200, PartnerEventSchema())
def get_event(partner_event_id: str) -> Any:
    """One event"""
    with transaction() as session:
        return partner_events.get(session, hearer(), partner_event_id, now())

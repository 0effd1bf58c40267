"""My devices: where I am logged in, and logging out there."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from app.services import sessions
from app.web.api import ApiBlueprint, ListQuery, Schema, Time, page, page_of
from app.web.kit import now, transaction
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("citizen_devices", __name__, url_prefix="/citizen/v1/devices", description=__doc__)


class DeviceSchema(Schema):
    """One place where the citizen is logged in. `current` is the one that asks."""

    id = ma.fields.String(required=True)
    client_name = ma.fields.String(required=True)
    device = ma.fields.String(required=True, metadata={"description": "such as `iPhone`; empty where it is not known"})
    current = ma.fields.Boolean(required=True)
    created_at = Time(required=True)
    last_used_at = Time(required=True)
    expires_at = Time(required=True)


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(DeviceSchema)())
def list_devices(query: dict[str, Any]) -> dict[str, Any]:
    """Where I am logged in, newest first"""
    who, most = caller(), query["limit"]
    with transaction() as session:
        found = sessions.devices(
            session, who.citizen_id, current=who.grant_id, now=now(), before=query["cursor"], limit=most
        )
    return page(found, most)


@blueprint.route("/<device_id>", methods=["DELETE"])
@needs("citizen")
@blueprint.response(204)
def end_device(device_id: str) -> Response:
    """Log that device out: its tokens are dead at once"""
    with transaction() as session:
        sessions.end_device(session, caller().citizen_id, device_id, now=now())
    return no_content()

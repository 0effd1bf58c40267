"""My inbox: /citizen/v1/events."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from app.services import events
from app.services.events import Event
from app.web.api import ApiBlueprint, ListQuery, Schema, Time, page, page_of
from app.web.kit import now, transaction
from app.web.texts import catalogue, language
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("citizen_events", __name__, url_prefix="/citizen/v1", description="The inbox")


class EventSchema(Schema):
    """One thing that happened, in words; `data` names what it was about."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    data = ma.fields.Dict(keys=ma.fields.String(), required=True)
    at = Time(required=True)
    read = ma.fields.Boolean(required=True)


@blueprint.route("/events", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(EventSchema)())
def inbox(query: dict[str, Any]) -> dict[str, Any]:
    """What happened, newest first."""
    with transaction() as session:
        rows = events.listed(session, caller().citizen_id, before=query["cursor"], limit=query["limit"] + 1)
    answer = page(rows, query["limit"])
    return answer | {"data": [_worded(row) for row in answer["data"]]}


@blueprint.route("/events/<event_id>/read", methods=["POST"])
@needs("citizen")
@blueprint.response(204)
def mark_read(event_id: str) -> Response:
    """I have read this."""
    with transaction() as session:
        events.read(session, caller().citizen_id, event_id, now())
    return no_content()


class _Params(dict[str, Any]):
    """An event's data; what it holds in both languages, `name_zh` and `name_en`, is `name` in that of the request."""

    def __missing__(self, key: str) -> str:
        return str(self.get(f"{key}_{language()}", "?"))


def _worded(event: Event) -> dict[str, Any]:
    words = catalogue().get(f"event.{event.kind}")
    text = words[language()].format_map(_Params(event.data)) if words else event.kind
    return {"id": event.id, "kind": event.kind, "text": text, "data": event.data, "at": event.at, "read": event.read}

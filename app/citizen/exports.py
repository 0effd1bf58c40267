"""Take everything about me along: POST /citizen/v1/data-exports, and the published schema of what it answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, json

from app.citizen.access import Worded
from app.domain.calendar import day_of
from app.services import exports
from app.services.exports import Export
from app.web.api import ApiBlueprint, NoFields, Schema, Time
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.texts import say
from auth.guard import caller, needs, public

blueprint = ApiBlueprint("data_exports", __name__, url_prefix="/citizen/v1/data-exports", description=__doc__)

SCHEMA_PATH = "/citizen/v1/data-exports/schema"


class NotExported(Schema):
    """A table, or one column of it, that is not in the export, and why."""

    table = ma.fields.String(required=True)
    column = ma.fields.String()
    reason = ma.fields.Nested(Worded, required=True)


class DataExport(Schema):
    """Everything about me. `tables` holds my rows by table, as `schema` describes each."""

    id = ma.fields.String(required=True)
    schema = ma.fields.String(required=True, metadata={"format": "uri"})
    schema_version = ma.fields.String(required=True)
    made_at = Time(required=True)
    tables = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.List(ma.fields.Dict(keys=ma.fields.String())), required=True
    )
    left_out = ma.fields.List(ma.fields.Nested(NotExported), required=True)


@blueprint.route("", methods=["POST"])
@needs("citizen", fresh=True)
@limited("data-export")
@blueprint.arguments(NoFields())
@blueprint.response(200, DataExport())
def export_data(_: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Everything that is held about me, as a file"""
    with transaction() as session:
        made = exports.make(session, kit().pii, caller().citizen_id, now())
    name = f"xinyi-my-data-{day_of(made.made_at)}.json"
    return _view(made), 200, {"Content-Disposition": f'attachment; filename="{name}"'}


@blueprint.route("/schema", methods=["GET"])
@public("the shape of an export, and nobody's data")
@blueprint.response(200, {"type": "object"}, content_type="application/schema+json")
def export_schema() -> Response:
    """The JSON Schema (2020-12) of an export"""
    told = {"$id": kit().settings.base_url + SCHEMA_PATH, **exports.schema()}
    return Response(json.dumps(told, sort_keys=False), content_type="application/schema+json")


def _view(made: Export) -> dict[str, Any]:
    left_out = [
        {"table": table, "column": column, "reason": {"code": reason, "name": say(f"export.left_out.{reason}")}}
        for table, column, reason in made.left_out
    ]
    return {
        "id": made.id,
        "schema": kit().settings.base_url + SCHEMA_PATH,
        "schema_version": exports.schema_version(),
        "made_at": made.made_at,
        "tables": made.tables,
        "left_out": left_out,
    }

"""My records: everything that the city holds about me here, counted or not."""

from __future__ import annotations

from typing import Any

from app.citizen.record_remedies import remedies_of, with_statements
from app.citizen.record_schemas import RecordSchema, RecordWithLife, life_view, record_view
from app.services import records
from app.web.api import ApiBlueprint, ListQuery, page, page_of
from app.web.kit import kit, now, transaction
from auth.guard import caller, needs

blueprint = ApiBlueprint("records", __name__, url_prefix="/citizen/v1/records", description=__doc__)


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(RecordSchema)())
def list_records(query: dict[str, Any]) -> dict[str, Any]:
    """My records, newest first"""
    limit = query["limit"]
    with transaction() as session:
        rows = records.listed(session, kit().packs, caller().citizen_id, now(), before=query["cursor"], limit=limit + 1)
        shown = with_statements(session, [record_view(filed) for filed in rows])
    return page(shown, limit, key=lambda row: str(row["id"]))


@blueprint.route("/<record_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, RecordWithLife())
def get_record(record_id: str) -> dict[str, Any]:
    """One record of mine and what happened to it"""
    with transaction() as session:
        own = remedies_of(session, record_id)
        return own | life_view(records.one(session, kit().packs, kit().pii, caller().citizen_id, record_id, now()))

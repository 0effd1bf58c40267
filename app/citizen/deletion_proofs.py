"""Proofs that records of mine were deleted in time (征信业管理条例 §16): nothing of what they said is left."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.citizen.record_schemas import Coded, coded
from app.services import proofs
from app.web.api import ApiBlueprint, ListQuery, Schema, page, page_of
from app.web.kit import transaction
from auth.guard import caller, needs

blueprint = ApiBlueprint("deletion_proofs", __name__, url_prefix="/citizen/v1/deletion-proofs", description=__doc__)


class DeletionProofSchema(Schema):
    """One deletion: by which rule and when. `signed` says the same as a JWS (RFC 7515) of the keys of /oauth/jwks.

    `commitment` (SHA-256, hex) is to `salt` and the record as an export of mine told it; docs/rights.md says how.
    """

    id = ma.fields.String(required=True)
    rule = ma.fields.Nested(Coded, required=True)
    deleted_on = ma.fields.Date(required=True)
    commitment = ma.fields.String(required=True)
    salt = ma.fields.String(required=True)
    signed = ma.fields.String(required=True)


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(DeletionProofSchema)())
def list_deletion_proofs(query: dict[str, Any]) -> dict[str, Any]:
    """The proofs that records of mine were deleted, newest first"""
    limit = query["limit"]
    with transaction() as session:
        rows = proofs.listed(session, caller().citizen_id, before=query["cursor"], limit=limit + 1)
        return page([_view(row) for row in rows], limit, key=lambda row: str(row["id"]))


def _view(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "deleted_on", "signed")} | {
        "rule": coded("deletion.rule", row.rule),
        "commitment": row.commitment.hex(),
        "salt": row.salt.hex(),
    }

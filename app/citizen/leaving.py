"""Leaving: DELETE /citizen/v1/enrolment."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.services import leaving
from app.web.api import ApiBlueprint, Schema, Time
from app.web.kit import now, transaction
from app.web.texts import say
from auth.guard import caller, needs

blueprint = ApiBlueprint("leaving", __name__, url_prefix="/citizen/v1", description="Leave, and be deleted")


class DeletedSchema(Schema):
    """How much of one kind was deleted."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(leaving.COUNTED))
    name = ma.fields.String(required=True)
    count = ma.fields.Integer(required=True)


class KeptSchema(Schema):
    """Something that stays, and why."""

    kind = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)


class ReceiptSchema(Schema):
    """What leaving did."""

    left_at = Time(required=True)
    deleted = ma.fields.List(ma.fields.Nested(DeletedSchema), required=True)
    kept = ma.fields.List(ma.fields.Nested(KeptSchema), required=True)


@blueprint.route("/enrolment", methods=["DELETE"])
@needs("citizen")
@blueprint.response(200, ReceiptSchema())
def leave() -> dict[str, Any]:
    """Leave: my score, records, cards, codes, consents and log are deleted at once, with a receipt."""
    with transaction() as session:
        receipt = leaving.leave(session, caller().citizen_id, now())
    deleted = [
        {"kind": kind, "name": say(f"leaving.deleted.{kind}"), "count": count}
        for kind, count in receipt.deleted.items()
    ]
    kept = [{"kind": table, "reason": say(f"leaving.kept.{table}")} for table in receipt.kept]
    return {"left_at": receipt.left_at, "deleted": deleted, "kept": kept}

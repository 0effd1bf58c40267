"""Leaving: what it would do, DELETE /citizen/v1/enrolment, and its receipts."""

from __future__ import annotations

from typing import Any

from app.citizen.receipts import LeavingSchema, ReceiptSchema, ReceiptsSchema, leaving_view, receipt_view, sign
from app.services import leaving
from app.web.api import ApiBlueprint
from app.web.kit import now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint("leaving", __name__, url_prefix="/citizen/v1", description="Leave, and be deleted")


@blueprint.route("/leaving", methods=["GET"])
@needs("citizen")
@limited("leaving")
@blueprint.response(200, LeavingSchema())
def before_leaving() -> dict[str, Any]:
    """What leaving would delete, and what the law lets stay, until when"""
    with transaction() as session:
        return leaving_view(leaving.rehearse(session, caller().citizen_id, now()))


@blueprint.route("/enrolment", methods=["DELETE"])
@needs("citizen", fresh=True)
@limited("leaving")
@blueprint.response(200, ReceiptSchema())
def leave() -> dict[str, Any]:
    """Leave: my score, records, cards, codes, consents and log are deleted at once, with a signed receipt."""
    with transaction() as session:
        receipt = leaving.leave(session, caller().citizen_id, now())
        return receipt_view(leaving.issue(session, caller().citizen_id, receipt, sign))


@blueprint.route("/deletion-receipts", methods=["GET"])
@needs("citizen")
@blueprint.response(200, ReceiptsSchema())
def list_receipts() -> dict[str, Any]:
    """My receipts of leaving, for thirty days"""
    with transaction() as session:
        return {"data": [receipt_view(row) for row in leaving.issued(session, caller().citizen_id)]}

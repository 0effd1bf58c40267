"""What a partner is told of later: that something it was told has changed. Ids, and nothing else."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.services import partner_notices
from app.web.api import ApiBlueprint, ListQuery, Schema, Time, page, page_of
from app.web.kit import now, transaction
from auth.guard import caller, needs

blueprint = ApiBlueprint("partner_notices", __name__, url_prefix="/partner/v1", description=__doc__)


class NoticeSubject(Schema):
    """What has changed: the score under a consent to read it, or what a decision rested on."""

    citizen_ref = ma.fields.String(required=True)
    consent_id = ma.fields.String()
    decision_id = ma.fields.String()


class PartnerNoticeSchema(Schema):
    """`score.changed`: read it again if you still need it. `decision.reconsidered`: it stays valid."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    type = ma.fields.String(required=True, validate=validate.OneOf(list(partner_notices.TYPES)))
    at = Time(required=True)
    data = ma.fields.Nested(NoticeSubject, required=True)


@blueprint.route("/events", methods=["GET"])
@needs("partner")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(PartnerNoticeSchema)())
def list_notices(query: dict[str, Any]) -> dict[str, Any]:
    """What has changed of what you were told and may still use, newest first"""
    mode, limit = caller().livemode, query["limit"]
    with transaction() as session:
        rows = partner_notices.listed(
            session, caller().partner_id, livemode=mode, before=query["cursor"], limit=limit + 1, now=now()
        )
    return page([_view(row) for row in rows], limit, key=lambda row: str(row["id"]))


def _view(row: Any) -> dict[str, Any]:
    about = {name: getattr(row, name) for name in ("citizen_ref", "consent_id", "decision_id")}
    return {name: getattr(row, name) for name in ("id", "livemode", "type", "at")} | {"data": about}

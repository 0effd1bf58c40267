"""Corrections (PIPL article 46) of a department's own records: what waits for it, one case at a time, its answer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate
from sqlalchemy.orm import Session

from app.department.remedies import RecordAsked, row_of, spoken
from app.department.schemas import RecordEntry
from app.domain.calendar import day_of
from app.domain.correction import Status
from app.domain.errors import Refusal
from app.services import correction_sources
from app.services.correction_sources import OUTCOMES
from app.services.filing import Desk
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.idempotency import idempotent
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint(
    "department_corrections", __name__, url_prefix="/department/v1/corrections", description=__doc__
)


class PutCorrection(Schema):
    """A request about a record of yours, to be answered until `due_on`; nothing of the person is in it."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    source_record_id = ma.fields.String(required=True)
    field = ma.fields.String(required=True, metadata={"description": "what of the record is said to be wrong"})
    received_at = Time(required=True)
    due_on = ma.fields.Date(required=True)
    overdue = ma.fields.Boolean(required=True)


class PutCorrectionCase(PutCorrection):
    """One request in full, while it waits: reading it is a look that its person sees. Then its outcome alone."""

    statement = ma.fields.String()
    record = ma.fields.Nested(RecordAsked)
    status = ma.fields.String(required=True)
    answered_at = Time()
    reason = ma.fields.String()
    document = ma.fields.String()


class SourceAnswer(Schema):
    """Whether the record is corrected (then `record` is the fact as it should be), withdrawn or right, and why.

    Of a record that you corrected or withdrew meanwhile, say the same again, without `record`.
    """

    outcome = ma.fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    reason = Text(200, required=True)
    document = Text(120, required=True)
    record = ma.fields.Nested(RecordEntry)


class AnsweredBySource(Schema):
    """A request that you answered."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    status = ma.fields.String(required=True)
    answered_at = Time(required=True)


@blueprint.route("", methods=["GET"])
@needs("records")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(PutCorrection)())
def list_corrections(query: dict[str, Any]) -> dict[str, Any]:
    """Corrections of your records that wait, the oldest first"""
    limit, mine = query["limit"], caller().department_id
    with transaction() as session:
        found = correction_sources.put_to(session, mine, after=query["cursor"], limit=limit + 1)
        return page(
            [_put(row, record.source_record_id) for row, record in found], limit, key=lambda row: str(row["id"])
        )


@blueprint.route("/<correction_id>", methods=["GET"])
@needs("records")
@limited("look", subject=lambda correction_id: correction_id)
@blueprint.response(200, PutCorrectionCase())
def get_correction(correction_id: str) -> dict[str, Any]:
    """One request in full; its person sees that you looked"""
    with transaction() as session:
        case = correction_sources.read(session, kit().pii, caller().actor, correction_id, now())
        ended = {name: getattr(case.row, name) for name in ("status", "answered_at", "reason", "document")}
        return _put(case.row, case.source_record_id) | ended | {"statement": case.said, "record": case.record}


@blueprint.route("/<correction_id>/answer", methods=["POST"])
@needs("records")
@idempotent(lambda: caller().client_id)
@blueprint.arguments(SourceAnswer())
@blueprint.response(200, AnsweredBySource())
def answer_correction(asked: dict[str, Any], correction_id: str, session: Session) -> dict[str, Any]:
    """Correct or withdraw your record, or say that it is right"""
    desk = Desk(kit().packs, kit().pii, caller().actor, now())
    why = {"reason": asked["reason"], "document": asked["document"]}
    try:
        done = correction_sources.answer(session, desk, correction_id, asked["outcome"], row=row_of(asked), **why)
    except Refusal as refusal:
        raise spoken(refusal) from None
    return {"id": done.id, "livemode": caller().livemode, "status": done.status, "answered_at": done.answered_at}


def _put(asked: Any, number: str) -> dict[str, Any]:
    plain = {name: getattr(asked, name) for name in ("id", "field", "received_at", "due_on")}
    late = asked.status == Status.RECEIVED and asked.due_on < day_of(now())
    return plain | {"overdue": late, "livemode": caller().livemode, "source_record_id": number}

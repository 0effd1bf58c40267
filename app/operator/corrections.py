"""The queue of corrections (PIPL article 46): what waits, one case at a time, and its answer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.correction import OUTCOMES, About, Remedy, Status
from app.operator.cases import AnsweredCase, RecordAbout, answered_json, record_json
from app.operator.desk import changing, reading
from app.services import correction_answers
from app.services.correction_answers import Case
from app.services.correction_remedies import Answer
from app.services.filing import Desk
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.kit import kit, now
from auth.guard import caller, needs

blueprint = ApiBlueprint("operator_corrections", __name__, url_prefix="/operator/v1/corrections", description=__doc__)


class WaitingCorrection(Schema):
    """A request that waits; nothing of the person is in it."""

    id = ma.fields.String(required=True)
    about = ma.fields.String(required=True, validate=validate.OneOf([str(about) for about in About]))
    field = ma.fields.String(required=True)
    received_at = Time(required=True)
    due_on = ma.fields.Date(required=True)
    overdue = ma.fields.Boolean(required=True)


class RecordInQuestion(RecordAbout):
    """The record that a request is about; `statement`: what its person says of it."""

    source = ma.fields.String(required=True)
    quantity = ma.fields.Integer()
    statement = ma.fields.String()


class RightValues(Schema):
    """What the record should say, where it says otherwise."""

    item = Text(64)
    event_on = ma.fields.Date()
    ended_on = ma.fields.Date()
    expires_on = ma.fields.Date()
    quantity = ma.fields.Integer(strict=True, validate=validate.Range(0, 999_999))
    violation_type = Text(100)
    penalty_type = Text(100)
    issuer = Text(100)
    document_no = Text(64)


class ProposedAnswer(Schema):
    """An answer that changes a record and waits for a second operator's approval."""

    reason = ma.fields.String(required=True)
    document = ma.fields.String(required=True)
    remedy = ma.fields.String(required=True)
    values = ma.fields.Dict(keys=ma.fields.String(), required=True)


class CorrectionCase(WaitingCorrection):
    """One request in full: reading it is a look that its person sees."""

    status = ma.fields.String(required=True, validate=validate.OneOf([str(status) for status in Status]))
    statement = ma.fields.String(required=True)
    held = ma.fields.String(metadata={"description": "what is held of that field; of a number only its ends"})
    record = ma.fields.Nested(RecordInQuestion)
    proposed = ma.fields.Nested(ProposedAnswer)


class CorrectionAnswer(Schema):
    """The answer. A remedy is for an accepted request about a record, and rests on its department's document."""

    outcome = ma.fields.String(required=True, validate=validate.OneOf([str(outcome) for outcome in OUTCOMES]))
    reason = Text(500, required=True)
    document = Text(120)
    remedy = ma.fields.String(validate=validate.OneOf([str(remedy) for remedy in Remedy]))
    values = ma.fields.Nested(RightValues)


@blueprint.route("", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(WaitingCorrection)())
def list_corrections(query: dict[str, Any]) -> dict[str, Any]:
    """What waits for an answer, the oldest first"""
    with reading("corrections.list") as session:
        rows = correction_answers.queue(session, after=query["cursor"], limit=query["limit"] + 1)
    return page([_waiting(row) for row in rows], query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("/<correction_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, CorrectionCase())
def get_correction(correction_id: str) -> dict[str, Any]:
    """One request in full; its person sees that you looked"""
    with changing("corrections.read", correction_id) as session:
        return _case(correction_answers.read(session, kit().pii, caller().operator_id, correction_id, now()))


@blueprint.route("/<correction_id>/answer", methods=["POST"])
@needs("operator")
@blueprint.arguments(CorrectionAnswer())
@blueprint.response(200, AnsweredCase())
def answer_correction(asked: dict[str, Any], correction_id: str) -> dict[str, Any]:
    """Accept or refuse a request, with the reason; what changes a record waits for a second operator"""
    said = Answer(
        outcome=Status(asked["outcome"]),
        reason=asked["reason"],
        document=asked.get("document"),
        remedy=Remedy(asked["remedy"]) if "remedy" in asked else None,
        values=asked.get("values", {}),
    )
    trail = {"outcome": asked["outcome"], "remedy": asked.get("remedy", "")}
    with changing("corrections.answer", correction_id, **trail) as session:
        office = Desk(kit().packs, kit().pii, Actor(ActorKind.OPERATOR, caller().operator_id, caller().name), now())
        done, approval_id = correction_answers.answer(session, office, caller().operator_id, correction_id, said)
        return answered_json(done, approval_id)


def _waiting(row: Any) -> dict[str, Any]:
    plain = ("id", "about", "field", "received_at", "due_on")
    overdue = row.status == Status.RECEIVED and row.due_on < day_of(now())
    return {name: getattr(row, name) for name in plain} | {"overdue": overdue}


def _case(case: Case) -> dict[str, Any]:
    found = case.correction
    return _waiting(found) | {
        "status": found.status,
        "statement": found.statement,
        "held": case.held,
        "record": record_json(case.record, "source", "quantity") | {"statement": case.said} if case.record else None,
        "proposed": case.proposed,
    }

"""Disputes and repairs that their department left unanswered: the queue, one case at a time, and its outcome."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.remedy import REPAIR_OUTCOMES, Status
from app.operator.cases import RecordAbout, record_json
from app.operator.desk import changing, reading
from app.services import remedy_answers
from app.services.remedy_answers import DISPUTE_OUTCOMES, Overdue, Said
from app.services.remedy_cases import DISPUTES, REPAIRS
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.kit import kit, now
from auth.guard import caller, needs

blueprint = ApiBlueprint("operator_remedies", __name__, url_prefix="/operator/v1", description=__doc__)


class OverdueRequest(Schema):
    """A request that its department has not answered in time; nothing of the person is in it."""

    id = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    asked_at = Time(required=True)
    due_on = ma.fields.Date(required=True)


OverduePage = page_of(OverdueRequest)


class ProposedOutcome(Schema):
    """An outcome that waits for a second operator's approval."""

    outcome = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    document = ma.fields.String()


class OverdueCase(OverdueRequest):
    """One request in full: reading it is a look that its person sees."""

    ground = ma.fields.String()
    asked_by = ma.fields.String(metadata={"description": "whose words: citizen, or operator for them"})
    statement = ma.fields.String(required=True)
    new_evidence = ma.fields.String()
    record = ma.fields.Nested(RecordAbout, required=True)
    record_statement = ma.fields.String()
    proposed = ma.fields.Nested(ProposedOutcome)


class DisputeOutcome(Schema):
    """The record stands, on its department's document; or it is withdrawn for want of proof, or on a document."""

    outcome = ma.fields.String(required=True, validate=validate.OneOf([str(one) for one in DISPUTE_OUTCOMES]))
    reason = Text(200, required=True)
    document = Text(120)


class RepairOutcome(Schema):
    """What the department decided, by its document."""

    outcome = ma.fields.String(required=True, validate=validate.OneOf([str(one) for one in REPAIR_OUTCOMES]))
    reason = Text(200, required=True)
    document = Text(120, required=True)


class ProposedRemedy(Schema):
    """An outcome now waits for a second operator."""

    id = ma.fields.String(required=True)
    approval_id = ma.fields.String(required=True)


@blueprint.route("/disputes", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, OverduePage())
def list_disputes(query: dict[str, Any]) -> dict[str, Any]:
    """Disputes that their department left unanswered, the oldest first"""
    with reading("disputes.list") as session:
        rows = remedy_answers.queue(session, DISPUTES, now(), after=query["cursor"], limit=query["limit"] + 1)
    return page(rows, query["limit"])


@blueprint.route("/disputes/<dispute_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, OverdueCase())
def get_dispute(dispute_id: str) -> dict[str, Any]:
    """One overdue dispute in full; its person sees that you looked"""
    with changing("disputes.read", dispute_id) as session:
        return _case(remedy_answers.read(session, kit().pii, DISPUTES, caller().operator_id, dispute_id, now()))


@blueprint.route("/disputes/<dispute_id>/answer", methods=["POST"])
@needs("operator")
@blueprint.arguments(DisputeOutcome())
@blueprint.response(200, ProposedRemedy())
def answer_dispute(asked: dict[str, Any], dispute_id: str) -> dict[str, Any]:
    """Propose how an overdue dispute ends; a second operator decides"""
    return _proposed(DISPUTES, "disputes.answer", dispute_id, asked)


@blueprint.route("/repairs", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, OverduePage())
def list_repairs(query: dict[str, Any]) -> dict[str, Any]:
    """Requests for repair that their department left undecided, the oldest first"""
    with reading("repairs.list") as session:
        rows = remedy_answers.queue(session, REPAIRS, now(), after=query["cursor"], limit=query["limit"] + 1)
    return page(rows, query["limit"])


@blueprint.route("/repairs/<repair_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, OverdueCase())
def get_repair(repair_id: str) -> dict[str, Any]:
    """One overdue request for repair in full; its person sees that you looked"""
    with changing("repairs.read", repair_id) as session:
        return _case(remedy_answers.read(session, kit().pii, REPAIRS, caller().operator_id, repair_id, now()))


@blueprint.route("/repairs/<repair_id>/answer", methods=["POST"])
@needs("operator")
@blueprint.arguments(RepairOutcome())
@blueprint.response(200, ProposedRemedy())
def answer_repair(asked: dict[str, Any], repair_id: str) -> dict[str, Any]:
    """Propose to enter what the department decided; a second operator decides"""
    return _proposed(REPAIRS, "repairs.answer", repair_id, asked)


def _proposed(kind: Any, deed: str, asked_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    said = Said(outcome=Status(asked["outcome"]), reason=asked["reason"], document=asked.get("document"))
    with changing(deed, asked_id, outcome=asked["outcome"]) as session:
        proposal = remedy_answers.propose(session, kit().pii, kind, caller().operator_id, asked_id, said, now())
    return {"id": asked_id, "approval_id": proposal}


def _case(found: Overdue) -> dict[str, Any]:
    case = found.case
    plain = ("id", "source", "status", "asked_at", "due_on")
    return {name: getattr(case.row, name) for name in plain} | {
        "ground": case.ground,
        "asked_by": getattr(case.row, "asked_by", None),
        "statement": case.said,
        "new_evidence": case.new_evidence,
        "record": record_json(case.record),
        "record_statement": case.on_record,
        "proposed": found.proposed,
    }

"""What people ask of a department about its records: disputes and repairs put to it, and its answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate
from sqlalchemy.orm import Session

from app.department.schemas import Received, RecordEntry
from app.domain.calendar import day_of
from app.domain.errors import FieldError, Refusal
from app.domain.fact import is_number
from app.domain.remedy import DISPUTE_OUTCOMES, OPEN, REPAIR_OUTCOMES, Ground, Status
from app.services import disputes, remedy_cases, repairs
from app.services.disputes import Dispute
from app.services.filing import Desk
from app.services.remedy_cases import DISPUTES, REPAIRS, Case
from app.services.repairs import Repair
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.idempotency import idempotent
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.texts import catalogue, language, say
from auth.guard import caller, needs

blueprint = ApiBlueprint("department_remedies", __name__, url_prefix="/department/v1", description=__doc__)
once = idempotent(lambda: caller().client_id)


class RequestQuery(ListQuery):
    """What waits for you, the oldest first; or what is over, the newest first."""

    status = ma.fields.String(load_default="waiting", validate=validate.OneOf(["waiting", "over"]))


class PutRequest(Schema):
    """Something that was put to you, to be answered until `due_on`; nothing of the person is in it."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    source_record_id = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    asked_at = Time(required=True)
    due_on = ma.fields.Date(required=True)
    overdue = ma.fields.Boolean(required=True, metadata={"description": "the credit office sees to it as well"})
    answered_at = Time()
    reason = ma.fields.String()
    document = ma.fields.String()


class PutDispute(PutRequest):
    """A dispute that was put to you."""

    ground = ma.fields.String(required=True, validate=validate.OneOf([str(ground) for ground in Ground]))


class RecordAsked(Schema):
    """The record in question as you sent it, without its person's name and number, which you have."""

    item = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    event_on = ma.fields.Date(required=True)
    ended_on = ma.fields.Date()
    expires_on = ma.fields.Date(required=True)
    quantity = ma.fields.Integer()
    details = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())
    received_at = Time(required=True)


class RequestCase(PutRequest):
    """One request in full, while it waits: reading it is a look that its person sees. Then its outcome alone."""

    statement = ma.fields.String()
    record = ma.fields.Nested(RecordAsked)
    record_statement = ma.fields.String(metadata={"description": "what the person says of the record"})


class DisputeCase(RequestCase):
    """One dispute in full, while it waits: reading it is a look that its person sees. Then its outcome alone."""

    ground = ma.fields.String(required=True, validate=validate.OneOf([str(ground) for ground in Ground]))
    asked_by = ma.fields.String(required=True, metadata={"description": "whose words: citizen, or operator for them"})
    new_evidence = ma.fields.String(metadata={"description": "what is new since the record stood"})


class DisputeAnswer(Schema):
    """Whether the record stands, is corrected (then `record` is the fact as it should be) or withdrawn, and why."""

    outcome = ma.fields.String(required=True, validate=validate.OneOf([str(one) for one in DISPUTE_OUTCOMES]))
    reason = Text(200, required=True)
    document = Text(120, required=True)
    record = ma.fields.Nested(RecordEntry)


class RepairAnswer(Schema):
    """Whether the record is repaired, and why."""

    outcome = ma.fields.String(required=True, validate=validate.OneOf([str(one) for one in REPAIR_OUTCOMES]))
    reason = Text(200, required=True)
    document = Text(120, required=True)


class RepairNotice(Schema):
    """That a record of yours was repaired, by 信用中国's notice or your own decision."""

    reason = Text(200, required=True)
    document = Text(120, required=True)


class Settled(Schema):
    """A request that you answered."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    source_record_id = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    answered_at = Time(required=True)


@blueprint.route("/disputes", methods=["GET"])
@needs("records")
@blueprint.arguments(RequestQuery(), location="query")
@blueprint.response(200, page_of(PutDispute)())
def list_disputes(query: dict[str, Any]) -> dict[str, Any]:
    """Disputes of your records: those that wait for your answer, or those that are over"""
    return _listed(DISPUTES, query)


@blueprint.route("/disputes/<dispute_id>", methods=["GET"])
@needs("records")
@limited("look", subject=lambda dispute_id: dispute_id)
@blueprint.response(200, DisputeCase())
def get_dispute(dispute_id: str) -> dict[str, Any]:
    """One dispute in full; its person sees that you looked"""
    with transaction() as session:
        return _case(remedy_cases.read(session, kit().pii, DISPUTES, caller().actor, dispute_id, now()))


@blueprint.route("/disputes/<dispute_id>/answer", methods=["POST"])
@needs("records")
@once
@blueprint.arguments(DisputeAnswer())
@blueprint.response(200, Settled())
def answer_dispute(asked: dict[str, Any], dispute_id: str, session: Session) -> dict[str, Any]:
    """Settle a dispute of your record"""
    row = row_of(asked)
    said = disputes.Answer(
        outcome=Status(asked["outcome"]), reason=asked["reason"], document=asked["document"], row=row
    )
    try:
        return _settled(disputes.answer(session, _desk(), dispute_id, said))
    except Refusal as refusal:
        raise spoken(refusal) from None


@blueprint.route("/repairs", methods=["GET"])
@needs("records")
@blueprint.arguments(RequestQuery(), location="query")
@blueprint.response(200, page_of(PutRequest)())
def list_repairs(query: dict[str, Any]) -> dict[str, Any]:
    """Requests to repair your records: those that wait for your decision, or those that are over"""
    return _listed(REPAIRS, query)


@blueprint.route("/repairs/<repair_id>", methods=["GET"])
@needs("records")
@limited("look", subject=lambda repair_id: repair_id)
@blueprint.response(200, RequestCase())
def get_repair(repair_id: str) -> dict[str, Any]:
    """One request for repair in full; its person sees that you looked"""
    with transaction() as session:
        return _case(remedy_cases.read(session, kit().pii, REPAIRS, caller().actor, repair_id, now()))


@blueprint.route("/repairs/<repair_id>/answer", methods=["POST"])
@needs("records")
@once
@blueprint.arguments(RepairAnswer())
@blueprint.response(200, Settled())
def answer_repair(asked: dict[str, Any], repair_id: str, session: Session) -> dict[str, Any]:
    """Decide a request for repair"""
    said = repairs.Answer(outcome=Status(asked["outcome"]), reason=asked["reason"], document=asked["document"])
    return _settled(repairs.answer(session, _desk(), repair_id, said))


@blueprint.route("/records/<source_record_id>/repair", methods=["POST"])
@needs("records")
@once
@blueprint.arguments(RepairNotice())
@blueprint.response(200, Received())
def repair_record(said: dict[str, Any], source_record_id: str, session: Session) -> dict[str, Any]:
    """Enter that one fact was repaired: it is no longer counted or shown"""
    if not is_number(source_record_id):
        raise Refusal("validation", errors=[FieldError("/source_record_id", "malformed", say("row.malformed"))])
    repairs.enter(session, _desk(), source_record_id, reason=said["reason"], document=said["document"])
    return {"source_record_id": source_record_id, "livemode": caller().livemode, "received_at": now()}


def row_of(asked: dict[str, Any]) -> dict[str, Any]:
    """The fact that an answer brings, as a row of a file; empty where it brings none."""
    row = dict(asked.get("record", {}))
    return row | ({"class": row.pop("legal_class")} if "legal_class" in row else {})


def _desk() -> Desk:
    return Desk(kit().packs, kit().pii, caller().actor, now())


def _listed(kind: Any, query: dict[str, Any]) -> dict[str, Any]:
    cursor, limit, mine = query["cursor"], query["limit"], caller().department_id
    with transaction() as session:
        if query["status"] == "over":
            rows = remedy_cases.over(session, kind, mine, before=cursor, limit=limit + 1)
        else:
            rows = remedy_cases.put_to(session, kind, mine, after=cursor, limit=limit + 1)
        return page([_put(row) for row in rows], limit, key=lambda row: str(row["id"]))


def _put(row: Any) -> dict[str, Any]:
    plain = ("id", "source_record_id", "status", "asked_at", "due_on", "answered_at", "reason", "document")
    late = {"overdue": row.status in OPEN and row.due_on < day_of(now()), "livemode": caller().livemode}
    late |= {"ground": row.ground} if hasattr(row, "ground") else {}
    return {name: getattr(row, name) for name in plain} | late


def _case(case: Case) -> dict[str, Any]:
    return _put(case.row) | {
        "asked_by": getattr(case.row, "asked_by", None),
        "new_evidence": case.new_evidence,
        "statement": case.said,
        "record": _record(case.record) if case.record else None,
        "record_statement": case.on_record,
    }


def _record(record: Any) -> dict[str, Any]:
    plain = ("item", "status", "event_on", "ended_on", "expires_on", "quantity", "received_at")
    return {name: getattr(record, name) for name in plain} | {"details": record.details or None}


def _settled(one: Dispute | Repair) -> dict[str, Any]:
    plain = ("id", "source_record_id", "status", "answered_at")
    return {name: getattr(one, name) for name in plain} | {"livemode": caller().livemode}


def spoken(refusal: Refusal) -> Refusal:
    """The refusal with the row's faults in the words of the request's language."""
    said = [
        FieldError(error.pointer, error.code, catalogue().get(f"row.{error.code}", {}).get(language(), error.detail))
        for error in refusal.errors
    ]
    return Refusal(refusal.code, errors=said, allowed_actions=refusal.allowed_actions)

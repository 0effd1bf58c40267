"""Remedies against a record of mine: dispute it, ask for its repair, say something of it; and follow what I asked."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import validate

from app.citizen.record_schemas import Coded, coded
from app.domain.remedy import OPEN, Ground
from app.services import disputes, repairs, statements
from app.services.disputes import Dispute
from app.services.repairs import Repair
from app.web.api import ApiBlueprint, ListQuery, NoFields, Schema, Text, Time, page, page_of
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs, no_content

blueprint = ApiBlueprint("remedies", __name__, url_prefix="/citizen/v1", description=__doc__)


class DisputeRequest(Schema):
    """Why I dispute a record. `new_evidence`: what is new, where it stood against the same ground before."""

    ground = ma.fields.String(required=True, validate=validate.OneOf([str(ground) for ground in Ground]))
    statement = Text(1000, required=True)
    new_evidence = Text(1000)


class RepairRequest(Schema):
    """What I have put right."""

    statement = Text(1000, required=True)


class StatementRequest(Schema):
    """What I say of a record; over what I said before."""

    text = Text(500, required=True)


class StatementSchema(Schema):
    """What I say of a record of mine, shown wherever the record is."""

    text = ma.fields.String(required=True)
    made_at = Time(required=True)
    changed_at = Time(required=True)


class RemedySchema(Schema):
    """What I asked of a record's department, which answers by `due_on`; after it, the credit office sees to it."""

    id = ma.fields.String(required=True)
    record_id = ma.fields.String(required=True)
    source_record_id = ma.fields.String(required=True)
    statement = ma.fields.String(required=True)
    status = ma.fields.Nested(Coded, required=True)
    asked_at = Time(required=True)
    due_on = ma.fields.Date(required=True)
    escalated_at = Time(metadata={"description": "when the credit office took it on, as it was not answered in time"})
    answered_at = Time()
    reason = ma.fields.String()
    document = ma.fields.String()
    allowed_actions = ma.fields.List(ma.fields.String(), required=True)


class DisputeSchema(RemedySchema):
    """A dispute: until it is settled its record counts for nothing."""

    ground = ma.fields.Nested(Coded, required=True)
    asked_by = ma.fields.String(required=True, metadata={"description": "whose words: citizen, or operator for you"})
    new_evidence = ma.fields.String()


class RepairSchema(RemedySchema):
    """A request for repair: granted, its record is no longer counted or shown."""


@blueprint.route("/records/<record_id>/disputes", methods=["POST"])
@needs("citizen")
@limited("remedy")
@blueprint.arguments(DisputeRequest())
@blueprint.response(201, DisputeSchema())
def open_dispute(asked: dict[str, Any], record_id: str) -> dict[str, Any]:
    """Dispute a record of mine, or its use: from now on it counts for nothing, until it is settled"""
    words = {**asked, "ground": Ground(asked["ground"])}
    with transaction() as session:
        found = disputes.open(session, kit().packs, kit().pii, caller().citizen_id, record_id, now=now(), **words)
        return _dispute(found)


@blueprint.route("/disputes", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(DisputeSchema)())
def list_disputes(query: dict[str, Any]) -> dict[str, Any]:
    """My disputes, newest first"""
    limit = query["limit"]
    with transaction() as session:
        found = disputes.listed(session, kit().pii, caller().citizen_id, before=query["cursor"], limit=limit + 1)
    return page([_dispute(one) for one in found], limit, key=lambda row: str(row["id"]))


@blueprint.route("/disputes/<dispute_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, DisputeSchema())
def get_dispute(dispute_id: str) -> dict[str, Any]:
    """One dispute and how it was settled"""
    with transaction() as session:
        return _dispute(disputes.one(session, kit().pii, caller().citizen_id, dispute_id))


@blueprint.route("/disputes/<dispute_id>/withdraw", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, DisputeSchema())
def withdraw_dispute(_: dict[str, Any], dispute_id: str) -> dict[str, Any]:
    """Take my dispute back; the record counts again"""
    with transaction() as session:
        return _dispute(disputes.withdraw(session, kit().packs, kit().pii, caller().citizen_id, dispute_id, now()))


@blueprint.route("/records/<record_id>/repairs", methods=["POST"])
@needs("citizen")
@limited("remedy")
@blueprint.arguments(RepairRequest())
@blueprint.response(201, RepairSchema())
def ask_repair(asked: dict[str, Any], record_id: str) -> dict[str, Any]:
    """Ask the department to repair an adverse record of mine"""
    words = {"statement": asked["statement"], "now": now()}
    with transaction() as session:
        return _remedy(repairs.ask(session, kit().packs, kit().pii, caller().citizen_id, record_id, **words))


@blueprint.route("/repairs", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(RepairSchema)())
def list_repairs(query: dict[str, Any]) -> dict[str, Any]:
    """My requests for repair, newest first"""
    limit = query["limit"]
    with transaction() as session:
        found = repairs.listed(session, kit().pii, caller().citizen_id, before=query["cursor"], limit=limit + 1)
    return page([_remedy(one) for one in found], limit, key=lambda row: str(row["id"]))


@blueprint.route("/repairs/<repair_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, RepairSchema())
def get_repair(repair_id: str) -> dict[str, Any]:
    """One request for repair and the department's decision"""
    with transaction() as session:
        return _remedy(repairs.one(session, kit().pii, caller().citizen_id, repair_id))


@blueprint.route("/repairs/<repair_id>/withdraw", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, RepairSchema())
def withdraw_repair(_: dict[str, Any], repair_id: str) -> dict[str, Any]:
    """Take my request for repair back"""
    with transaction() as session:
        return _remedy(repairs.withdraw(session, kit().pii, caller().citizen_id, repair_id, now()))


@blueprint.route("/records/<record_id>/statements", methods=["POST"])
@needs("citizen")
@limited("remedy")
@blueprint.arguments(StatementRequest())
@blueprint.response(201, StatementSchema())
def put_statement(asked: dict[str, Any], record_id: str) -> Any:
    """Say something of a record of mine; it is shown wherever the record is"""
    with transaction() as session:
        return statements.put(session, kit().pii, caller().citizen_id, record_id, asked["text"], now())


@blueprint.route("/records/<record_id>/statements", methods=["DELETE"])
@needs("citizen")
@blueprint.response(204)
def remove_statement(record_id: str) -> Response:
    """Take back what I said of a record"""
    with transaction() as session:
        statements.remove(session, caller().citizen_id, record_id, now())
    return no_content()


def _dispute(one: Dispute) -> dict[str, Any]:
    return _remedy(one) | {
        "ground": coded("remedy.ground", one.ground),
        "asked_by": one.asked_by,
        "new_evidence": one.new_evidence,
    }


def _remedy(one: Dispute | Repair) -> dict[str, Any]:
    """A request in the words of the request's language."""
    plain = ("id", "record_id", "source_record_id", "statement", "asked_at", "due_on", "escalated_at", "answered_at")
    return {name: getattr(one, name) for name in (*plain, "reason", "document")} | {
        "status": coded("remedy.status", one.status),
        "allowed_actions": ["withdraw"] if one.status in OPEN else [],
    }

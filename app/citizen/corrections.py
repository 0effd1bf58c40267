"""A fact about me is wrong: ask for its correction (PIPL article 46), follow it, take it back."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.citizen.record_schemas import Coded, coded
from app.domain.correction import FIELDS, About, Remedy, Status
from app.services import corrections
from app.services.corrections import Correction
from app.web.api import ApiBlueprint, ListQuery, NoFields, Schema, Text, Time, page, page_of
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint("corrections", __name__, url_prefix="/citizen/v1/corrections", description=__doc__)


class CorrectionRequest(Schema):
    """What is wrong: a field of my identity, or of one of my records, and how it is in truth."""

    about = ma.fields.String(required=True, validate=validate.OneOf([str(about) for about in About]))
    record_id = Text(64)
    field = ma.fields.String(
        required=True, validate=validate.OneOf(sorted({name for names in FIELDS.values() for name in names}))
    )
    statement = Text(1000, required=True)


class CorrectionSchema(Schema):
    """A request for correction; the office answers it by `due_on` at the latest."""

    id = ma.fields.String(required=True)
    about = ma.fields.String(required=True, validate=validate.OneOf([str(about) for about in About]))
    record_id = ma.fields.String()
    field = ma.fields.Nested(Coded, required=True)
    statement = ma.fields.String(required=True)
    status = ma.fields.Nested(Coded, required=True)
    received_at = Time(required=True)
    due_on = ma.fields.Date(required=True)
    answered_at = Time()
    remedy = ma.fields.String(validate=validate.OneOf([str(remedy) for remedy in Remedy]))
    reason = ma.fields.String()
    document = ma.fields.String()
    allowed_actions = ma.fields.List(ma.fields.String(), required=True)


@blueprint.route("", methods=["POST"])
@needs("citizen")
@limited("correction")
@blueprint.arguments(CorrectionRequest())
@blueprint.response(201, CorrectionSchema())
def ask_correction(asked: dict[str, Any]) -> dict[str, Any]:
    """Ask that a wrong fact about me is put right"""
    about, record_id = About(asked["about"]), asked.get("record_id")
    with transaction() as session:
        return view(
            corrections.ask(
                session, kit().pii, caller().citizen_id, about=about, field=asked["field"],
                statement=asked["statement"], record_id=record_id, now=now(),
            )
        )  # fmt: skip


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(CorrectionSchema)())
def list_corrections(query: dict[str, Any]) -> dict[str, Any]:
    """My requests, newest first"""
    limit = query["limit"]
    with transaction() as session:
        found = corrections.listed(session, kit().pii, caller().citizen_id, before=query["cursor"], limit=limit + 1)
    return page([view(one) for one in found], limit, key=lambda row: str(row["id"]))


@blueprint.route("/<correction_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, CorrectionSchema())
def get_correction(correction_id: str) -> dict[str, Any]:
    """One request and its answer"""
    with transaction() as session:
        return view(corrections.one(session, kit().pii, caller().citizen_id, correction_id))


@blueprint.route("/<correction_id>/withdraw", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, CorrectionSchema())
def withdraw_correction(_: dict[str, Any], correction_id: str) -> dict[str, Any]:
    """Take my request back"""
    with transaction() as session:
        return view(corrections.withdraw(session, kit().pii, caller().citizen_id, correction_id, now()))


def view(one: Correction) -> dict[str, Any]:
    """A request in the words of the request's language."""
    plain = ("id", "about", "record_id", "statement", "received_at", "due_on", "answered_at", "remedy", "reason")
    return {name: getattr(one, name) for name in plain} | {
        "document": one.document,
        "field": coded("correction.field", one.field),
        "status": coded("correction.status", one.status),
        "allowed_actions": ["withdraw"] if one.status is Status.RECEIVED else [],
    }

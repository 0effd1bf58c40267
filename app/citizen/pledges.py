"""A private promise of mine (信用承诺), about a service or a record: nobody else reads it, and no score does."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.citizen.record_schemas import Coded, coded
from app.services import pledges
from app.services.pledges import FULFILLED, OPEN, WITHDRAWN, Pledge
from app.web.api import ApiBlueprint, ListQuery, NoFields, Schema, Text, Time, page, page_of
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs

blueprint = ApiBlueprint("pledges", __name__, url_prefix="/citizen/v1/pledges", description=__doc__)


class PledgeRequest(Schema):
    """What I promise, about one of a scenario and a record of mine."""

    scenario = Text(64)
    record_id = Text(64)
    text = Text(500, required=True)
    until_on = ma.fields.Date()


class PledgeSchema(Schema):
    """A promise of mine."""

    id = ma.fields.String(required=True)
    scenario = ma.fields.String()
    record_id = ma.fields.String()
    text = ma.fields.String(required=True)
    until_on = ma.fields.Date()
    status = ma.fields.Nested(Coded, required=True)
    made_at = Time(required=True)
    closed_at = Time()
    allowed_actions = ma.fields.List(ma.fields.String(), required=True)


@blueprint.route("", methods=["POST"])
@needs("citizen")
@limited("remedy")
@blueprint.arguments(PledgeRequest())
@blueprint.response(201, PledgeSchema())
def make_pledge(asked: dict[str, Any]) -> dict[str, Any]:
    """Promise something, for myself"""
    said: dict[str, Any] = {"scenario": None, "record_id": None, "until_on": None, **asked}
    with transaction() as session:
        return _view(pledges.make(session, kit().pii, kit().registry, caller().citizen_id, now=now(), **said))


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(PledgeSchema)())
def list_pledges(query: dict[str, Any]) -> dict[str, Any]:
    """My promises, newest first"""
    limit = query["limit"]
    with transaction() as session:
        found = pledges.listed(session, kit().pii, caller().citizen_id, before=query["cursor"], limit=limit + 1)
    return page([_view(one) for one in found], limit, key=lambda row: str(row["id"]))


@blueprint.route("/<pledge_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, PledgeSchema())
def get_pledge(pledge_id: str) -> dict[str, Any]:
    """One promise of mine"""
    with transaction() as session:
        return _view(pledges.one(session, kit().pii, caller().citizen_id, pledge_id))


@blueprint.route("/<pledge_id>/fulfil", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, PledgeSchema())
def fulfil_pledge(_: dict[str, Any], pledge_id: str) -> dict[str, Any]:
    """I have done what I promised"""
    return _close(pledge_id, FULFILLED)


@blueprint.route("/<pledge_id>/withdraw", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, PledgeSchema())
def withdraw_pledge(_: dict[str, Any], pledge_id: str) -> dict[str, Any]:
    """Take a promise back; nothing follows from it"""
    return _close(pledge_id, WITHDRAWN)


def _close(pledge_id: str, status: str) -> dict[str, Any]:
    with transaction() as session:
        return _view(pledges.close(session, kit().pii, caller().citizen_id, pledge_id, status, now()))


def _view(one: Pledge) -> dict[str, Any]:
    plain = ("id", "scenario", "record_id", "text", "until_on", "made_at", "closed_at")
    return {name: getattr(one, name) for name in plain} | {
        "status": coded("pledge.status", one.status),
        "allowed_actions": ["fulfil", "withdraw"] if one.status == OPEN else [],
    }

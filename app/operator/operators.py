"""The credit office's own people: who may use the desk, in which role, with which second factor."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.operator.approvals import ApprovalView, Why, proposed
from app.operator.desk import reading
from app.services import operators
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.kit import kit
from auth.guard import caller, needs

blueprint = ApiBlueprint("operator_people", __name__, url_prefix="/operator/v1", description=__doc__)


class NewOperator(Schema):
    """A person who shall use the desk. The number is kept as a keyed hash only."""

    id_number = Text(18, least=18, required=True)
    name = Text(60, required=True, metadata={"description": "what citizens read in their access log"})
    roles = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(operators.ROLES)), required=True, validate=validate.Length(1, 3)
    )
    reason = Text(500)


class OperatorView(Schema):
    """An operator as their colleagues read them."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(), required=True)
    active = ma.fields.Boolean(required=True)
    second_factor = ma.fields.Boolean(required=True, metadata={"description": "whether one-time codes are set up"})
    created_at = Time(required=True)


@blueprint.route("/me", methods=["GET"])
@needs("operator")
@blueprint.response(200, OperatorView())
def get_me() -> dict[str, Any]:
    """Who is logged in at this desk, and in which roles"""
    with reading("operators.me") as session:
        return operators.get(session, caller().operator_id)


@blueprint.route("/operators", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(OperatorView)())
def list_operators(query: dict[str, Any]) -> dict[str, Any]:
    """Every operator, newest first"""
    with reading("operators.list") as session:
        rows = operators.listed(session, before=query["cursor"], limit=query["limit"])
    return page(rows, query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("/operators", methods=["POST"])
@needs("operator")
@blueprint.arguments(NewOperator())
@blueprint.response(202, ApprovalView())
def add_operator(asked: dict[str, Any]) -> dict[str, Any]:
    """Propose a new operator, or other roles for one; approved, it answers with the newcomer's invitation"""
    reason = asked.pop("reason", "")
    told = {"name": asked["name"], "roles": asked["roles"]}
    return proposed("operators.add", data=lambda: operators.newcomer(kit().pii, **asked), reason=reason, **told)


@blueprint.route("/operators/<operator_id>/invitations", methods=["POST"])
@needs("operator")
@blueprint.arguments(Why())
@blueprint.response(202, ApprovalView())
def invite_operator(asked: dict[str, Any], operator_id: str) -> dict[str, Any]:
    """Propose a new second factor for an operator; approved, the old one and all their sessions end"""
    return proposed("operators.invite", operator_id, reason=asked.get("reason", ""))


@blueprint.route("/operators/<operator_id>/disable", methods=["POST"])
@needs("operator")
@blueprint.arguments(Why())
@blueprint.response(202, ApprovalView())
def disable_operator(asked: dict[str, Any], operator_id: str) -> dict[str, Any]:
    """Propose to take the desk from an operator"""
    return proposed("operators.disable", operator_id, reason=asked.get("reason", ""))

"""What waits for a second operator: proposals, and the decision about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.operator.desk import changing, proposing, reading
from app.services import approvals
from app.services.approval_kinds import KINDS
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.kit import now
from auth.guard import caller, needs

blueprint = ApiBlueprint("operator_approvals", __name__, url_prefix="/operator/v1/approvals", description=__doc__)
STATUSES = ("pending", "approved", "rejected", "expired")
WITHOUT_DATA = ("partners.suspend", "partners.resume", "operators.invite", "operators.disable")
"""Kinds that a target is enough for; the others have routes of their own, which check what they bring."""


class ApprovalQuery(ListQuery):
    """What waits, or what is over."""

    status = ma.fields.String(load_default="pending", validate=validate.OneOf(["pending", "over"]))


class NewApproval(Schema):
    """A risky action and what it is about."""

    kind = ma.fields.String(required=True, validate=validate.OneOf(WITHOUT_DATA))
    target = Text(64, required=True, metadata={"description": "the id of the partner or operator"})
    reason = Text(500)


class Why(Schema):
    """Why a risky action is to happen."""

    reason = Text(500)


class WhyNot(Schema):
    """Why a proposal is turned down, or taken back."""

    reason = Text(500, required=True)


class ApprovalView(Schema):
    """A proposal. `seen`: how its target stood when it was made; `allowed_actions`: what the reader may do."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    target = ma.fields.String()
    target_name = ma.fields.String(required=True)
    data = ma.fields.Dict(required=True)
    seen = ma.fields.Dict(required=True)
    reason = ma.fields.String()
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    proposed_by = ma.fields.String(required=True)
    proposed_at = Time(required=True)
    expires_at = Time(required=True)
    decided_by = ma.fields.String()
    decided_at = Time()
    decision_reason = ma.fields.String()
    allowed_actions = ma.fields.List(ma.fields.String(), required=True)


class ApprovalResult(Schema):
    """What came of an action. An invitation is told this once."""

    partner_id = ma.fields.String()
    client_id = ma.fields.String()
    operator_id = ma.fields.String()
    invitation = ma.fields.String()
    invitation_expires_at = Time()


class DecidedApproval(ApprovalView):
    """A proposal that was carried out."""

    result = ma.fields.Nested(ApprovalResult, required=True)


@blueprint.route("", methods=["GET"])
@needs("operator")
@blueprint.arguments(ApprovalQuery(), location="query")
@blueprint.response(200, page_of(ApprovalView)())
def list_approvals(query: dict[str, Any]) -> dict[str, Any]:
    """What waits for a second person, or what became of it, newest first"""
    waiting, before, limit = query["status"] == "pending", query["cursor"], query["limit"]
    with reading("approvals.list") as session:
        rows = approvals.listed(
            session, waiting=waiting, operator_id=caller().operator_id, now=now(), before=before, limit=limit
        )
    return page(rows, limit, key=lambda row: str(row["id"]))


@blueprint.route("", methods=["POST"])
@needs("operator")
@blueprint.arguments(NewApproval())
@blueprint.response(201, ApprovalView())
def propose_action(asked: dict[str, Any]) -> dict[str, Any]:
    """Propose a risky action; it happens when another operator approves it"""
    return proposed(asked["kind"], asked["target"], reason=asked.get("reason", ""))


@blueprint.route("/<approval_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, ApprovalView())
def get_approval(approval_id: str) -> dict[str, Any]:
    """One proposal"""
    with reading("approvals.read", approval_id) as session:
        return approvals.get(session, approval_id, operator_id=caller().operator_id, now=now())


@blueprint.route("/<approval_id>/approve", methods=["POST"])
@needs("operator", fresh=True)
@blueprint.arguments(Why())
@blueprint.response(200, DecidedApproval())
def approve(said: dict[str, Any], approval_id: str) -> dict[str, Any]:
    """Let it happen, now: never by the one who proposed it, and after a login of five minutes at most"""
    reason = said.get("reason", "")
    with changing("approvals.approve", approval_id, reason=reason) as session:
        return approvals.approve(session, approval_id, operator_id=caller().operator_id, now=now(), reason=reason)


@blueprint.route("/<approval_id>/reject", methods=["POST"])
@needs("operator")
@blueprint.arguments(WhyNot())
@blueprint.response(200, ApprovalView())
def reject(said: dict[str, Any], approval_id: str) -> dict[str, Any]:
    """Turn it down; the one who proposed it takes it back so"""
    with changing("approvals.reject", approval_id, reason=said["reason"]) as session:
        return approvals.reject(
            session, approval_id, operator_id=caller().operator_id, now=now(), reason=said["reason"]
        )


def proposed(
    kind: str, target: str = "", *, data: Callable[[], dict[str, Any]] = dict, reason: str = "", **trail: Any
) -> dict[str, Any]:
    """Propose an action as the caller.

    `data` makes, and checks, what the action needs, asked once the caller's role is known; `trail` is what the audit
    trail says of it besides its kind.
    """
    with proposing(kind, target, **trail) as session:
        return approvals.propose(
            session,
            kind=kind,
            target=target,
            data=data(),
            operator_id=caller().operator_id,
            now=now(),
            reason=reason,
        )

"""Decisions about me, with the plain reasons and the last review of each (guardrails 10 and 11)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.citizen.reviews import ReviewSchema, review_view
from app.citizen.scenarios import PATHS, ReasonSchema
from app.domain.decision import Via
from app.services import decisions
from app.services.decisions import OwnDecision
from app.web.api import ApiBlueprint, ListQuery, Schema, Time, page, page_of
from app.web.kit import kit, transaction
from app.web.offers import BenefitSchema, OrdinaryPathSchema, benefit_json, ordinary_path_json, said
from auth.guard import caller, needs

blueprint = ApiBlueprint("citizen_decisions", __name__, url_prefix="/citizen/v1/decisions", description=__doc__)


class UsedSchema(Schema):
    """What a decision rested on: `digest` names the record versions behind the score."""

    as_of = ma.fields.Date(required=True)
    pack = ma.fields.String()
    score = ma.fields.Integer()
    digest = ma.fields.String()


class DecisionSchema(Schema):
    """One decision, as its citizen alone reads it."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    scenario = ma.fields.String(required=True)
    scenario_name = ma.fields.String()
    partner_id = ma.fields.String()
    partner_name = ma.fields.String(required=True)
    via = ma.fields.String(required=True, validate=validate.OneOf([via.value for via in Via]))
    path = ma.fields.String(required=True, validate=PATHS)
    benefit = ma.fields.Nested(BenefitSchema)
    ordinary_path = ma.fields.Nested(OrdinaryPathSchema)
    reasons = ma.fields.List(ma.fields.Nested(ReasonSchema), required=True)
    rule = ma.fields.String(required=True, metadata={"description": "family, its version and the offer's"})
    used = ma.fields.Nested(UsedSchema, required=True)
    decided_at = Time(required=True)
    valid_until = Time(required=True)
    review = ma.fields.Nested(ReviewSchema)


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(DecisionSchema)())
def list_decisions(query: dict[str, Any]) -> dict[str, Any]:
    """Decisions about me, newest first"""
    with transaction() as session:
        rows = decisions.listed(
            session, kit().registry, caller().citizen_id, before=query["cursor"], limit=query["limit"]
        )
    answer = page(rows, query["limit"], key=lambda row: str(row.decision.decision_id))
    return answer | {"data": [_decision(row) for row in answer["data"]]}


@blueprint.route("/<decision_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, DecisionSchema())
def get_decision(decision_id: str) -> dict[str, Any]:
    """One decision: reasons in plain words, the rule, what it rested on"""
    with transaction() as session:
        return _decision(decisions.one(session, kit().pii, kit().registry, caller().citizen_id, decision_id))


def _decision(own: OwnDecision) -> dict[str, Any]:
    decision, offer = own.decision, own.offer
    plain = ("livemode", "scenario", "partner_id", "partner_name", "via", "path", "rule", "decided_at", "valid_until")
    return {name: getattr(decision, name) for name in plain} | {
        "id": decision.decision_id,
        "scenario_name": said(offer.name) if offer else None,
        "benefit": benefit_json(decision.benefit) if decision.benefit else None,
        "ordinary_path": ordinary_path_json(offer.ordinary_path) if offer else None,
        "reasons": [{"code": code, "text": said(words)} for code, words in own.reasons],
        "used": {name: getattr(decision, name) for name in ("as_of", "pack", "score", "digest")},
        "review": review_view(own.review) if own.review else None,
    }

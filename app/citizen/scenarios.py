"""信易+ scenarios: what is open to me and why, the ordinary way, and my choice between them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.scenario import Path
from app.services import scenarios
from app.services.scenarios import OpenScenario
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, page, page_of
from app.web.kit import kit, now, transaction
from app.web.offers import OfferSchema, offer_json, said
from auth.guard import caller, needs

blueprint = ApiBlueprint("citizen_scenarios", __name__, url_prefix="/citizen/v1/scenarios", description=__doc__)
PATHS = validate.OneOf([path.value for path in Path])


class ReasonSchema(Schema):
    """A reason: a stable code and its words. For the citizen only."""

    code = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class PreferenceSchema(Schema):
    """A citizen's choice: the credit path where it is open, or always the ordinary one; and what they declare."""

    path = ma.fields.String(required=True, validate=PATHS)
    declared = ma.fields.List(Text(64), load_default=list, validate=validate.Length(max=20))


class OwnScenarioSchema(OfferSchema):
    """A scenario's published rule, and where I stand."""

    path = ma.fields.String(required=True, validate=PATHS)
    reasons = ma.fields.List(ma.fields.Nested(ReasonSchema), required=True)
    preference = ma.fields.Nested(PreferenceSchema, required=True)
    left_today = ma.fields.Integer(metadata={"description": "of a limited offer: how many are left today"})


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(OwnScenarioSchema)())
def list_scenarios(query: dict[str, Any]) -> dict[str, Any]:
    """The scenarios of my city: which are open to me, and the ordinary way for each"""
    with transaction() as session:
        seen = scenarios.open_to(session, kit().registry, kit().packs, caller().citizen_id, now())
    rest = [scenario for scenario in seen if scenario.offer.code > (query["cursor"] or "")]
    answer = page(rest, query["limit"], key=lambda scenario: str(scenario.offer.code))
    return answer | {"data": [_own(scenario) for scenario in answer["data"]]}


@blueprint.route("/<code>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, OwnScenarioSchema())
def get_scenario(code: str) -> dict[str, Any]:
    """One scenario, of any city, and where I stand"""
    with transaction() as session:
        return _own(scenarios.one(session, kit().registry, kit().packs, caller().citizen_id, code, now()))


@blueprint.route("/<code>/preference", methods=["PUT"])
@needs("citizen")
@blueprint.arguments(PreferenceSchema())
@blueprint.response(200, OwnScenarioSchema())
def put_preference(chosen: dict[str, Any], code: str) -> dict[str, Any]:
    """Choose the ordinary way, or credit where it is open; no partner learns which"""
    with transaction() as session:
        return _own(
            scenarios.prefer(
                session,
                kit().registry,
                kit().packs,
                caller().citizen_id,
                code,
                ordinary=chosen["path"] == Path.STANDARD,
                declared=frozenset(chosen["declared"]),
                now=now(),
            )
        )


def _own(scenario: OpenScenario) -> dict[str, Any]:
    chosen = scenario.preference
    return offer_json(scenario.offer) | {
        "path": scenario.path,
        "left_today": scenario.left_today,
        "reasons": [{"code": code, "text": said(words)} for code, words in scenario.reasons],
        "preference": {
            "path": Path.STANDARD if chosen.prefers_standard else Path.CREDIT,
            "declared": sorted(chosen.declared),
        },
    }

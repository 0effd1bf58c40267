"""The credit office (信用办): what is in force, and who did what. No person is in it."""

from __future__ import annotations

from typing import Any

from app.domain.offer import Offer
from app.operator import schemas
from app.operator.desk import reading
from app.services import desk
from app.web.api import ApiBlueprint, ListQuery, page, page_of
from app.web.kit import kit
from auth.guard import needs

blueprint = ApiBlueprint("operator", __name__, url_prefix="/operator/v1", description=__doc__)


def _by_id(row: dict[str, Any]) -> str:
    return str(row["id"])


@blueprint.route("/scenarios", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.ScenarioVersions())
def list_scenarios() -> dict[str, Any]:
    """Every scenario in force with its rule's version, and every plug-in that was left out"""
    registry = kit().registry
    with reading("scenarios.list"):
        return {"data": [scenario_json(offer) for offer in registry.offers()], "faults": registry.faults}


def scenario_json(offer: Offer) -> dict[str, Any]:
    """An offer in force for ScenarioVersion."""
    return {
        "code": offer.code,
        "family": offer.family,
        "version": offer.version,
        "rule": kit().registry.rule(offer.code),
        "city": offer.city,
        "packs": offer.packs,
        "name": offer.name,
        "threshold": offer.threshold,
        "benefit": offer.benefit.kind,
        "basic_public_service": offer.basic_public_service,
        "illustrative": offer.illustrative,
        "valid_from": offer.valid_from,
        "valid_until": offer.valid_until,
    }


@blueprint.route("/actions", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(schemas.OperatorDeed)())
def list_actions(query: dict[str, Any]) -> dict[str, Any]:
    """The audit trail: what operators did and read, newest first"""
    with reading("actions.list") as session:
        rows = desk.trail(session, before=query["cursor"], limit=query["limit"])
    return page(rows, query["limit"], key=_by_id)

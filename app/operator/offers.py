"""Offers of scenarios: every version, proposing one, its simulation, publishing it with notice and a second person."""

from __future__ import annotations

from typing import Any

from app.operator import offer_schemas as schemas
from app.operator.api import scenario_json
from app.operator.desk import changing, reading
from app.operator.versions import Versioned, add_version_routes
from app.services import offer_versions, offer_views
from app.services.offer_publishing import PUBLISHING
from app.web.api import ApiBlueprint
from app.web.kit import kit, now
from auth.guard import caller, needs

blueprint = ApiBlueprint("operator_offers", __name__, url_prefix="/operator/v1/offers", description=__doc__)


@blueprint.route("", methods=["GET"])
@needs("operator")
@blueprint.response(200, schemas.OffersInForce())
def list_offers() -> dict[str, Any]:
    """Every offer in force, and the versions that wait for something"""
    registry = kit().registry
    with reading("offers.list") as session:
        waiting = offer_views.waiting(session, registry, now())
    return {"data": [scenario_json(offer) for offer in registry.offers()], "open": waiting}


@blueprint.route("", methods=["POST"])
@needs("operator")
@blueprint.arguments(schemas.NewOfferVersion())
@blueprint.response(201, schemas.OfferVersionView())
def propose_offer_version(asked: dict[str, Any]) -> dict[str, Any]:
    """Put a new version on the shelf; it is checked now and simulated on the members it touches by the worker"""
    registry, moment, reason = kit().registry, now(), asked.get("reason", "")
    with changing("offers.propose", reason=reason) as session:
        said = {"operator_id": caller().operator_id, "now": moment, "reason": reason}
        row = offer_versions.propose(session, registry, kit().packs, asked["text"], **said)
        return offer_views.view(session, registry, row, moment)


add_version_routes(
    blueprint,
    Versioned(
        PUBLISHING,
        mark="offer_",
        views=offer_views,
        present=lambda: kit().registry,
        whole=schemas.OfferVersionFull,
        brief=schemas.OfferVersionView,
        every=schemas.OfferVersionList,
    ),
)

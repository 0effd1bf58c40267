"""New versions of my city's scenarios, from the day they are announced: /citizen/v1/coming-scenarios."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.offer import Offer
from app.services import offer_notices
from app.services.offer_notices import ComingOffer
from app.web.api import ApiBlueprint, Schema
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.offers import OfferSchema, offer_json, said
from auth.guard import caller, needs

blueprint = ApiBlueprint("coming_scenarios", __name__, url_prefix="/citizen/v1", description=__doc__)


class ComingScenarioSchema(Schema):
    """A version that is announced: the notice, its first day, the whole offer, and the fields that differ from today's.

    `present` is the offer of today; absent where the scenario is a new one.
    """

    scenario = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    effective_on = ma.fields.Date(required=True)
    notice = ma.fields.String(required=True)
    offer = ma.fields.Nested(OfferSchema, required=True)
    present = ma.fields.Nested(OfferSchema)
    changed = ma.fields.List(
        ma.fields.String(validate=validate.OneOf([field.name for field in fields(Offer)])), required=True
    )


class ComingScenarioList(Schema):
    """Every announced version, the next one first."""

    data = ma.fields.List(ma.fields.Nested(ComingScenarioSchema), required=True)


@blueprint.route("/coming-scenarios", methods=["GET"])
@needs("citizen")
@limited("score-read")
@blueprint.response(200, ComingScenarioList())
def list_coming_scenarios() -> dict[str, Any]:
    """The versions of my city's scenarios that are announced and not in force yet"""
    with transaction() as session:
        found = offer_notices.coming(session, kit().registry, caller().citizen_id, now())
        return {"data": [_told(each) for each in found]}


def _told(coming: ComingOffer) -> dict[str, Any]:
    return {
        "scenario": coming.offer.code,
        "version": coming.offer.version,
        "effective_on": coming.effective_on,
        "notice": said(coming.notice),
        "offer": offer_json(coming.offer),
        "present": offer_json(coming.present) if coming.present else None,
        "changed": list(coming.changed),
    }

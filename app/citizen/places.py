"""The merchant map: where a benefit is accepted. Of merchants, never of people; where you look from is not kept."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.coordinates import Point
from app.domain.errors import FieldError, Refusal
from app.domain.offer import Group
from app.domain.scenario import Registry
from app.services import places
from app.services.places import Found, Search
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, page, page_of
from app.web.kit import kit, transaction
from app.web.limits import limited
from app.web.offers import said
from app.web.texts import language
from auth.guard import caller, needs

blueprint = ApiBlueprint("citizen_places", __name__, url_prefix="/citizen/v1/places", description=__doc__)
DIGITS = 2
"""Digits of a degree that we look at: about a kilometre. Whoever asks more exactly is rounded before anything else."""
_NEAR = re.compile(r"(-?\d{1,2}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)\Z")
_CURSOR = re.compile(r"(\d{1,9}):(plc_[0-9a-f]{1,40})\Z")


class Near(ma.fields.String):
    """`latitude,longitude` (WGS-84), rounded to about a kilometre as it is read."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = _NEAR.match(str(value))
        point = (round(float(found[1]), DIGITS), round(float(found[2]), DIGITS)) if found else None
        if point is None or abs(point[0]) > 90 or abs(point[1]) > 180:
            raise ma.ValidationError("Latitude and longitude, like 24.48,118.09.")
        return point


class PlacesQuery(ListQuery):
    """Where, and which; with `near` the nearest come first."""

    near = Near(metadata={"description": "latitude,longitude (WGS-84), rounded to about a kilometre; not kept"})
    within = ma.fields.Integer(
        load_default=20, validate=validate.Range(1, 100), metadata={"description": "kilometres from `near`"}
    )
    city = Text(64)
    scenario = Text(64)
    family = Text(64)
    group = ma.fields.String(validate=validate.OneOf([group.value for group in Group]))


class AcceptedScenario(Schema):
    """A benefit that is accepted there."""

    code = ma.fields.String(required=True)
    family = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class PlaceSchema(Schema):
    """A place of a merchant; WGS-84. `distance`: metres from the rounded `near`."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    partner = ma.fields.String(required=True)
    city = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    opening = ma.fields.String(required=True)
    latitude = ma.fields.Float(required=True)
    longitude = ma.fields.Float(required=True)
    distance = ma.fields.Integer()
    scenarios = ma.fields.List(ma.fields.Nested(AcceptedScenario), required=True)


@blueprint.route("", methods=["GET"])
@needs("citizen")
@limited("places")
@blueprint.arguments(PlacesQuery(), location="query")
@blueprint.response(200, page_of(PlaceSchema)())
def list_places(query: dict[str, Any]) -> dict[str, Any]:
    """Places that accept a benefit, the nearest first; who looked, and from where, is written nowhere"""
    registry, near = kit().registry, query.get("near")
    filters = {name: query.get(name) for name in ("scenario", "family", "group")}
    wanted = Search(near, query["within"] * 1000, query.get("city"), places.codes_of(registry, **filters))
    with transaction() as session:
        found = places.search(session, caller().citizen_id, wanted, after=_after(query["cursor"]), limit=query["limit"])
    answer = page(found, query["limit"], key=lambda one: f"{one.metres or 0}:{one.place.id}")
    return answer | {"data": [_view(registry, one, near) for one in answer["data"]]}


def _after(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    found = _CURSOR.match(cursor)
    if found is None:
        raise Refusal("validation", errors=[FieldError("/cursor", "invalid", "Not a cursor of ours.")])
    return int(found[1]), found[2]


def _view(registry: Registry, found: Found, near: Point | None) -> dict[str, Any]:
    place, end = found.place, language()
    served = [code for code in place.scenarios if found.partner.serves(code) and code in registry]
    offers = [registry.offer(code) for code in served]
    return {
        **{name: getattr(place, name) for name in ("id", "city", "latitude", "longitude")},
        **{name: getattr(place, f"{name}_{end}") for name in ("name", "address", "opening")},
        "partner": getattr(found.partner, f"name_{end}"),
        "distance": found.metres if near else None,
        "scenarios": [{"code": offer.code, "family": offer.family, "name": said(offer.name)} for offer in offers],
    }

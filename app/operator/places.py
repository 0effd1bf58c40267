"""Partners' places on the merchant map, kept by the credit office."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.operator.desk import changing, reading
from app.services import places
from app.web.api import ApiBlueprint, ListQuery, Schema, Text, Time, page, page_of
from app.web.kit import kit, now
from auth.guard import needs, no_content

blueprint = ApiBlueprint("operator_places", __name__, url_prefix="/operator/v1/partners", description=__doc__)


class Degrees(ma.fields.Float):
    """Degrees up to `most` either way, a number of JSON."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(-most, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, (str, bool)):
            raise ma.ValidationError("Not a number.")
        return float(super()._deserialize(value, attr, data, **kwargs) or 0)


class PlaceRequest(Schema):
    """A place and what it accepts."""

    name_zh = Text(80, required=True)
    name_en = Text(80, required=True)
    address_zh = Text(200, required=True)
    address_en = Text(200, required=True)
    opening_zh = Text(200, required=True)
    opening_en = Text(200, required=True)
    city = Text(64, required=True)
    latitude = Degrees(90, required=True)
    longitude = Degrees(180, required=True)
    datum = ma.fields.String(
        load_default="wgs84",
        validate=validate.OneOf(places.DATUMS),
        metadata={"description": "gcj02: copied from a Chinese map; it is kept as WGS-84"},
    )
    scenarios = ma.fields.List(Text(64), required=True, validate=validate.Length(min=1, max=200))


class PlaceView(Schema):
    """A place as the credit office reads it; WGS-84."""

    id = ma.fields.String(required=True)
    partner_id = ma.fields.String(required=True)
    name_zh = ma.fields.String(required=True)
    name_en = ma.fields.String(required=True)
    address_zh = ma.fields.String(required=True)
    address_en = ma.fields.String(required=True)
    opening_zh = ma.fields.String(required=True)
    opening_en = ma.fields.String(required=True)
    city = ma.fields.String(required=True)
    latitude = ma.fields.Float(required=True)
    longitude = ma.fields.Float(required=True)
    scenarios = ma.fields.List(ma.fields.String(), required=True)
    updated_at = Time(required=True)


@blueprint.route("/<partner_id>/places", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(PlaceView)())
def list_places(query: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """A partner's places, newest first"""
    with reading("places.list", partner_id) as session:
        rows = places.listed(session, partner_id, before=query["cursor"], limit=query["limit"])
    return page(rows, query["limit"])


@blueprint.route("/<partner_id>/places", methods=["POST"])
@needs("operator")
@blueprint.arguments(PlaceRequest())
@blueprint.response(201, PlaceView())
def add_place(asked: dict[str, Any], partner_id: str) -> Any:
    """Put a place of this partner on the map"""
    with changing("places.add", partner_id, name=asked["name_zh"]) as session:
        return places.add(session, kit().registry, partner_id, asked, now())


@blueprint.route("/<partner_id>/places/<place_id>", methods=["PUT"])
@needs("operator")
@blueprint.arguments(PlaceRequest())
@blueprint.response(200, PlaceView())
def change_place(asked: dict[str, Any], partner_id: str, place_id: str) -> Any:
    """Say anew what a place is"""
    with changing("places.change", place_id, name=asked["name_zh"]) as session:
        return places.change(session, kit().registry, partner_id, place_id, asked, now())


@blueprint.route("/<partner_id>/places/<place_id>", methods=["DELETE"])
@needs("operator")
@blueprint.response(204)
def remove_place(partner_id: str, place_id: str) -> Any:
    """Take a place off the map"""
    with changing("places.remove", place_id) as session:
        places.remove(session, partner_id, place_id)
    return no_content()

"""Pairing a counter: a browser without secrets brings the one-time link and its own public key."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import marshmallow as ma

from app.services import partners
from app.web import limits
from app.web.api import ApiBlueprint, Schema, Text
from app.web.kit import now, transaction
from auth.guard import public

blueprint = ApiBlueprint("counter_devices", __name__, url_prefix="/partner/v1", description=__doc__)


class CounterKey(Schema):
    """The public half of the counter's key: EC P-256, made in the browser and never exported."""

    kty = Text(8, required=True)
    crv = Text(16, required=True)
    x = Text(64, required=True)
    y = Text(64, required=True)


class PairRequest(Schema):
    """The token of the pairing link, the counter's public key, and a name for the counter."""

    token = Text(64, required=True)
    jwk = ma.fields.Nested(CounterKey, required=True)
    label = Text(30, load_default="柜台")


class PairedPartner(Schema):
    """Whose counter it is."""

    id = ma.fields.String(required=True)
    name_zh = ma.fields.String(required=True)
    name_en = ma.fields.String(required=True)
    scenarios = ma.fields.List(ma.fields.String(), required=True)


class PairedCounter(Schema):
    """The counter as an OAuth client: `private_key_jwt` with its key, DPoP, these scopes."""

    client_id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    partner = ma.fields.Nested(PairedPartner, required=True)
    scopes = ma.fields.List(ma.fields.String(), required=True)
    livemode = ma.fields.Boolean(required=True)


@blueprint.route("/counter-devices", methods=["POST"])
@public("a counter has no token before it is paired; the one-time link is what lets it in")
@limits.documented("pairing")
@blueprint.arguments(PairRequest())
@blueprint.response(201, PairedCounter())
def pair_counter(asked: dict[str, Any]) -> dict[str, Any]:
    """Pair this counter, once for each link"""
    limits.hit("pairing")
    with transaction() as session:
        return asdict(partners.pair_device(session, asked["token"], asked["jwk"], asked["label"], now()))

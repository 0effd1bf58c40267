"""What operators send and read. Nothing here is about one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.web.api import Fen, Schema, Text, Time
from app.web.partner_schemas import WEB, Caps, Contact, KeySet, PublicKey


class BilingualName(Schema):
    """A name in Chinese and English."""

    zh = Text(80, required=True)
    en = Text(80, required=True)


class Website(ma.fields.String):
    """An https address without query."""

    def __init__(self) -> None:
        super().__init__(validate=[validate.Length(max=500), validate.Regexp(WEB + r"\Z")])


class DailyOrders(ma.fields.Integer):
    """How many orders a day, at least `least`."""

    def __init__(self, least: int) -> None:
        super().__init__(strict=True, validate=validate.Range(least, 10_000_000))


class NewPartner(Schema):
    """A merchant and the scenarios that it may serve."""

    name_zh = Text(80, required=True)
    name_en = Text(80, required=True)
    scenarios = ma.fields.List(Text(64), required=True, validate=validate.Length(min=1, max=200))
    website = Website()
    orders_per_day = DailyOrders(1)
    order_fen = Fen(1)
    jwk = ma.fields.Nested(PublicKey, metadata={"description": "its public key; or `jwks`"})
    jwks = ma.fields.Nested(KeySet, metadata={"description": "its one or two public keys; or `jwk`"})
    reason = Text(500)

    @ma.validates_schema(skip_on_field_errors=True)
    def _one_of_both(self, data: Mapping[str, Any], **_: Any) -> None:
        if {"jwk", "jwks"} <= set(data):
            raise ma.ValidationError("Give a jwk or a jwks, one of them.", "jwks")


class PartnerChange(Schema):
    """Other terms for a partner. What is not named stays; a cap of 0 is lifted."""

    scenarios = ma.fields.List(Text(64), validate=validate.Length(min=1, max=200))
    website = Website()
    orders_per_day = DailyOrders(0)
    order_fen = Fen()
    reason = Text(500)


class KeyForPartner(Schema):
    """A public key for a partner's client."""

    jwk = ma.fields.Nested(PublicKey, required=True)
    reason = Text(500)


class PartnerView(Schema):
    """A partner in one stage, as the credit office reads it; a merchant that went live is two, of one `merchant_id`."""

    id = ma.fields.String(required=True)
    name_zh = ma.fields.String(required=True)
    name_en = ma.fields.String(required=True)
    scenarios = ma.fields.List(ma.fields.String(), required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(["active", "suspended"]))
    livemode = ma.fields.Boolean(required=True)
    created_at = Time(required=True)
    stage = ma.fields.String(required=True, validate=validate.OneOf(["sandbox", "live"]))
    merchant_id = ma.fields.String(required=True)
    website = ma.fields.String()
    caps = ma.fields.Nested(Caps, required=True)
    suspended_reason = ma.fields.String()
    suspended_at = Time()


class OnePartner(PartnerView):
    """A partner, whom to call there, and its partner of the other stage, where there is one."""

    contacts = ma.fields.List(ma.fields.Nested(Contact), required=True)
    live_partner_id = ma.fields.String()
    sandbox_partner_id = ma.fields.String()


class PairingLinkView(Schema):
    """A one-time link for one counter; it is shown this once."""

    url = ma.fields.String(required=True, metadata={"format": "uri"})
    token = ma.fields.String(required=True)
    expires_at = Time(required=True)


class CounterView(Schema):
    """A paired counter."""

    client_id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    active = ma.fields.Boolean(required=True)
    created_at = Time(required=True)


class Counters(Schema):
    """A partner's counters."""

    data = ma.fields.List(ma.fields.Nested(CounterView), required=True)


class ScenarioVersion(Schema):
    """A scenario in force: its offer and the rule behind it."""

    code = ma.fields.String(required=True)
    family = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    rule = ma.fields.String(required=True)
    city = ma.fields.String(required=True)
    packs = ma.fields.List(ma.fields.String(), required=True)
    name = ma.fields.Nested(BilingualName, required=True)
    threshold = ma.fields.Integer(required=True)
    benefit = ma.fields.String(required=True)
    basic_public_service = ma.fields.Boolean(required=True)
    illustrative = ma.fields.List(ma.fields.String(), required=True)
    valid_from = ma.fields.Date(required=True)
    valid_until = ma.fields.Date(metadata={"description": "the first day on which it is no longer offered"})


class ScenarioFault(Schema):
    """A plug-in or offer that was left out, and why."""

    source = ma.fields.String(required=True)
    problem = ma.fields.String(required=True)


class ScenarioVersions(Schema):
    """Every scenario, and what was left out."""

    data = ma.fields.List(ma.fields.Nested(ScenarioVersion), required=True)
    faults = ma.fields.List(ma.fields.Nested(ScenarioFault), required=True)


class OperatorDeed(Schema):
    """One row of the audit trail."""

    id = ma.fields.String(required=True)
    operator_id = ma.fields.String(required=True)
    action = ma.fields.String(required=True)
    target = ma.fields.String()
    data = ma.fields.Dict(required=True)
    request_id = ma.fields.String()
    at = Time(required=True)

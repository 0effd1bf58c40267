"""What operators send and read. Nothing here is about one person."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.web.api import Schema, Text, Time


class BilingualName(Schema):
    """A name in Chinese and English."""

    zh = Text(80, required=True)
    en = Text(80, required=True)


class NewPartner(Schema):
    """A merchant and the scenarios that it may serve."""

    name_zh = Text(80, required=True)
    name_en = Text(80, required=True)
    scenarios = ma.fields.List(Text(64), required=True, validate=validate.Length(min=1, max=200))
    reason = Text(500)


class PartnerView(Schema):
    """A partner as the credit office reads it."""

    id = ma.fields.String(required=True)
    name_zh = ma.fields.String(required=True)
    name_en = ma.fields.String(required=True)
    scenarios = ma.fields.List(ma.fields.String(), required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(["active", "suspended"]))
    livemode = ma.fields.Boolean(required=True)
    created_at = Time(required=True)


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

"""What partners send and read about themselves, scenarios and checks. No name, score, reason or personal limit."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.partner import VERSIONS
from app.domain.scenario import Path
from app.web.api import Schema, Text, Time
from app.web.offers import BenefitSchema, LimitsSchema, OrdinaryPathSchema
from app.web.partner_schemas import Caps


class ClockSchema(Schema):
    """This deployment's clock."""

    now = Time(required=True)


class VersionSchema(Schema):
    """The versions of this interface. Without `Xinyi-Version`, a request of this client is answered in `pinned`."""

    pinned = ma.fields.String(required=True)
    known = ma.fields.List(ma.fields.String(), required=True)


class PinVersion(Schema):
    """The version that your client is written for."""

    version = ma.fields.String(required=True, validate=validate.OneOf(VERSIONS))


class MeSchema(Schema):
    """The partner and its rights."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf(["active", "suspended"]))
    client_id = ma.fields.String(required=True)
    scopes = ma.fields.List(ma.fields.String(), required=True)
    scenarios = ma.fields.List(ma.fields.String(), required=True)
    livemode = ma.fields.Boolean(required=True)
    stage = ma.fields.String(required=True, validate=validate.OneOf(["sandbox", "live"]))
    caps = ma.fields.Nested(Caps, required=True)
    version = ma.fields.Nested(VersionSchema, required=True)
    checklist_url = ma.fields.String(metadata={"format": "uri", "description": "the way to live, for a sandbox"})


class ScanRequest(Schema):
    """The code that a citizen shows, as scanned or typed."""

    code = Text(64, required=True)


class ScanSchema(Schema):
    """A scan: it may answer one check for one scenario, and then open one order."""

    id = ma.fields.String(required=True)
    citizen_ref = ma.fields.String(required=True, metadata={"description": "pairwise: yours alone"})
    expires_at = Time(required=True)
    livemode = ma.fields.Boolean(required=True)


class CheckRequest(Schema):
    """A scenario, and the right to ask: one scan, or one standing consent."""

    scenario = Text(64, required=True)
    scan_id = Text(64)
    consent_id = Text(64)

    @ma.validates_schema
    def _one_right(self, data: dict[str, Any], **_: Any) -> None:
        if ("scan_id" in data) == ("consent_id" in data):
            raise ma.ValidationError("Give a scan_id or a consent_id, one of them.", "scan_id")


class CheckSchema(Schema):
    """The answer. `credit` comes with the benefit and the scenario's caps, `standard` with the ordinary way."""

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    citizen_ref = ma.fields.String(required=True)
    scenario = ma.fields.String(required=True)
    path = ma.fields.String(required=True, validate=validate.OneOf([path.value for path in Path]))
    benefit = ma.fields.Nested(BenefitSchema)
    limits = ma.fields.Nested(LimitsSchema)
    ordinary_path = ma.fields.Nested(OrdinaryPathSchema)
    decided_at = Time(required=True)
    valid_until = Time(required=True)
    decision = ma.fields.String(
        required=True, metadata={"description": "the same, signed (ES256); verify it with /oauth/jwks"}
    )


class SharedScoreSchema(Schema):
    """A citizen's score, which they agreed to show to you."""

    citizen_ref = ma.fields.String(required=True)
    consent_id = ma.fields.String(required=True)
    consent_expires_at = Time(required=True)
    pack = ma.fields.String(required=True)
    grade = ma.fields.String(required=True, metadata={"description": "the grade's code in the pack"})
    score = ma.fields.Integer(required=True)
    as_of = ma.fields.Date(required=True)

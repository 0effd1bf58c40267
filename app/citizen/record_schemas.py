"""A citizen's records as the app gets them, in the words of the request's language."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.citizen.reviews import ReviewSchema, review_view
from app.domain.access import ActorKind
from app.domain.pack import Kind
from app.domain.record import Status
from app.services.records import Filed
from app.services.timeline import Step
from app.web.api import Schema, Time
from app.web.texts import language, say

UNNAMED = (ActorKind.CITIZEN, ActorKind.SYSTEM)
"""Those whom a word names better than a name: oneself, and the clock."""


class Coded(Schema):
    """A code and its words."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class PenaltyDetails(Schema):
    """What an administrative penalty says."""

    document_no = ma.fields.String()
    issuer = ma.fields.String()
    violation_type = ma.fields.String()
    penalty_type = ma.fields.String()


class RecordSchema(Schema):
    """One fact of mine. `counts` says whether it enters my score today, `because` why it does not."""

    id = ma.fields.String(required=True)
    item = ma.fields.Nested(Coded, required=True)
    kind = ma.fields.String(validate=ma.validate.OneOf([str(kind) for kind in Kind]))
    source = ma.fields.Nested(Coded, required=True)
    source_record_id = ma.fields.String(required=True)
    event_on = ma.fields.Date(required=True)
    ended_on = ma.fields.Date()
    expires_on = ma.fields.Date(required=True, metadata={"description": "the first day on which it no longer counts"})
    quantity = ma.fields.Integer()
    unit = ma.fields.String()
    details = ma.fields.Nested(PenaltyDetails)
    status = ma.fields.Nested(Coded, required=True)
    counts = ma.fields.Boolean(required=True)
    because = ma.fields.Nested(Coded)
    supersedes = ma.fields.String(metadata={"description": "the record of mine that this one corrects"})
    received_at = Time(required=True)
    statement = ma.fields.String(metadata={"description": "what I say of it"})


class RecordRemediesSchema(Schema):
    """What I have asked about a record and may do: `dispute`, `repair`, `state` (say something of it)."""

    dispute_id = ma.fields.String(metadata={"description": "my dispute that waits to be settled"})
    repair_id = ma.fields.String(metadata={"description": "my request for repair that waits for its decision"})
    repairable_from = ma.fields.Date(metadata={"description": "the first day on which it can be repaired"})
    allowed_actions = ma.fields.List(ma.fields.String(), attribute="allowed", required=True)


class RecordEventSchema(Schema):
    """One thing that happened to a record of mine; `version` and `status` are those that it took by it, if it did."""

    version = ma.fields.Integer()
    kind = ma.fields.Nested(Coded, required=True)
    status = ma.fields.String(validate=ma.validate.OneOf([str(status) for status in Status]))
    actor = ma.fields.String(required=True)
    at = Time(required=True)
    reason = ma.fields.String()
    document = ma.fields.String()


class AheadSchema(Schema):
    """What will happen to a record of mine by itself, and on which day."""

    kind = ma.fields.Nested(Coded, required=True)
    on = ma.fields.Date(required=True)


class RecordWithLife(RecordSchema):
    """One fact of mine, every step of its life so far, and what lies ahead."""

    review = ma.fields.Nested(ReviewSchema, metadata={"description": "my last call for a person to look at it"})
    upcoming = ma.fields.List(ma.fields.Nested(AheadSchema), required=True)

    correction_id = ma.fields.String(metadata={"description": "my request for its correction that waits for an answer"})
    remedies = ma.fields.Nested(RecordRemediesSchema, required=True)
    events = ma.fields.List(ma.fields.Nested(RecordEventSchema), required=True)


def record_view(filed: Filed) -> dict[str, Any]:
    """A record in the words of the request's language."""
    row, item, lang = filed.row, filed.item, language()
    plain = ("id", "source_record_id", "event_on", "ended_on", "expires_on", "quantity", "supersedes", "received_at")
    return {name: getattr(row, name) for name in plain} | {
        "item": {"code": row.item, "name": getattr(item.name, lang) if item else row.item},
        "kind": item.kind if item else None,
        "source": {"code": row.source, "name": row.source_name},
        "unit": getattr(item.unit, lang) if item and item.unit else None,
        "details": row.details or None,
        "status": {"code": row.status, "name": say(f"record.status.{row.status}")},
        "counts": filed.because is None,
        "because": coded("record.because", filed.because),
    }


def coded(prefix: str, code: str | None) -> dict[str, str] | None:
    """A code with its words, None for None."""
    return None if code is None else {"code": code, "name": say(f"{prefix}.{code}")}


def life_view(filed: Filed) -> dict[str, Any]:
    """A record with its life."""
    return record_view(filed) | {
        "events": [_step(step) for step in filed.steps],
        "upcoming": [{"kind": coded("record.ahead", ahead.kind), "on": ahead.on} for ahead in filed.ahead],
        "review": review_view(filed.review) if filed.review else None,
        "correction_id": filed.correction_id,
    }


def _step(step: Step) -> dict[str, Any]:
    plain = ("version", "status", "at", "reason", "document")
    named = step.actor_kind not in UNNAMED and step.actor_name
    return {name: getattr(step, name) for name in plain} | {
        "kind": coded("record.event", step.kind),
        "actor": named or say(f"record.actor.{step.actor_kind}"),
    }

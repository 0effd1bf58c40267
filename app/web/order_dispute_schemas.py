"""What both sides and the credit office read of a dispute of an order."""

from __future__ import annotations

import marshmallow as ma

from app.domain.access import ActorKind
from app.domain.order_dispute import DisputeStatus, Kind, Resolution
from app.web.api import Fen, Schema, Time
from app.web.order_schemas import codes


class ThinOrderDispute(Schema):
    """A dispute without anybody's words. `desk_at` is when it goes to the credit office, `at_desk` whether it has."""

    id = ma.fields.String(required=True)
    order_id = ma.fields.String(required=True)
    kind = codes(Kind, required=True)
    status = codes(DisputeStatus, required=True)
    at_desk = ma.fields.Boolean(required=True)
    opened_at = Time(required=True)
    desk_at = Time()
    answered_at = Time()
    resolved_at = Time()
    resolution = codes(Resolution)
    resolved_by = codes(ActorKind)
    amount = Fen(metadata={"description": "what the order costs since it was settled, in fen, where that changed"})
    livemode = ma.fields.Boolean(required=True)


class OrderDisputeWords(ThinOrderDispute):
    """A dispute with what its citizen wrote for the partner, what it answered, and why it was settled so."""

    statement = ma.fields.String(required=True)
    response = ma.fields.String()
    explanation = ma.fields.String()


class SidesOrderDispute(OrderDisputeWords):
    """A dispute as one of its sides reads it."""

    allowed_actions = ma.fields.List(ma.fields.String(), required=True)

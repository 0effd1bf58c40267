"""What partners send and read about orders. No name, score, reason or personal limit is in any of them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.order import Status
from app.domain.order_terms import ADJUST_REASONS, CANCEL_REASONS
from app.web.api import Fen, ListQuery, Schema, Text, Time
from app.web.order_schemas import OrderBill, OrderFacts, codes

_NUMBER = validate.Regexp(r"[0-9A-Za-z_|*\-]+\Z", error="Digits, letters, _ - | and * only.")


class PartnerOrder(OrderFacts):
    """An order as its partner reads it."""

    citizen_ref = ma.fields.String(required=True, metadata={"description": "pairwise: yours alone"})
    scan_id = ma.fields.String()
    consent_id = ma.fields.String()


class NewOrderRequest(Schema):
    """An order from one scan that answered a check, or from a standing consent."""

    external_order_no = Text(32, required=True, validate=_NUMBER)
    scenario = Text(64, required=True)
    title = Text(60, required=True, metadata={"description": "what the citizen reads: your service in a few words"})
    amount = Fen(least=1, required=True, metadata={"description": "deposit waived, or the most that may be charged"})
    service_end_by = Time(required=True)
    start_at = Time(metadata={"description": "absent: the service starts when the citizen confirms"})
    confirm_by = Time(metadata={"description": "15 minutes from now unless said; at most 24 hours"})
    scan_id = Text(64)
    consent_id = Text(64)

    @ma.validates_schema
    def _one_ground(self, data: dict[str, Any], **_: Any) -> None:
        if ("scan_id" in data) == ("consent_id" in data):
            raise ma.ValidationError("Give a scan_id or a consent_id, one of them.", "scan_id")


class CompleteOrder(OrderBill):
    """The bill; what is due may wait longer than the offer promises, never shorter."""

    due_at = Time()


class AdjustOrder(Schema):
    """A lower amount due; 0 waives the rest."""

    amount = Fen(required=True)
    reason_code = Text(40, required=True, validate=validate.OneOf(ADJUST_REASONS))


class CancelOrder(Schema):
    """Why the partner gives the order up; the citizen reads it."""

    reason_code = Text(40, required=True, validate=validate.OneOf(CANCEL_REASONS))


class MarkOrderPaid(Schema):
    """A payment that reached the partner by another way."""

    paid_at = Time(required=True)
    reference = Text(64, required=True)


class OrderListQuery(ListQuery):
    """Which of the partner's own orders."""

    status = codes(Status)
    external_order_no = Text(32)


class OrderTransitionView(Schema):
    """One step of an order's history."""

    class Meta:
        include = {"from": ma.fields.String(metadata={"description": "absent on creation"})}  # noqa: RUF012

    sequence = ma.fields.Integer(required=True)
    to = codes(Status)
    action = ma.fields.String(required=True)
    actor = ma.fields.String(required=True)
    reason_code = ma.fields.String()
    event = ma.fields.String(required=True)
    amount_due = Fen(required=True)
    at = Time(required=True)
    request_id = ma.fields.String()


class OrderTransitions(Schema):
    """An order's history, first to last."""

    data = ma.fields.List(ma.fields.Nested(OrderTransitionView), required=True)

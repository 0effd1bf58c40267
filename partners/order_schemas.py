"""What partners send and read about orders. No name, score, reason or personal limit is in any of them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.order import Status
from app.domain.order_terms import ADJUST_REASONS, CANCEL_REASONS, REFUND_REASONS, WRITE_OFF_REASONS
from app.domain.standing_order import Confirmation
from app.web.api import Fen, ListQuery, Schema, Text, Time
from app.web.order_schemas import OrderBill, OrderFacts, Refund, codes

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
    amount = Fen(
        load_default=0,
        metadata={"description": "deposit waived, or the most that may be charged; 0 for a reservation alone"},
    )
    service_end_by = Time(required=True)
    start_at = Time(metadata={"description": "absent: the service starts when the citizen confirms"})
    confirm_by = Time(metadata={"description": "15 minutes from now unless said; at most 24 hours"})
    scan_id = Text(64)
    consent_id = Text(64)
    confirmation = ma.fields.String(
        validate=validate.OneOf([str(one) for one in Confirmation]),
        metadata={
            "description": "`standing`: start it at once under a consent for `orders:{scenario}`; where it may not, "
            "it awaits the citizen as any order, whatever the cause. Absent: `citizen`"
        },
    )

    @ma.validates_schema
    def _one_ground(self, data: dict[str, Any], **_: Any) -> None:
        if ("scan_id" in data) == ("consent_id" in data):
            raise ma.ValidationError("Give a scan_id or a consent_id, one of them.", "scan_id")
        if data.get("confirmation") == Confirmation.STANDING and "consent_id" not in data:
            raise ma.ValidationError("Only under a consent for orders.", "confirmation")


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


class WriteOffOrder(Schema):
    """Why the partner gives up what is owed; the citizen reads it."""

    reason_code = Text(40, required=True, validate=validate.OneOf(WRITE_OFF_REASONS))


class ExtendOrder(Schema):
    """A later end of the service, which holds once the citizen agrees."""

    service_end_by = Time(required=True)


class NewRefund(Schema):
    """What is given back: at most what was paid through us, less earlier refunds."""

    amount = Fen(least=1, required=True)
    reason_code = Text(40, required=True, validate=validate.OneOf(REFUND_REASONS))


class Refunds(Schema):
    """An order's refunds, first to last."""

    data = ma.fields.List(ma.fields.Nested(Refund), required=True)


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
    amount = Fen(metadata={"description": "what it moved: paid, given back, taken off what is due, or written off"})
    amount_due = Fen(required=True)
    at = Time(required=True)
    request_id = ma.fields.String()


class OrderTransitions(Schema):
    """An order's history, first to last."""

    data = ma.fields.List(ma.fields.Nested(OrderTransitionView), required=True)

"""What both sides read of an order: partners and the citizen app."""

from __future__ import annotations

from enum import StrEnum

import marshmallow as ma
from marshmallow import validate

from app.domain.access import ActorKind
from app.domain.kept_promise import RecordStatus
from app.domain.order import Action, Outcome, Status
from app.domain.order_dispute import DisputeStatus, Resolution
from app.domain.order_terms import Kind
from app.domain.scenario import Path
from app.store.order_payments import FAILED, PENDING, SUCCEEDED
from app.web.api import Fen, Schema, Text, Time

MOST_ITEMS, MOST_DISCOUNTS = 100, 30


def codes(of: type[StrEnum], *, required: bool = False) -> ma.fields.String:
    """A code of this enumeration."""
    return ma.fields.String(validate=validate.OneOf([code.value for code in of]), required=required)


class OrderLine(Schema):
    """A line of a bill, in fen; its name is unique in its list."""

    name = Text(40, required=True)
    amount = Fen(required=True)


class OrderBill(Schema):
    """What the service came to: items less discounts is the total, in fen."""

    total = Fen(required=True)
    items = ma.fields.List(ma.fields.Nested(OrderLine), validate=validate.Length(max=MOST_ITEMS), load_default=list)
    discounts = ma.fields.List(
        ma.fields.Nested(OrderLine), validate=validate.Length(max=MOST_DISCOUNTS), load_default=list
    )


class CollectionAttempt(Schema):
    """One attempt to collect; pending until the provider answers. A citizen's own that failed is theirs alone."""

    at = Time(required=True)
    actor = codes(ActorKind)
    amount = Fen(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf([PENDING, SUCCEEDED, FAILED]))
    ended_at = Time()


class OrderCollection(Schema):
    """What is owed and what was paid, in fen; how it is collected, and when that ends for good."""

    amount_due = Fen(required=True)
    amount_paid = Fen(required=True)
    amount_refunded = Fen()
    due_at = Time()
    paid_at = Time()
    reference = ma.fields.String()
    attempts = ma.fields.List(ma.fields.Nested(CollectionAttempt))
    next_attempt_at = Time(metadata={"description": "by the published schedule"})
    ends_at = Time(metadata={"description": "nothing is collected after this"})


class Refund(Schema):
    """Money given back of what went through us; `pending` until the provider answers."""

    id = ma.fields.String(required=True)
    order_id = ma.fields.String(required=True)
    amount = Fen(required=True)
    currency = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=validate.OneOf([PENDING, SUCCEEDED, FAILED]))
    reason_code = ma.fields.String(required=True)
    reference = ma.fields.String()
    livemode = ma.fields.Boolean(required=True)
    created_at = Time(required=True)
    ended_at = Time()


class OrderExtension(Schema):
    """A later end that the partner proposes and the citizen has not answered."""

    service_end_by = Time(required=True)


class OrderDispute(Schema):
    """The order's last dispute: while it is open, its clocks, its collection and its record stand still."""

    id = ma.fields.String(required=True)
    status = codes(DisputeStatus, required=True)
    resolution = codes(Resolution)


class OrderRecord(Schema):
    """The good record of a kept promise: when it is or was written, and which it is."""

    status = codes(RecordStatus, required=True)
    at = Time()
    record_id = ma.fields.String()


class OrderFacts(Schema):
    """What both sides read of an order."""

    id = ma.fields.String(required=True)
    external_order_no = ma.fields.String(required=True)
    scenario = ma.fields.String(required=True)
    kind = codes(Kind)
    title = ma.fields.String(required=True)
    amount = Fen(required=True, metadata={"description": "the cap that the citizen confirms"})
    currency = ma.fields.String(required=True)
    status = codes(Status)
    path = codes(Path)
    outcome = codes(Outcome)
    confirm_by = Time(required=True)
    start_at = Time()
    service_end_by = Time(required=True)
    bill = ma.fields.Nested(OrderBill)
    collection = ma.fields.Nested(OrderCollection)
    refunds = ma.fields.List(ma.fields.Nested(Refund))
    extension = ma.fields.Nested(OrderExtension)
    return_overdue = ma.fields.Boolean(required=True)
    dispute = ma.fields.Nested(OrderDispute)
    allowed_actions = ma.fields.List(codes(Action), required=True)
    version = ma.fields.Integer(required=True)
    livemode = ma.fields.Boolean(required=True)
    created_at = Time(required=True)
    updated_at = Time(required=True)
    closed_at = Time(metadata={"description": "when it reached its final status"})

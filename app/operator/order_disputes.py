"""Disputes of orders that their partner did not settle: the queue, one case at a time, and the office's ruling."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import ValidationError, validate, validates_schema

from app.operator.desk import changing, reading
from app.services import order_dispute_answers as answers
from app.services.order_dispute_answers import Said
from app.web.api import ApiBlueprint, Fen, ListQuery, Schema, Text, page, page_of
from app.web.kit import kit, now
from app.web.order_dispute_schemas import OrderDisputeWords, ThinOrderDispute
from auth.guard import caller, needs

blueprint = ApiBlueprint(
    "operator_order_disputes", __name__, url_prefix="/operator/v1/order-disputes", description=__doc__
)
CONFIRMED, CHANGED = "confirmed", "changed"


class WaitingOrderDispute(ThinOrderDispute):
    """A dispute that waits for the office; whose it is, and what they say, is not in it."""

    partner_id = ma.fields.String(required=True)


class DisputedOrder(Schema):
    """The order as it stands, amounts in fen."""

    external_order_no = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    scenario = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    path = ma.fields.String()
    cap = Fen(required=True)
    amount_due = Fen(required=True)
    amount_paid = Fen(required=True)


class OrderDisputeCase(OrderDisputeWords):
    """One dispute in full: reading it is a look that its citizen sees. `proposed`: a ruling waits for a second one."""

    partner_id = ma.fields.String(required=True)
    partner_name = ma.fields.String(required=True)
    order = ma.fields.Nested(DisputedOrder, required=True)
    charged = Fen(required=True)
    proposed = ma.fields.Boolean(required=True)


class OrderDisputeRuling(Schema):
    """`confirmed`: the order stands. `changed`: it costs `amount` fen in all, once a second operator agrees."""

    outcome = ma.fields.String(required=True, validate=validate.OneOf([CONFIRMED, CHANGED]))
    amount = Fen()
    reason = Text(500, required=True, metadata={"description": "both sides read it"})

    @validates_schema
    def _amount_where_changed(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("outcome") == CHANGED) != ("amount" in data):
            raise ValidationError("What the order shall cost, where that changes, and only there.", "amount")


class RuledOrderDispute(ThinOrderDispute):
    """The dispute after it; with `approval_id` the ruling waits for a second operator."""

    approval_id = ma.fields.String()


@blueprint.route("", methods=["GET"])
@needs("operator")
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, page_of(WaitingOrderDispute)())
def list_order_disputes(query: dict[str, Any]) -> dict[str, Any]:
    """Disputes of orders that wait for the office, the oldest first"""
    with reading("order_disputes.list") as session:
        rows = answers.queue(session, after=query["cursor"], limit=query["limit"] + 1)
    return page(rows, query["limit"], key=lambda row: str(row["id"]))


@blueprint.route("/<order_dispute_id>", methods=["GET"])
@needs("operator")
@blueprint.response(200, OrderDisputeCase())
def get_order_dispute(order_dispute_id: str) -> dict[str, Any]:
    """One dispute with its order; its citizen sees that you looked"""
    with changing("order_disputes.read", order_dispute_id) as session:
        return answers.read_by_office(session, kit().pii, caller().operator_id, order_dispute_id, now())


@blueprint.route("/<order_dispute_id>/resolve", methods=["POST"])
@needs("operator")
@blueprint.arguments(OrderDisputeRuling())
@blueprint.response(200, RuledOrderDispute())
def resolve_order_dispute(asked: dict[str, Any], order_dispute_id: str) -> dict[str, Any]:
    """Let the order stand; or propose what it shall cost, which a second operator decides"""
    said = Said(asked["reason"], asked.get("amount"))
    with changing("order_disputes.rule", order_dispute_id, outcome=asked["outcome"]) as session:
        ruled, approval_id = answers.rule(session, kit().pii, caller().operator_id, order_dispute_id, said, now())
    return ruled | {"approval_id": approval_id}

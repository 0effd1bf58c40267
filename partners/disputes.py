"""Disputes that citizens open about your orders: what they wrote for you, and your answer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import g
from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.order_dispute import DisputeStatus
from app.services import order_dispute_answers as answers
from app.services.order_steps import Side
from app.web.api import ApiBlueprint, Fen, ListQuery, Schema, Text, page, page_of
from app.web.idempotency import idempotent
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.order_dispute_schemas import SidesOrderDispute, ThinOrderDispute
from app.web.order_schemas import codes
from auth.guard import caller, needs

blueprint = ApiBlueprint("partner_disputes", __name__, url_prefix="/partner/v1/disputes", description=__doc__)
once = idempotent(lambda: caller().client_id)


class ListedDispute(ThinOrderDispute):
    """A dispute of one of your orders, without anybody's words: reading those is a look that the citizen sees."""

    allowed_actions = ma.fields.List(ma.fields.String(), required=True)


class PartnerDisputeOutcome(ListedDispute):
    """A dispute after what you did, without anybody's words; `charged` is what the order costs as it stands, in fen."""

    external_order_no = ma.fields.String(required=True)
    charged = Fen(required=True)


class PartnerDispute(SidesOrderDispute):
    """A dispute of one of your orders. `statement` is what the citizen wrote for you to read."""

    external_order_no = ma.fields.String(required=True)
    charged = Fen(required=True, metadata={"description": "what the order costs as it stands, in fen"})


class DisputeQuery(ListQuery):
    """Which of your disputes."""

    status = codes(DisputeStatus)
    order_id = Text(64)


class DisputeResponse(Schema):
    """What you say to it; the citizen reads it."""

    text = Text(1000, required=True)


class DisputeAcceptance(Schema):
    """What the order costs in all from now on, in fen: less than now. What was paid beyond it goes back."""

    amount = Fen(required=True)
    text = Text(1000)


def _side() -> Side:
    return Side(ActorKind.PARTNER, caller().partner_id, caller().livemode, g.request_id)


def _the_dispute(order_dispute_id: str) -> str:
    return order_dispute_id


@blueprint.route("", methods=["GET"])
@needs("orders")
@limited("order-list")
@blueprint.arguments(DisputeQuery(), location="query")
@blueprint.response(200, page_of(ListedDispute)())
def list_disputes(query: dict[str, Any]) -> dict[str, Any]:
    """Disputes of your orders, newest first"""
    status, order_id, limit = query.get("status"), query.get("order_id"), query["limit"]
    with transaction() as session:
        rows = answers.listed_for_partner(
            session, _side(), caller().actor, now(), before=query["cursor"], limit=limit, status=status,
            order_id=order_id,
        )  # fmt: skip
    return page(rows, limit, key=lambda row: str(row["id"]))


@blueprint.route("/<order_dispute_id>", methods=["GET"])
@needs("orders")
@limited("look", subject=_the_dispute)
@blueprint.response(200, PartnerDispute())
def get_dispute(order_dispute_id: str) -> dict[str, Any]:
    """One dispute with what the citizen wrote for you; a look that they see"""
    with transaction() as session:
        return answers.read_by_partner(session, kit().pii, _side(), caller().actor, order_dispute_id, now())


@blueprint.route("/<order_dispute_id>/responses", methods=["POST"])
@needs("orders")
@limited("order", subject=_the_dispute)
@once
@blueprint.arguments(DisputeResponse())
@blueprint.response(201, PartnerDisputeOutcome())
def respond_to_dispute(asked: dict[str, Any], order_dispute_id: str, session: Session) -> tuple[dict[str, Any], int]:
    """Answer the citizen, once; they take it back or ask the credit office"""
    who = _side(), caller().actor
    return answers.respond(session, kit().pii, *who, order_dispute_id, asked["text"], now()), 201


@blueprint.route("/<order_dispute_id>/accept", methods=["POST"])
@needs("orders")
@limited("order", subject=_the_dispute)
@once
@blueprint.arguments(DisputeAcceptance())
@blueprint.response(200, PartnerDisputeOutcome())
def accept_dispute(asked: dict[str, Any], order_dispute_id: str, session: Session) -> dict[str, Any]:
    """Settle it: the order costs less, and what was paid beyond that goes back"""
    who, said = (_side(), caller().actor), (asked["amount"], asked.get("text"))
    return answers.accept(session, kit().pii, *who, order_dispute_id, *said, now())

"""Credit service orders (信用服务单) for partners."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import g, request
from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.order import Action, Ask
from app.domain.order_terms import Bill, Line, Payment
from app.services import order_actions, orders
from app.services.order_steps import Side
from app.services.orders import NewOrder
from app.web.api import ApiBlueprint, page, page_of
from app.web.idempotency import HEADER, idempotent
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from auth.guard import caller, needs
from partners.order_schemas import (
    AdjustOrder,
    CancelOrder,
    CompleteOrder,
    MarkOrderPaid,
    NewOrderRequest,
    OrderListQuery,
    OrderTransitions,
    PartnerOrder,
)

blueprint = ApiBlueprint("partner_orders", __name__, url_prefix="/partner/v1/orders", description=__doc__)
once = idempotent(lambda: caller().client_id)
_VERSION = re.compile(r'"[0-9]{1,9}"')
NO_VERSION = 0
"""What no order is at: an `If-Match` that names no version of ours matches none."""
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "the order's `version` in quotes, or `*`; 412 where it has changed since",
}


def once_of_version(view: Callable[..., Any]) -> Callable[..., Any]:
    """As `once`, for an act that may name the version that the partner has seen."""
    documented: Callable[..., Any] = ApiBlueprint.doc(parameters=[HEADER, IF_MATCH])(once(view))
    return documented


def the_order(order_id: str) -> str:
    """What limits on one order count by."""
    return order_id


def side() -> Side:
    """This partner at the order's counter."""
    return Side(ActorKind.PARTNER, caller().partner_id, caller().livemode, g.request_id)


@blueprint.route("", methods=["POST"])
@needs("orders")
@limited("order")
@once
@blueprint.arguments(NewOrderRequest())
@blueprint.response(201, PartnerOrder())
@blueprint.alt_response(200, schema=PartnerOrder(), description="the same order was opened before")
def create_order(asked: dict[str, Any], session: Session) -> tuple[dict[str, Any], int]:
    """Open an order: the citizen confirms it in the app"""
    order, new = orders.create(session, kit().registry, kit().packs, side(), caller().actor, NewOrder(**asked), now())
    return order, 201 if new else 200


@blueprint.route("", methods=["GET"])
@needs("orders")
@limited("order-list")
@blueprint.arguments(OrderListQuery(), location="query")
@blueprint.response(200, page_of(PartnerOrder)())
def list_orders(query: dict[str, Any]) -> dict[str, Any]:
    """Your orders, newest first"""
    with transaction() as session:
        rows = orders.listed_for_partner(session, side(), caller().actor, now(), before=query.pop("cursor"), **query)
    return page(rows, query["limit"], key=lambda order: str(order["id"]))


@blueprint.route("/<order_id>", methods=["GET"])
@needs("orders")
@limited("look", subject=the_order)
@blueprint.response(200, PartnerOrder())
def get_order(order_id: str) -> dict[str, Any]:
    """One of your orders; a look that the citizen sees"""
    with transaction() as session:
        return orders.for_its_partner(session, side(), caller().actor, order_id, now())


@blueprint.route("/<order_id>/transitions", methods=["GET"])
@needs("orders")
@limited("look", subject=the_order)
@blueprint.response(200, OrderTransitions())
def list_transitions(order_id: str) -> dict[str, Any]:
    """How the order came to where it is: every step with actor, reason and time"""
    with transaction() as session:
        return {"data": orders.transitions(session, side(), caller().actor, order_id, now())}


@blueprint.route("/<order_id>/complete", methods=["POST"])
@needs("orders")
@limited("order", subject=the_order)
@once_of_version
@blueprint.arguments(CompleteOrder())
@blueprint.response(200, PartnerOrder())
def complete_order(asked: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """The service is over and came to this bill, at most the confirmed cap"""
    items, discounts = (tuple(Line(**line) for line in asked[part]) for part in ("items", "discounts"))
    bill = Bill(asked["total"], items, discounts)
    return act(session, order_id, Action.COMPLETE, bill=bill, due_at=asked.get("due_at"))


@blueprint.route("/<order_id>/adjust", methods=["POST"])
@needs("orders")
@limited("order", subject=the_order)
@once_of_version
@blueprint.arguments(AdjustOrder())
@blueprint.response(200, PartnerOrder())
def adjust_order(asked: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """Lower what is due; never raise it"""
    return act(session, order_id, Action.ADJUST, **asked)


@blueprint.route("/<order_id>/cancel", methods=["POST"])
@needs("orders")
@limited("order", subject=the_order)
@once_of_version
@blueprint.arguments(CancelOrder())
@blueprint.response(200, PartnerOrder())
def cancel_order(asked: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """Give the order up before its completion"""
    return act(session, order_id, Action.CANCEL, **asked)


@blueprint.route("/<order_id>/mark-paid", methods=["POST"])
@needs("orders")
@limited("order", subject=the_order)
@once_of_version
@blueprint.arguments(MarkOrderPaid())
@blueprint.response(200, PartnerOrder())
def mark_order_paid(asked: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """The citizen paid you in another way; the citizen is told"""
    return act(session, order_id, Action.MARK_PAID, payment=Payment(**asked))


def act(session: Session, order_id: str, action: Action, **given: Any) -> dict[str, Any]:
    """Take a step of the partner's; the order after it."""
    return order_actions.act_as_partner(session, side(), caller().actor, order_id, wish(action, **given))


def wish(action: Action, **given: Any) -> Ask:
    """What the partner asks for, of the version that it names in `If-Match` where it does (RFC 9110 section 13.1.1)."""
    seen = request.headers.get("If-Match", "*").strip()
    version = None if seen == "*" else int(seen[1:-1]) if _VERSION.fullmatch(seen) else NO_VERSION
    return Ask(action=action, actor=ActorKind.PARTNER, now=now(), version=version, **given)

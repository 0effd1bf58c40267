"""Collecting, giving up and giving back; a later end of the service: credit service orders for partners."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.domain.order import Action
from app.services import order_actions
from app.web.api import ApiBlueprint, NoFields
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.order_schemas import Refund
from auth.guard import caller, needs
from partners.order_schemas import ExtendOrder, NewRefund, PartnerOrder, Refunds, WriteOffOrder
from partners.orders import act, once_of_version, side, the_order, wish

blueprint = ApiBlueprint("partner_order_money", __name__, url_prefix="/partner/v1/orders", description=__doc__)


@blueprint.route("/<order_id>/collect", methods=["POST"])
@needs("orders")
@limited("order", subject=the_order)
@once_of_version
@blueprint.arguments(NoFields())
@blueprint.response(200, PartnerOrder())
def collect_order(_: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """Make one of the five attempts to collect now, a day after the citizen was told at the earliest

    Its result comes as `order.paid` or `order.collection_failed`.
    """
    return order_actions.collect(session, side(), caller().actor, order_id, wish(Action.COLLECT), kit().payments)


@blueprint.route("/<order_id>/write-off", methods=["POST"])
@needs("orders")
@limited("order", subject=the_order)
@once_of_version
@blueprint.arguments(WriteOffOrder())
@blueprint.response(200, PartnerOrder())
def write_off_order(asked: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """Give up what is owed; collecting ends"""
    return act(session, order_id, Action.WRITE_OFF, **asked)


@blueprint.route("/<order_id>/extend", methods=["POST"])
@needs("orders")
@limited("order", subject=the_order)
@once_of_version
@blueprint.arguments(ExtendOrder())
@blueprint.response(200, PartnerOrder())
def extend_order(asked: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """Propose a later end of the service; nothing changes until the citizen agrees"""
    proposed = wish(Action.EXTEND, end_by=asked["service_end_by"])
    return order_actions.extend(session, kit().registry, side(), caller().actor, order_id, proposed)


@blueprint.route("/<order_id>/refunds", methods=["POST"])
@needs("orders")
@limited("order", subject=the_order)
@once_of_version
@blueprint.arguments(NewRefund())
@blueprint.response(201, Refund())
def create_refund(asked: dict[str, Any], order_id: str, session: Session) -> dict[str, Any]:
    """Give back what was paid through us, or a part of it

    Its result comes as `refund.succeeded` or `refund.failed`.
    """
    return order_actions.refund(session, side(), caller().actor, order_id, wish(Action.REFUND, **asked), kit().payments)


@blueprint.route("/<order_id>/refunds", methods=["GET"])
@needs("orders")
@limited("look", subject=the_order)
@blueprint.response(200, Refunds())
def list_refunds(order_id: str) -> dict[str, Any]:
    """What was given back, first to last"""
    with transaction() as session:
        return {"data": order_actions.refunds(session, side(), caller().actor, order_id, now())}

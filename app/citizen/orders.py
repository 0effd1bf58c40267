"""The citizen's credit service orders (信用服务单): confirm, decline, cancel, pay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from app.citizen.order_schemas import AgreeExtension, CitizenOrder, CitizenOrderListQuery, ConfirmOrder
from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action
from app.domain.scenario import Path
from app.services import order_actions, orders
from app.services.order_steps import Side
from app.web.api import ApiBlueprint, NoFields, page, page_of
from app.web.kit import kit, now, transaction
from app.web.texts import language
from auth.guard import caller, needs

blueprint = ApiBlueprint("citizen_orders", __name__, url_prefix="/citizen/v1/orders", description=__doc__)


def _side() -> Side:
    return Side(ActorKind.CITIZEN, caller().citizen_id, caller().livemode, g.request_id)


def spoken(order: dict[str, Any]) -> dict[str, Any]:
    """An order whose partner's name is in the language of the request."""
    partner = order["partner"]
    return order | {"partner": {"id": partner["id"], "name": partner.get(f"name_{language()}")}}


@blueprint.route("", methods=["GET"])
@needs("citizen")
@blueprint.arguments(CitizenOrderListQuery(), location="query")
@blueprint.response(200, page_of(CitizenOrder)())
def list_orders(query: dict[str, Any]) -> dict[str, Any]:
    """My orders, newest first"""
    with transaction() as session:
        before = query.pop("cursor")
        rows = orders.listed_for_citizen(session, caller().citizen_id, now(), before=before, **query)
    return page([spoken(row) for row in rows], query["limit"], key=lambda order: str(order["id"]))


@blueprint.route("/<order_id>", methods=["GET"])
@needs("citizen")
@blueprint.response(200, CitizenOrder())
def get_order(order_id: str) -> dict[str, Any]:
    """One of my orders, with the paths open to me while it awaits me"""
    with transaction() as session:
        return spoken(orders.for_its_citizen(session, kit().registry, kit().packs, _side(), order_id, now()))


@blueprint.route("/<order_id>/confirm", methods=["POST"])
@needs("citizen")
@blueprint.arguments(ConfirmOrder())
@blueprint.response(200, CitizenOrder())
def confirm_order(asked: dict[str, Any], order_id: str) -> dict[str, Any]:
    """Take the service, on credit or in the ordinary way"""
    return _act(
        lambda session: order_actions.confirm(
            session, kit().registry, kit().packs, _side(), order_id, Path(asked["path"]), now()
        )
    )


@blueprint.route("/<order_id>/decline", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, CitizenOrder())
def decline_order(_: dict[str, Any], order_id: str) -> dict[str, Any]:
    """Not this order; nothing follows from it"""
    return _act(lambda session: order_actions.act_as_citizen(session, _side(), order_id, Action.DECLINE, now()))


@blueprint.route("/<order_id>/cancel", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, CitizenOrder())
def cancel_order(_: dict[str, Any], order_id: str) -> dict[str, Any]:
    """Give the order up before the service starts; nothing follows from it"""
    return _act(lambda session: order_actions.act_as_citizen(session, _side(), order_id, Action.CANCEL, now()))


@blueprint.route("/<order_id>/pay", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, CitizenOrder())
def pay_order(_: dict[str, Any], order_id: str) -> dict[str, Any]:
    """Pay what is due"""
    return spoken(order_actions.pay(kit().sessions, _side(), order_id, kit().payments, now()))


@blueprint.route("/<order_id>/agree-extension", methods=["POST"])
@needs("citizen")
@blueprint.arguments(AgreeExtension())
@blueprint.response(200, CitizenOrder())
def agree_to_extension(asked: dict[str, Any], order_id: str) -> dict[str, Any]:
    """The service may end later, as the partner proposes"""
    read = asked.get("service_end_by")
    return _act(
        lambda session: order_actions.act_as_citizen(
            session, _side(), order_id, Action.AGREE_EXTENSION, now(), end_by=read
        )
    )


@blueprint.route("/<order_id>/refuse-extension", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, CitizenOrder())
def refuse_extension(_: dict[str, Any], order_id: str) -> dict[str, Any]:
    """The service ends as it was agreed; nothing else follows"""
    return _act(
        lambda session: order_actions.act_as_citizen(session, _side(), order_id, Action.REFUSE_EXTENSION, now())
    )


def _act(action: Callable[[Session], dict[str, Any] | Refusal]) -> dict[str, Any]:
    with transaction() as session:
        answer = action(session)
    if isinstance(answer, Refusal):
        raise answer
    return spoken(answer)

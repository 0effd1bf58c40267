"""Disputes of my orders: opened, followed, taken back, put to the credit office; and the record of a kept promise."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import g

from app.domain.access import ActorKind
from app.domain.kept_promise import OBJECTION_WORKING_DAYS
from app.domain.order_dispute import Kind
from app.services import kept_promises, order_disputes
from app.services.order_steps import Side
from app.web.api import ApiBlueprint, NoFields, Schema, Text
from app.web.kit import kit, now, transaction
from app.web.limits import limited
from app.web.order_dispute_schemas import SidesOrderDispute
from app.web.order_schemas import OrderRecord, codes
from auth.guard import caller, needs

blueprint = ApiBlueprint("citizen_order_disputes", __name__, url_prefix="/citizen/v1", description=__doc__)


class NewOrderDispute(Schema):
    """Why I dispute an order. The partner reads `statement`: what is written for it, and nothing else about me."""

    kind = codes(Kind, required=True)
    statement = Text(1000, required=True)


class OrderDisputes(Schema):
    """An order's disputes, newest first; at most three."""

    data = ma.fields.List(ma.fields.Nested(SidesOrderDispute), required=True)


class YearlyRecords(Schema):
    """How many records a year my city's score has room for: in all, and of one partner's orders."""

    in_all = ma.fields.Integer(required=True)
    of_a_partner = ma.fields.Integer(required=True)


class KeptPromises(Schema):
    """Whether orders that I keep become good records, by which published rule; no `yearly`: not in my city."""

    collect = ma.fields.Boolean(required=True)
    rule = ma.fields.String(required=True)
    objection_working_days = ma.fields.Integer(required=True)
    yearly = ma.fields.Nested(YearlyRecords)


class KeptPromisesChoice(Schema):
    """With false none that still waits is written, and no new one comes; those written stay until I take them back."""

    collect = ma.fields.Boolean(required=True, truthy={True}, falsy={False})


def _side() -> Side:
    return Side(ActorKind.CITIZEN, caller().citizen_id, caller().livemode, g.request_id)


@blueprint.route("/orders/<order_id>/disputes", methods=["POST"])
@needs("citizen")
@limited("remedy")
@blueprint.arguments(NewOrderDispute())
@blueprint.response(201, SidesOrderDispute())
def open_order_dispute(asked: dict[str, Any], order_id: str) -> dict[str, Any]:
    """Dispute an order of mine: nothing falls due, is collected or recorded until it is settled"""
    said = {"kind": Kind(asked["kind"]), "statement": asked["statement"], "now": now()}
    with transaction() as session:
        return order_disputes.open(session, kit().pii, _side(), order_id, **said)


@blueprint.route("/orders/<order_id>/disputes", methods=["GET"])
@needs("citizen")
@blueprint.response(200, OrderDisputes())
def list_order_disputes(order_id: str) -> dict[str, Any]:
    """The disputes of one of my orders, with what was answered"""
    with transaction() as session:
        return {"data": order_disputes.listed(session, kit().pii, _side(), order_id)}


@blueprint.route("/orders/<order_id>/disputes/<order_dispute_id>/withdraw", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, SidesOrderDispute())
def withdraw_order_dispute(_: dict[str, Any], order_id: str, order_dispute_id: str) -> dict[str, Any]:
    """Take my dispute back; the order goes on with the time that was left"""
    with transaction() as session:
        return order_disputes.withdraw(session, kit().pii, _side(), order_id, order_dispute_id, now())


@blueprint.route("/orders/<order_id>/disputes/<order_dispute_id>/to-the-desk", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, SidesOrderDispute())
def send_order_dispute_to_the_desk(_: dict[str, Any], order_id: str, order_dispute_id: str) -> dict[str, Any]:
    """The partner's answer does not settle it: let the credit office decide"""
    with transaction() as session:
        return order_disputes.to_the_desk(session, kit().pii, _side(), order_id, order_dispute_id, now())


@blueprint.route("/orders/<order_id>/record/withdraw", methods=["POST"])
@needs("citizen")
@blueprint.arguments(NoFields())
@blueprint.response(200, OrderRecord())
def withdraw_order_record(_: dict[str, Any], order_id: str) -> dict[str, Any]:
    """This order shall be no record of mine: it is not written, or counts no more"""
    with transaction() as session:
        row = kept_promises.withdraw(session, caller().citizen_id, order_id, now())
        return {"status": row.record_status, "at": row.record_at, "record_id": row.record_id}


@blueprint.route("/kept-promises", methods=["GET"])
@needs("citizen")
@blueprint.response(200, KeptPromises())
def get_kept_promises() -> dict[str, Any]:
    """Whether orders that I keep become good records, and by which rule"""
    with transaction() as session:
        return _choice(kept_promises.choice(session, kit().packs, caller().citizen_id))


@blueprint.route("/kept-promises", methods=["PUT"])
@needs("citizen")
@blueprint.arguments(KeptPromisesChoice())
@blueprint.response(200, KeptPromises())
def choose_kept_promises(asked: dict[str, Any]) -> dict[str, Any]:
    """Let orders that I keep become good records, or not"""
    with transaction() as session:
        kept_promises.choose(session, caller().citizen_id, now(), collect=asked["collect"])
        return _choice(kept_promises.choice(session, kit().packs, caller().citizen_id))


def _choice(choice: kept_promises.Choice) -> dict[str, Any]:
    return {
        "collect": choice.collect,
        "rule": choice.rule,
        "objection_working_days": OBJECTION_WORKING_DAYS,
        "yearly": choice.yearly,
    }

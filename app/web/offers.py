"""How an offer reads on the wire: the same published facts for everyone, in the language of the request."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.offer import BENEFITS, Benefit, Limits, Offer, OrdinaryPath, PayLater, Quota
from app.domain.wording import Words
from app.web.api import Fen, Schema
from app.web.texts import language

CURRENCY = "CNY"


class BenefitSchema(Schema):
    """What the credit path gives: a waived deposit, payment later, or more at a time and for longer."""

    kind = ma.fields.String(required=True, validate=validate.OneOf(list(BENEFITS)))
    amount = Fen(metadata={"description": "fen: the deposit waived, or the most to be paid later"})
    currency = ma.fields.String()
    days = ma.fields.Integer(metadata={"description": "to pay, or to keep"})
    unit = ma.fields.String()
    count = ma.fields.Integer()
    ordinary_count = ma.fields.Integer()
    ordinary_days = ma.fields.Integer()


class LimitsSchema(Schema):
    """The scenario's caps, alike for everyone."""

    amount = Fen(required=True, metadata={"description": "fen: the most that one order may hold"})
    currency = ma.fields.String(required=True)
    service_days = ma.fields.Integer(required=True)
    open_orders = ma.fields.Integer(required=True)


class OrdinaryPathSchema(Schema):
    """How anyone gets the service without credit."""

    text = ma.fields.String(required=True)
    steps = ma.fields.List(ma.fields.String(), required=True)
    price = Fen(required=True, metadata={"description": "fen asked for beyond the service's own price"})
    currency = ma.fields.String(required=True)
    time = ma.fields.String(required=True)


class ConditionSchema(Schema):
    """Something that a citizen may declare in this scenario."""

    code = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class OfferSchema(Schema):
    """A scenario's published rule. `illustrative` names the numbers that no source gives and the city must set."""

    code = ma.fields.String(required=True)
    family = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    city = ma.fields.String(required=True)
    packs = ma.fields.List(ma.fields.String(), required=True)
    name = ma.fields.String(required=True)
    service = ma.fields.String(required=True, metadata={"description": "what everyone gets, on either path"})
    threshold = ma.fields.Integer(required=True, metadata={"description": "whole points of the pack"})
    benefit = ma.fields.Nested(BenefitSchema, required=True)
    limits = ma.fields.Nested(LimitsSchema, required=True)
    conditions = ma.fields.List(ma.fields.Nested(ConditionSchema), required=True)
    ordinary_path = ma.fields.Nested(OrdinaryPathSchema, required=True)
    basic_public_service = ma.fields.Boolean(required=True)
    illustrative = ma.fields.List(ma.fields.String(), required=True)
    valid_from = ma.fields.Date(required=True)
    valid_until = ma.fields.Date()
    legal_basis = ma.fields.String(required=True)


def said(words: Words) -> str:
    """A text in the language of the request."""
    return words.en if language() == "en" else words.zh


def offer_json(offer: Offer) -> dict[str, Any]:
    """An offer for OfferSchema."""
    return {
        **{name: getattr(offer, name) for name in OfferSchema().fields},
        "name": said(offer.name),
        "service": said(offer.service),
        "benefit": benefit_json(offer.benefit),
        "limits": limits_json(offer.limits),
        "conditions": [{"code": condition.code, "text": said(condition.text)} for condition in offer.conditions],
        "ordinary_path": ordinary_path_json(offer.ordinary_path),
    }


def benefit_json(benefit: Benefit) -> dict[str, Any]:
    """A benefit for BenefitSchema."""
    if isinstance(benefit, Quota):
        return {"kind": benefit.kind, **{name: getattr(benefit, name) for name in benefit.__dataclass_fields__}}
    if isinstance(benefit, PayLater):
        return {"kind": benefit.kind, "amount": benefit.limit_fen, "currency": CURRENCY, "days": benefit.days}
    return {"kind": benefit.kind, "amount": benefit.amount_fen, "currency": CURRENCY}


def limits_json(limits: Limits) -> dict[str, Any]:
    """A scenario's caps for LimitsSchema."""
    return {
        "amount": limits.amount_fen,
        "currency": CURRENCY,
        "service_days": limits.service_days,
        "open_orders": limits.open_orders,
    }


def ordinary_path_json(path: OrdinaryPath) -> dict[str, Any]:
    """The ordinary way for OrdinaryPathSchema."""
    return {
        "text": said(path.text),
        "steps": [said(step) for step in path.steps],
        "price": path.price_fen,
        "currency": CURRENCY,
        "time": said(path.time),
    }

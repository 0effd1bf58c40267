"""How an offer reads on the wire: the same published facts for everyone, in the language of the request."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.benefit import BENEFITS, Benefit, DepositReduction, benefit_as_json
from app.domain.offer import Group, Limits, Offer, OrdinaryPath, Subject
from app.domain.wording import Words
from app.web.api import Fen, Schema
from app.web.texts import language

CURRENCY = "CNY"
KINDS = (
    "What the credit path gives over the ordinary one; `kind` says which of the numbers are there. "
    "`deposit_waiver`: amount, and where it is one of each unit: unit, each_from, each_to. "
    "`deposit_reduction`: amount, ordinary_amount, percent. `pay_later`: amount, days. "
    "`quota`: unit, count, ordinary_count, days, ordinary_days. `term`: unit, length, ordinary_length. "
    "`fee`: amount, ordinary_amount. `price`: from_percent, to_percent. "
    "`review_skip`: days, ordinary_from_days, ordinary_days. `reservation`: unit, count, ahead_days."
)


class BenefitSchema(Schema):
    """What the credit path gives over the ordinary one, as KINDS says of each kind."""

    class Meta(Schema.Meta):
        description = KINDS

    kind = ma.fields.String(required=True, validate=validate.OneOf(list(BENEFITS)))
    amount = Fen(
        metadata={"description": "fen: the deposit, or part of it, not asked; the most to pay later; the fee asked"}
    )
    ordinary_amount = Fen(metadata={"description": "fen: the deposit or fee of the ordinary way"})
    currency = ma.fields.String()
    percent = ma.fields.Integer(metadata={"description": "how much of the deposit is not asked"})
    from_percent = ma.fields.Integer(metadata={"description": "of the ordinary price, the least asked"})
    to_percent = ma.fields.Integer(metadata={"description": "of the ordinary price, the most asked"})
    each_from = Fen(metadata={"description": "fen: the deposit for one unit, at the least"})
    each_to = Fen(metadata={"description": "fen: the deposit for one unit, at the most"})
    days = ma.fields.Integer(metadata={"description": "to pay, to keep, or until it is ready"})
    ordinary_days = ma.fields.Integer(metadata={"description": "to keep, or of the review at the longest"})
    ordinary_from_days = ma.fields.Integer(metadata={"description": "of the review at the shortest"})
    ahead_days = ma.fields.Integer(metadata={"description": "how early it may be reserved"})
    unit = ma.fields.String(metadata={"description": "of what: books, minutes, seats…"})
    count = ma.fields.Integer()
    ordinary_count = ma.fields.Integer()
    length = ma.fields.Integer()
    ordinary_length = ma.fields.Integer()


class StandingCapsSchema(Schema):
    """Up to where orders may start without a confirmation each time, where the citizen agreed so beforehand."""

    per_order = Fen(required=True)
    per_day = Fen(required=True)
    currency = ma.fields.String(required=True)


class LimitsSchema(Schema):
    """The scenario's caps, alike for everyone."""

    amount = Fen(required=True, metadata={"description": "fen: the most that one order may hold"})
    currency = ma.fields.String(required=True)
    service_days = ma.fields.Integer(required=True)
    open_orders = ma.fields.Integer(required=True)
    daily = ma.fields.Integer(metadata={"description": "orders on credit of the whole offer in a day, where limited"})
    standing = ma.fields.Nested(StandingCapsSchema)


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
    needed = ma.fields.Boolean(
        required=True, metadata={"description": "without it the answer is the ordinary way, whatever the score"}
    )


class OfferSchema(Schema):
    """A scenario's published rule. `illustrative` names the numbers that no source gives and the city must set."""

    code = ma.fields.String(required=True)
    family = ma.fields.String(required=True)
    group = ma.fields.String(required=True, validate=validate.OneOf([group.value for group in Group]))
    version = ma.fields.Integer(required=True)
    city = ma.fields.String(required=True)
    packs = ma.fields.List(ma.fields.String(), required=True)
    name = ma.fields.String(required=True)
    service = ma.fields.String(required=True, metadata={"description": "what everyone gets, on either path"})
    threshold = ma.fields.Integer(required=True, metadata={"description": "whole points of the pack"})
    subject = ma.fields.String(
        required=True,
        validate=validate.OneOf([subject.value for subject in Subject]),
        metadata={"description": "whose score is read, by their own consent"},
    )
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
        "conditions": [
            {"code": condition.code, "text": said(condition.text), "needed": condition.needed}
            for condition in offer.conditions
        ],
        "ordinary_path": ordinary_path_json(offer.ordinary_path),
    }


def benefit_json(benefit: Benefit) -> dict[str, Any]:
    """A benefit for BenefitSchema."""
    told = {_WIRE.get(name, name): value for name, value in benefit_as_json(benefit).items()}
    if isinstance(benefit, DepositReduction):
        told["amount"] = benefit.amount_fen
    return told | {"currency": CURRENCY} if "amount" in told else told


_WIRE = {
    **dict.fromkeys(("amount_fen", "limit_fen", "fen"), "amount"),
    "ordinary_fen": "ordinary_amount",
    "each_from_fen": "each_from",
    "each_to_fen": "each_to",
}
"""What a number of a benefit is called on the wire, where a second field names the currency."""


def limits_json(limits: Limits) -> dict[str, Any]:
    """A scenario's caps for LimitsSchema."""
    told: dict[str, Any] = {
        "amount": limits.amount_fen,
        "currency": CURRENCY,
        "service_days": limits.service_days,
        "open_orders": limits.open_orders,
    }
    if limits.daily is not None:
        told["daily"] = limits.daily
    if cap := limits.standing:
        told["standing"] = {"per_order": cap.per_order_fen, "per_day": cap.per_day_fen, "currency": CURRENCY}
    return told


def ordinary_path_json(path: OrdinaryPath) -> dict[str, Any]:
    """The ordinary way for OrdinaryPathSchema."""
    return {
        "text": said(path.text),
        "steps": [said(step) for step in path.steps],
        "price": path.price_fen,
        "currency": CURRENCY,
        "time": said(path.time),
    }

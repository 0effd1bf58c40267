"""Offers and their versions as operators send and read them. Figures are of 20 people and more, in twenties."""

from __future__ import annotations

import marshmallow as ma

from app.operator.schemas import ScenarioVersion
from app.operator.version_schemas import Measurement, NewVersion, VersionView
from app.web.api import Schema


class NewOfferVersion(NewVersion):
    """A new version as its TOML text, or the first of a new offer; it ends on the day of its `valid_until`."""


class OfferVersionView(VersionView):
    """One version of an offer. Its `text` never changes; `status` says how it stands today."""


class OfferVersionList(Schema):
    """Every version of an offer, newest first."""

    data = ma.fields.List(ma.fields.Nested(OfferVersionView), required=True)


class OffersInForce(Schema):
    """Every offer in force; `open`: versions that wait for something, of these offers or of new ones."""

    data = ma.fields.List(ma.fields.Nested(ScenarioVersion), required=True)
    open = ma.fields.List(ma.fields.Nested(OfferVersionView), required=True)


class ReachFigures(Schema):
    """How many people gain the benefit, lose it, keep it, and have it neither before nor after, by the rule alone."""

    gain = ma.fields.Integer(required=True)
    lose = ma.fields.Integer(required=True)
    keep = ma.fields.Integer(required=True)
    neither = ma.fields.Integer(required=True)


class CohortReach(Schema):
    """A group of an audit attribute, `unknown` being whoever lacks one: how many, and who of them gains and loses."""

    attribute = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    people = ma.fields.Integer(required=True)
    ways = ma.fields.Nested(ReachFigures, required=True)


class OfferSimulationSchema(Measurement):
    """A version measured on the members of its cities: `people` of `members`, beside version `against`.

    A table with a number of fewer than 20 people is told as a whole or not at all; `hidden` counts such tables.
    """

    offer = ma.fields.String(required=True)
    ways = ma.fields.Nested(ReachFigures)
    cohorts = ma.fields.List(ma.fields.Nested(CohortReach), required=True)


class OfferChangeSchema(Schema):
    """One field that is new (no `before`), gone (no `after`) or different."""

    field = ma.fields.String(required=True)
    before = ma.fields.String()
    after = ma.fields.String()


class OfferVersionFull(OfferVersionView):
    """A version with its text and its simulation.

    `diff` and `changes`: what it says differently from the version in force, as lines of text and field by field.
    """

    text = ma.fields.String(required=True)
    diff = ma.fields.String()
    changes = ma.fields.List(ma.fields.Nested(OfferChangeSchema), required=True)
    simulation = ma.fields.Nested(OfferSimulationSchema)

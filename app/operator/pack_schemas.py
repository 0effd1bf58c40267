"""Score packs and their versions as operators send and read them. Figures are of 20 people and more, in twenties."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.domain.hangzhou_rules import Mark
from app.operator.schemas import BilingualName
from app.operator.version_schemas import Measurement, NewVersion, VersionView
from app.web.api import Schema


class PackInForce(Schema):
    """A city's score pack in force."""

    code = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    city = ma.fields.String(required=True)
    name = ma.fields.Nested(BilingualName, required=True)
    minimum = ma.fields.Integer(required=True)
    maximum = ma.fields.Integer(required=True)
    illustrative = ma.fields.Boolean(required=True)
    superseded_by = ma.fields.String(metadata={"description": "the pack that took its place; it is kept for history"})


class PacksInForce(Schema):
    """Every score pack in force; `open`: versions that wait for something, of these packs or of new ones."""

    data = ma.fields.List(ma.fields.Nested(PackInForce), required=True)
    open = ma.fields.List(ma.fields.Nested(lambda: PackVersionView()), required=True)


class NewPackVersion(NewVersion):
    """A new version as its TOML text, or the first of a new pack."""


class PackVersionView(VersionView):
    """One version of a pack. Its `text` never changes; `status` says how it stands today."""


class PackVersionList(Schema):
    """Every version of a pack, newest first."""

    data = ma.fields.List(ma.fields.Nested(PackVersionView), required=True)


class DistributionBin(Schema):
    """Members with scores from `from_points` to below `to_points`; a count is absent where nobody is or it is hidden.

    Bins reach to where they hold 20 people, and are none where fewer were measured.
    """

    from_points = ma.fields.Integer(required=True)
    to_points = ma.fields.Integer()
    before = ma.fields.Integer()
    after = ma.fields.Integer()


class DistributionShape(Schema):
    """Mean and deviation in whole points (in 1/100), skewness and excess kurtosis in 1/100, deciles in points."""

    mean = ma.fields.Integer(required=True)
    deviation = ma.fields.Integer(required=True)
    skewness = ma.fields.Integer()
    kurtosis = ma.fields.Integer()
    deciles = ma.fields.List(ma.fields.Integer(), required=True)


class GradeMove(Schema):
    """How many members go from one grade to another."""

    before = ma.fields.String(required=True)
    after = ma.fields.String(required=True)
    people = ma.fields.Integer(required=True)


class CohortFigures(Schema):
    """A group of an audit attribute: how many, and mean scores in whole points (in 1/100).

    `unknown` is the group of whoever lacks an attribute.
    """

    attribute = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    people = ma.fields.Integer(required=True)
    before = ma.fields.Integer(required=True)
    after = ma.fields.Integer(required=True)


class RuleFigures(Schema):
    """One of the four Hangzhou rules: its mark, its figures and their limits, in 1/100 point or 1/100."""

    code = ma.fields.String(required=True)
    mark = ma.fields.String(required=True, validate=validate.OneOf([str(mark) for mark in Mark]))
    figures = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(allow_none=True), required=True)
    limits = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)


class GradeCut(Schema):
    """Where a grade begins, and where the distribution suggests that it begin."""

    grade = ma.fields.String(required=True)
    from_points = ma.fields.Integer(required=True)
    suggested = ma.fields.Integer()


class PackSimulation(Measurement):
    """A version measured on its city: `people` of `members`, beside version `against`.

    `hidden` counts what groups of fewer than 20 people keep from being shown: columns of `bins`, cells of `moves`,
    attributes of `cohorts`.
    """

    pack = ma.fields.String(required=True)
    bins = ma.fields.List(ma.fields.Nested(DistributionBin), required=True)
    shape_before = ma.fields.Nested(DistributionShape)
    shape_after = ma.fields.Nested(DistributionShape)
    moves = ma.fields.List(ma.fields.Nested(GradeMove), required=True)
    up = ma.fields.Integer()
    down = ma.fields.Integer()
    same = ma.fields.Integer()
    cohorts = ma.fields.List(ma.fields.Nested(CohortFigures), required=True)
    rules = ma.fields.List(ma.fields.Nested(RuleFigures), required=True)
    cuts = ma.fields.List(ma.fields.Nested(GradeCut), required=True)


class PackChange(Schema):
    """One part of a pack that is new (no `before`), gone (no `after`) or different, by the facts that differ."""

    part = ma.fields.String(required=True)
    name = ma.fields.Nested(BilingualName, required=True)
    before = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())
    after = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())


class PackVersionFull(PackVersionView):
    """A version with its text, its simulation and the SVG `picture` of it.

    `diff` and `changes`: what it says differently from the version in force, as lines of text and part by part.
    """

    text = ma.fields.String(required=True)
    diff = ma.fields.String()
    changes = ma.fields.List(ma.fields.Nested(PackChange), required=True)
    grades = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Nested(BilingualName), required=True)
    simulation = ma.fields.Nested(PackSimulation)
    picture = ma.fields.String()

"""The white box as the app gets it. All `…_units` are whole numbers of 1/10,000 point; everything adds up exactly."""

from __future__ import annotations

import marshmallow as ma

from app.citizen.record_schemas import Coded
from app.domain.pack import Kind
from app.domain.score_change import Place
from app.services.white_box import OUTCOMES
from app.web.api import Schema, Text, Time

UNITS = {"description": "in 1/10,000 point"}


class GradeSchema(Schema):
    """A band of scores."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    from_points = ma.fields.Integer(required=True)


class PackSchema(Schema):
    """The city's model. `illustrative`: its numbers are not the city's own."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    city = ma.fields.Nested(Coded, required=True)
    illustrative = ma.fields.Boolean(required=True)
    base = ma.fields.Integer(required=True)
    min = ma.fields.Integer(required=True)
    max = ma.fields.Integer(required=True)
    grades = ma.fields.List(ma.fields.Nested(GradeSchema), required=True)


class ScoreSchema(Schema):
    """My score today; none while it is `pending`."""

    status = ma.fields.String(required=True, validate=ma.validate.OneOf(["pending", "ready"]))
    score = ma.fields.Integer()
    grade = ma.fields.Nested(Coded)
    change = ma.fields.Integer(metadata={"description": "in points, since the same day last month"})
    as_of = ma.fields.Date()
    computed_at = Time()
    pack = ma.fields.Nested(PackSchema, required=True)


class MoveSchema(Schema):
    """One thing that moved a score: a record and what happened to it, a cut, or the base.

    `units` is absent where it cannot be said exactly; `part` is the indicator or dimension of a cut.
    """

    place = ma.fields.String(required=True, validate=ma.validate.OneOf([str(place) for place in Place]))
    name = ma.fields.String(required=True)
    units = ma.fields.Integer(metadata=UNITS)
    because = ma.fields.List(ma.fields.Nested(Coded), required=True)
    record_id = ma.fields.String()
    source = ma.fields.Nested(Coded)
    event_on = ma.fields.Date()
    at = Time(metadata={"description": "when the last of it happened"})
    part = ma.fields.String()


class SnapshotSchema(Schema):
    """A score that held from `as_of` on; `digest` names the record versions behind it.

    Where it is `proven`, the units of what `moved` add up to the `change` exactly; those of the first to the score.
    """

    id = ma.fields.String(required=True)
    score = ma.fields.Integer(required=True)
    grade = ma.fields.Nested(Coded, required=True)
    as_of = ma.fields.Date(required=True)
    cause = ma.fields.Nested(Coded, required=True)
    pack = ma.fields.String(required=True)
    pack_version = ma.fields.Integer(required=True)
    pack_name = ma.fields.String(required=True)
    digest = ma.fields.String(required=True)
    computed_at = Time(required=True)
    change = ma.fields.Integer(metadata={"description": "in points, since the score before; none for the first"})
    proven = ma.fields.Boolean(required=True)
    moved = ma.fields.List(ma.fields.Nested(MoveSchema), required=True)


class PastScore(Schema):
    """A past score, explained from the records as they were; without an explanation where one of them was deleted."""

    snapshot = ma.fields.Nested(SnapshotSchema, required=True)
    proven = ma.fields.Boolean(required=True)
    explanation = ma.fields.Nested(lambda: ExplanationSchema())


class NextStep(Schema):
    """When time alone next weakens a contribution, and what is left of it then."""

    on = ma.fields.Date(required=True)
    percent = ma.fields.Integer(required=True)


class ContributionSchema(Schema):
    """What one record adds: its worth, what its age leaves, and the product."""

    record_id = ma.fields.String(required=True)
    item = ma.fields.Nested(Coded, required=True)
    source = ma.fields.Nested(Coded)
    event_on = ma.fields.Date(required=True)
    expires_on = ma.fields.Date()
    months = ma.fields.Integer(required=True)
    percent = ma.fields.Integer(required=True)
    before_age_units = ma.fields.Integer(required=True, metadata=UNITS)
    units = ma.fields.Integer(required=True, metadata=UNITS)
    rule = ma.fields.String(required=True)
    next = ma.fields.Nested(NextStep)


class PartSchema(Schema):
    """What an indicator and a dimension share; one that is not scored says why."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    scored = ma.fields.Boolean(required=True)
    reason = ma.fields.String()
    floor = ma.fields.Integer(required=True)
    ceiling = ma.fields.Integer(required=True)
    sum_units = ma.fields.Integer(required=True, metadata=UNITS)
    cut_units = ma.fields.Integer(required=True, metadata=UNITS)
    total_units = ma.fields.Integer(required=True, metadata=UNITS)


class AgeStep(Schema):
    """From so many whole months on, a record keeps this share of its worth."""

    from_months = ma.fields.Integer(required=True)
    percent = ma.fields.Integer(required=True)


class ItemSchema(Schema):
    """A kind of fact that counts: what one record is worth before age, in 1/100 point, and on which legal basis."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in Kind]))
    centipoints = ma.fields.Integer(required=True)
    retention_months = ma.fields.Integer(required=True)
    basis = ma.fields.String(required=True)


class IndicatorSchema(PartSchema):
    """An indicator with its rule and its contributions."""

    age = ma.fields.List(ma.fields.Nested(AgeStep), required=True)
    items = ma.fields.List(ma.fields.Nested(ItemSchema), required=True)
    contributions = ma.fields.List(ma.fields.Nested(ContributionSchema), required=True)


class DimensionSchema(PartSchema):
    """A dimension with its indicators."""

    indicators = ma.fields.List(ma.fields.Nested(IndicatorSchema), required=True)


class LeftOutSchema(Schema):
    """A record that counts for nothing, and why."""

    record_id = ma.fields.String(required=True)
    item = ma.fields.Nested(Coded, required=True)
    event_on = ma.fields.Date(required=True)
    because = ma.fields.Nested(Coded, required=True)


class ExplanationSchema(Schema):
    """The calculation itself: base, plus every dimension's total, less the last two cuts, is the score exactly."""

    pack = ma.fields.Nested(PackSchema, required=True)
    as_of = ma.fields.Date(required=True)
    score = ma.fields.Integer(required=True)
    grade = ma.fields.Nested(Coded, required=True)
    base_units = ma.fields.Integer(required=True, metadata=UNITS)
    dimensions = ma.fields.List(ma.fields.Nested(DimensionSchema), required=True)
    raw_units = ma.fields.Integer(required=True, metadata=UNITS)
    range_cut_units = ma.fields.Integer(required=True, metadata=UNITS)
    floor_cut_units = ma.fields.Integer(required=True, metadata=UNITS)
    left_out = ma.fields.List(ma.fields.Nested(LeftOutSchema), required=True)
    next_change_on = ma.fields.Date(metadata={"description": "the first day on which time alone may change it"})
    note = ma.fields.Nested(Coded, metadata={"description": "why the departments cannot be asked for my records"})


class SupposedSchema(Schema):
    """Facts to suppose: `count` of an item, each on `event_on` (default: the simulation's day)."""

    item = Text(most=64, required=True)
    count = ma.fields.Integer(strict=True, load_default=1, validate=ma.validate.Range(1, 50))
    event_on = ma.fields.Date()


class SettleSchema(Schema):
    """To suppose that a record of mine is settled so, such as when a dispute about it ends."""

    record_id = Text(most=64, required=True)
    outcome = ma.fields.String(required=True, validate=ma.validate.OneOf(list(OUTCOMES)))


class SimulationRequest(Schema):
    """What to suppose: facts more, records of mine less or settled otherwise, a day up to five years ahead."""

    add = ma.fields.List(ma.fields.Nested(SupposedSchema), load_default=list, validate=ma.validate.Length(max=20))
    remove = ma.fields.List(Text(most=64), load_default=list, validate=ma.validate.Length(max=100))
    settle = ma.fields.List(ma.fields.Nested(SettleSchema), load_default=list, validate=ma.validate.Length(max=20))
    on = ma.fields.Date()


class SimulationSchema(Schema):
    """The score of today beside that of the supposed facts, explained. Nothing is stored.

    The units of what `moved` add up to the difference exactly.
    """

    score_today = ma.fields.Integer(required=True)
    difference = ma.fields.Integer(required=True)
    moved = ma.fields.List(ma.fields.Nested(MoveSchema), required=True)
    explanation = ma.fields.Nested(ExplanationSchema, required=True)

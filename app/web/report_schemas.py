"""A credit report as the API tells it: to the one whom it is about, and to whoever checks it."""

from __future__ import annotations

import marshmallow as ma

from app.domain.report import LANGUAGES, Kind, Shows
from app.web.api import Schema, Time


class ReportNamedSchema(Schema):
    """A code and its words."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class ReportLineSchema(Schema):
    """A label and what stands beside it."""

    label = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class ReportSubjectSchema(Schema):
    """Whom the report is about; a person's `full_name` is told to nobody but themselves."""

    masked_name = ma.fields.String(required=True)
    full_name = ma.fields.String()
    facts = ma.fields.List(ma.fields.Nested(ReportLineSchema), required=True)


class ReportScoreSchema(Schema):
    """The score; the points of `sums` add up to it exactly."""

    points = ma.fields.Integer(required=True)
    grade = ma.fields.Nested(ReportNamedSchema, required=True)
    as_of = ma.fields.Date(required=True)
    pack = ma.fields.Nested(ReportNamedSchema, required=True)
    pack_version = ma.fields.Integer(required=True)
    illustrative = ma.fields.Boolean(required=True, metadata={"description": "its numbers are not the city's own"})
    least = ma.fields.Integer(required=True)
    most = ma.fields.Integer(required=True)
    sums = ma.fields.List(ma.fields.Nested(ReportLineSchema), required=True)


class ReportItemSchema(Schema):
    """What one record adds to the score."""

    record_id = ma.fields.String(required=True)
    dimension = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    event_on = ma.fields.Date(required=True)
    points = ma.fields.String(required=True, metadata={"example": "+12.5"})
    rule = ma.fields.String(required=True)


class ReportDisputeSchema(Schema):
    """A dispute that waits to be settled; until then the record counts for nothing."""

    ground = ma.fields.Nested(ReportNamedSchema, required=True)
    asked_on = ma.fields.Date(required=True)
    due_on = ma.fields.Date(required=True)
    status = ma.fields.Nested(ReportNamedSchema, required=True)


class ReportRecordSchema(Schema):
    """One fact that stands; `because` is there where it does not count, `statement` is the person's own word on it."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["positive", "adverse"]))
    source = ma.fields.Nested(ReportNamedSchema, required=True)
    event_on = ma.fields.Date(required=True)
    expires_on = ma.fields.Date(metadata={"description": "the first day on which it is shown no more"})
    status = ma.fields.Nested(ReportNamedSchema, required=True)
    because = ma.fields.Nested(ReportNamedSchema)
    quantity = ma.fields.String()
    details = ma.fields.List(ma.fields.Nested(ReportLineSchema), required=True)
    statement = ma.fields.String()
    dispute = ma.fields.Nested(ReportDisputeSchema)


class ReportSourceSchema(Schema):
    """A department that facts of the report came from."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    records = ma.fields.Integer(required=True)


class ReportPrivateSchema(Schema):
    """What only the one whom it is about is told, and no paper has."""

    consents = ma.fields.Integer(required=True, metadata={"description": "consents in force"})
    looks = ma.fields.List(
        ma.fields.Nested(ReportLineSchema),
        required=True,
        metadata={"description": "who looked in the last year, how often"},
    )


class ReportSchema(Schema):
    """A credit report (信用报告) of one moment: facts that stand, and nothing that is repaired, corrected or over."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in Kind]))
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
    made_at = Time(required=True)
    subject = ma.fields.Nested(ReportSubjectSchema, required=True)
    score = ma.fields.Nested(ReportScoreSchema)
    score_note = ma.fields.String()
    items = ma.fields.List(ma.fields.Nested(ReportItemSchema), required=True)
    records = ma.fields.List(ma.fields.Nested(ReportRecordSchema), required=True)
    records_note = ma.fields.String()
    sources = ma.fields.List(ma.fields.Nested(ReportSourceSchema), required=True)
    law = ma.fields.List(ma.fields.Nested(ReportLineSchema), required=True)
    legend = ma.fields.List(ma.fields.Nested(ReportLineSchema), required=True)
    notice = ma.fields.List(ma.fields.String(), required=True)
    private = ma.fields.Nested(ReportPrivateSchema)


SHOWS = ma.validate.OneOf([str(shows) for shows in Shows])
"""`seal`: a check tells that the paper is genuine; `report`: what it says, too."""

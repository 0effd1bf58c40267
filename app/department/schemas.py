"""What departments send and get."""

from __future__ import annotations

from enum import StrEnum

import marshmallow as ma

from app.domain.columns import Form
from app.domain.fact import CODES
from app.domain.pack import Disclosure, Kind, LegalClass
from app.services.ingestion import STATES
from app.services.templates import KINDS
from app.web.api import Schema, Text, Time

DAY = ma.validate.Regexp(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", error="A day, YYYY-MM-DD.")


def _options(values: type[StrEnum]) -> ma.validate.OneOf:
    return ma.validate.OneOf([str(value) for value in values])


class BatchQuery(Schema):
    """What a file is called, for the report."""

    filename = Text(most=120)


class BatchReport(Schema):
    """What became of a file's rows so far.

    `accepted`: in order; what is in order is filed where its person has opted in, which is not said. Of these, in a
    file of 20 rows or more: `corrected`, `duplicates`, and `not_stored` (most are about people who have not opted in).
    `interrupted`: nobody is at it, and sending the file again under the same key goes on where it was.
    """

    id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    filename = ma.fields.String()
    received_at = Time(required=True)
    progressed_at = Time()
    finished_at = Time()
    rows = ma.fields.Integer(required=True)
    accepted = ma.fields.Integer(required=True)
    corrected = ma.fields.Integer()
    duplicates = ma.fields.Integer()
    refused = ma.fields.Integer(required=True)
    not_stored = ma.fields.Integer()


class RefusedRow(Schema):
    """A refused row: the line in the file, the field at fault, the reason; nothing of what the row said."""

    line = ma.fields.Integer(required=True)
    field = ma.fields.String(required=True)
    code = ma.fields.String(required=True, validate=ma.validate.OneOf(CODES))
    detail = ma.fields.String(required=True)


class RecordEntry(Schema):
    """One fact. A positive one has `item`; an administrative penalty has `document_no` and what follows it."""

    name = Text(most=60, required=True)
    id_number = Text(most=18, required=True)
    event_on = Text(most=10, required=True, validate=DAY)
    expires_on = Text(most=10, validate=DAY)
    item = Text(most=64)
    quantity = ma.fields.Integer(strict=True, validate=ma.validate.Range(0, 999_999))
    document_no = Text(most=64)
    issuer = Text(most=100)
    legal_class = ma.fields.String(validate=ma.validate.OneOf([*map(str, LegalClass), "minor"]), data_key="class")
    violation_type = Text(most=100)
    penalty_type = Text(most=100)
    ended_on = Text(most=10, validate=DAY)
    sealed = ma.fields.Boolean(truthy={True}, falsy={False})
    basis = Text(most=500)
    subject_type = ma.fields.String(validate=ma.validate.OneOf(["natural_person"]))


class Withdrawal(Schema):
    """Why a fact is taken back."""

    reason = Text(most=200, required=True)
    document = Text(most=120)


class Received(Schema):
    """The fact is received; whether its person has opted in is not said."""

    source_record_id = ma.fields.String(required=True)
    livemode = ma.fields.Boolean(required=True)
    received_at = Time(required=True)


class TemplateQuery(Schema):
    """In which kind of file."""

    format = ma.fields.String(load_default="csv", validate=ma.validate.OneOf(KINDS))


class FileColumn(Schema):
    """A column of a file: its heading in a table, its key in JSON, the form of its values, whether it is required."""

    name = ma.fields.String(required=True)
    key = ma.fields.String(required=True)
    form = ma.fields.String(required=True, validate=_options(Form))
    required = ma.fields.Boolean(required=True)


class CatalogueItem(Schema):
    """A fact that this department may send."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=_options(Kind))
    legal_class = ma.fields.String(validate=_options(LegalClass))
    basis = ma.fields.String(required=True)
    disclosure = ma.fields.String(required=True, validate=_options(Disclosure))
    retention_months = ma.fields.Integer(required=True)
    unit = ma.fields.String()
    min_quantity = ma.fields.Integer()
    packs = ma.fields.List(ma.fields.String(), required=True)
    columns = ma.fields.List(ma.fields.Nested(FileColumn), required=True)


class Catalogue(Schema):
    """What this department may send, and the columns of the two kinds of file."""

    items = ma.fields.List(ma.fields.Nested(CatalogueItem), required=True, data_key="data")
    record_columns = ma.fields.List(ma.fields.String(), required=True)
    penalty_columns = ma.fields.List(ma.fields.String(), required=True)

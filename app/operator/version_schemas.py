"""What is published in versions, as operators send and read it: packs and offers alike."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.operator.schemas import BilingualName
from app.services.version_views import STATUSES
from app.services.versions import TEXT_MOST
from app.web.api import Schema, Text, Time

LINE_MOST = 2_000
"""The most characters in a line of a text."""


class VersionText(Text):
    """A text of lines that reads as it stands, so that a second person approves what they see.

    Tabs and line ends are welcome; other control characters, and those that turn the reading direction, are not.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(TEXT_MOST, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(ma.fields.String._deserialize(self, value, attr, data, **kwargs))
        for line in text.replace("\r\n", "\n").split("\n"):
            if len(line) > LINE_MOST:
                raise ma.ValidationError(f"A line is longer than {LINE_MOST} characters.")
            super()._deserialize(line.replace("\t", " "), attr, data, **kwargs)
        return text


class NewVersion(Schema):
    """A new version as its TOML text."""

    text = VersionText(required=True)
    reason = Text(500)


class NewPublication(Schema):
    """A notice to the members whom it touches, and the first day of the new version."""

    notice_zh = Text(1000, required=True)
    notice_en = Text(1000, required=True)
    effective_on = ma.fields.Date(required=True)
    reason = Text(500)


class Measurement(Schema):
    """A version measured on members, `people` of `members`, beside version `against`; `hidden` counts what is not told.

    Each number is of 20 people or more.
    """

    version = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True)
    against = ma.fields.Integer()
    as_of = ma.fields.String(required=True, metadata={"format": "date"})
    members = ma.fields.Integer()
    people = ma.fields.Integer()
    hidden = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)


class VersionView(Schema):
    """One version. Its `text` never changes; `status` says how it stands today."""

    id = ma.fields.String(metadata={"description": "absent for a version of the release that is not kept yet"})
    code = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    name = ma.fields.Nested(BilingualName, metadata={"description": "of what is in force"})
    status = ma.fields.String(required=True, validate=validate.OneOf(STATUSES))
    sha256 = ma.fields.String(metadata={"description": "of the text, in hex"})
    reason = ma.fields.String()
    by_release = ma.fields.Boolean(required=True)
    proposed_by = ma.fields.String()
    proposed_at = Time()
    simulated_at = Time()
    approval_id = ma.fields.String(metadata={"description": "the proposal to publish it that waits"})
    approved_by = ma.fields.String()
    approved_at = Time()
    notice = ma.fields.Nested(BilingualName)
    notice_days = ma.fields.Integer(required=True, metadata={"description": "days between notice and effect, at least"})
    effective_on = ma.fields.Date()
    withdrawn_by = ma.fields.String()
    withdrawn_at = Time()
    allowed_actions = ma.fields.List(ma.fields.String(), required=True)

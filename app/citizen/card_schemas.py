"""What the name card's routes take and give."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.domain import card
from app.services import codes
from app.web.api import Schema, Text, Time, page_of

_KINDS = [str(kind) for kind in card.NameKind]
_MINUTES = validate.Range(5, 720)


def _each_once(fields: list[str]) -> None:
    if len(set(fields)) < len(fields):
        raise ma.ValidationError("Tick each field once.")


class Show(Schema):
    """What to show of oneself."""

    name_kind = ma.fields.String(required=True, validate=validate.OneOf(_KINDS))
    fields_ = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(card.FIELDS)),
        required=True,
        data_key="fields",
        validate=[validate.Length(max=len(card.FIELDS)), _each_once],
    )


class Named(Schema):
    """A code and its words in the language of the request."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class GradeShown(Named):
    """A grade and the score that it is a band of."""

    pack = ma.fields.String(required=True)
    pack_name = ma.fields.String(required=True)


class FaceSchema(Schema):
    """Exactly what the other side sees; what does not show is left out."""

    display_name = ma.fields.String(required=True)
    name_kind = ma.fields.String(required=True, validate=validate.OneOf(_KINDS))
    assurance_level = ma.fields.String(metadata={"description": "the verified mark: how the real name was proven"})
    city = ma.fields.Nested(Named)
    grade = ma.fields.Nested(GradeShown)
    score = ma.fields.Integer()
    volunteer_stars = ma.fields.Integer(validate=validate.Range(1, 5))
    blood_donor = ma.fields.Boolean()
    honours = ma.fields.List(ma.fields.Nested(Named))


class Warned(Schema):
    """Something to know before showing this."""

    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class CardChoices(Schema):
    """The card's choices, replaced as a whole; no `nickname` takes it away."""

    nickname = Text(most=card.NICKNAME_LENGTH)
    show = ma.fields.Nested(Show, required=True)


class OwnCardSchema(Schema):
    """One's own card and its preview."""

    nickname = ma.fields.String()
    show = ma.fields.Nested(Show, required=True)
    preview = ma.fields.Nested(FaceSchema, required=True)
    warnings = ma.fields.List(ma.fields.Nested(Warned), required=True)


class CodeRequest(Schema):
    """A code for one purpose; `show` is for an exchange, and the card's own choices where it is left out."""

    purpose = ma.fields.String(required=True, validate=validate.OneOf(codes.PURPOSES))
    show = ma.fields.Nested(Show)

    @ma.validates_schema
    def _a_check_shows_nothing(self, data: dict[str, object], **_: object) -> None:
        if data.get("purpose") == "check" and data.get("show"):
            raise ma.ValidationError("A check shows nothing of you.", "show")


class CodeSchema(Schema):
    """A code of sixty seconds; it is told once and cannot be read again."""

    code = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    expires_at = Time(required=True)
    preview = ma.fields.Nested(FaceSchema, metadata={"description": "of an exchange: what the other side will see"})
    warnings = ma.fields.List(ma.fields.Nested(Warned), required=True)
    qr_svg = ma.fields.String(required=True, metadata={"description": "the code as a QR picture, a data: URL"})


class ExchangeRequest(Schema):
    """Someone's exchange code, and what to give in return."""

    code = Text(most=40, required=True)
    show = ma.fields.Nested(Show)


class HeldCardSchema(Schema):
    """A card that one holds, as it was when it was given."""

    id = ma.fields.String(required=True)
    received_at = Time(required=True)
    card = ma.fields.Nested(FaceSchema, required=True)


class ExchangeSchema(Schema):
    """What one got and what one gave."""

    received = ma.fields.Nested(HeldCardSchema, required=True)
    given = ma.fields.Nested(FaceSchema, required=True)


class OfflineRequest(Schema):
    """A card that a stranger verifies without a network, for one purpose and 5 minutes to 12 hours."""

    purpose = ma.fields.String(required=True, validate=validate.OneOf(list(card.PURPOSES)))
    show = ma.fields.Nested(Show)
    minutes = ma.fields.Integer(load_default=60, strict=True, validate=_MINUTES)


class OfflineSchema(Schema):
    """A signed card: a CWT in COSE_Sign1 (RFC 8392, RFC 9052), base45 behind `XY1:`."""

    card = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    expires_at = Time(required=True)
    preview = ma.fields.Nested(FaceSchema, required=True)
    warnings = ma.fields.List(ma.fields.Nested(Warned), required=True)
    qr_svg = ma.fields.String(required=True, metadata={"description": "the card as a QR picture, a data: URL"})


HeldCardPage = page_of(HeldCardSchema)

"""What the name card's routes take and give."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.domain import card
from app.domain.card_presets import NAME_LENGTH
from app.domain.card_term import Term
from app.services import codes, holders
from app.web.api import Schema, Text, Time

_KINDS = [str(kind) for kind in card.NameKind]
_MINUTES = validate.Range(5, 720)


class TermField(ma.fields.String):
    """For how long a card is given."""

    def __init__(self) -> None:
        about = {"description": "how long the other side holds it: a day, a calendar month or twelve"}
        super().__init__(validate=validate.OneOf([str(term) for term in Term]), metadata=about)


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
    honours = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(holders.HONOURS)),
        validate=_each_once,
        metadata={"description": "which honours, where they are ticked; all of them where it is left out"},
    )
    entity = Text(
        most=64,
        metadata={"description": "in which entity the legal role is; needed by one who has a role in several"},
    )


class Named(Schema):
    """A code and its words in the language of the request."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class GradeShown(Named):
    """A grade and the score that it is a band of."""

    pack = ma.fields.String(required=True)
    pack_name = ma.fields.String(required=True)


class RoleShown(Schema):
    """What someone is in a legal entity, by its unified social credit code (GB 32100)."""

    name = ma.fields.String(required=True)
    uscc = ma.fields.String(required=True)
    role = ma.fields.Nested(Named, required=True)


class ReportShown(Schema):
    """A link by which whoever holds it reads a credit report until it dies."""

    code = ma.fields.String(required=True)
    url = ma.fields.Url(required=True)
    expires_at = Time(required=True)


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
    role = ma.fields.Nested(RoleShown)
    report = ma.fields.Nested(ReportShown)
    avatar = ma.fields.String(metadata={"description": "a picture of 256 pixels square, a data: URL"})


class Warned(Schema):
    """Something to know before showing this."""

    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class CardChoices(Schema):
    """The card's choices, replaced as a whole; no `nickname` takes it away."""

    nickname = Text(most=card.NICKNAME_LENGTH)
    show = ma.fields.Nested(Show, required=True)


class RoleChoice(RoleShown):
    """A role that can be shown, and the id by which `show.entity` chooses it."""

    entity = ma.fields.String(required=True)


class Available(Schema):
    """What there is to show today: of `fields` that are not here, a tick shows nothing."""

    fields_ = ma.fields.List(ma.fields.String(), required=True, data_key="fields")
    honours = ma.fields.List(ma.fields.Nested(Named), required=True)
    roles = ma.fields.List(ma.fields.Nested(RoleChoice), required=True)
    avatar = ma.fields.String(metadata={"description": "a data: URL, shown to others only where it is ticked"})


class PreviewRequest(Schema):
    """Ticks to try; nothing is kept."""

    show = ma.fields.Nested(Show, required=True)


class PreviewSchema(Schema):
    """Exactly what the other side would see of these ticks."""

    show = ma.fields.Nested(Show, required=True)
    preview = ma.fields.Nested(FaceSchema, required=True)
    warnings = ma.fields.List(ma.fields.Nested(Warned), required=True)


class PresetRequest(Schema):
    """Ticks to keep under a name of one's own."""

    name = Text(most=NAME_LENGTH, required=True)
    show = ma.fields.Nested(Show, required=True)


class PresetSchema(Schema):
    """A named set of ticks; one that everybody has, or one's `own`."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    detail = ma.fields.String(metadata={"description": "what it is for"})
    own = ma.fields.Boolean(required=True)
    show = ma.fields.Nested(Show, required=True)


class PresetList(Schema):
    """Every preset: those that everybody has, then one's own, oldest first."""

    data = ma.fields.List(ma.fields.Nested(PresetSchema), required=True)


class AvatarQuery(Schema):
    """A face is sensitive information: it is taken only where its person says so, apart from all else (PIPL 29)."""

    agreed = ma.fields.Boolean(required=True, validate=validate.Equal(True))


class AvatarSchema(Schema):
    """The picture as cards show it: 256 pixels square, without metadata."""

    avatar = ma.fields.String(required=True, metadata={"description": "a data: URL"})


class OwnCardSchema(Schema):
    """One's own card and its preview."""

    nickname = ma.fields.String()
    show = ma.fields.Nested(Show, required=True)
    preview = ma.fields.Nested(FaceSchema, required=True)
    warnings = ma.fields.List(ma.fields.Nested(Warned), required=True)
    available = ma.fields.Nested(Available, required=True)


class CodeRequest(Schema):
    """A code for one purpose; `show` and `term` are for an exchange: the card's own choices and twelve months unless
    they are said."""

    purpose = ma.fields.String(required=True, validate=validate.OneOf(codes.PURPOSES))
    show = ma.fields.Nested(Show)
    term = TermField()

    @ma.validates_schema
    def _a_check_shows_nothing(self, data: dict[str, object], **_: object) -> None:
        for name in ("show", "term"):
            if data.get("purpose") == "check" and data.get(name):
                raise ma.ValidationError("A check shows nothing of you.", name)


class CodeSchema(Schema):
    """A code of sixty seconds; it is told once and cannot be read again."""

    code = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    expires_at = Time(required=True)
    preview = ma.fields.Nested(FaceSchema, metadata={"description": "of an exchange: what the other side will see"})
    warnings = ma.fields.List(ma.fields.Nested(Warned), required=True)
    qr_svg = ma.fields.String(required=True, metadata={"description": "the code as a QR picture, a data: URL"})


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

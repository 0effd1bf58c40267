"""What the routes of shakes take and give."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.citizen.card_schemas import FaceSchema, Show, Warned
from app.domain import card
from app.domain.coordinates import DATUMS
from app.domain.shake import NUMBERS, RECEIVERS_MOST, Role
from app.web.api import Schema, Text, Time

_ROLES = [str(role) for role in Role]
_NUMBER = validate.Range(NUMBERS.start, NUMBERS.stop - 1)


class Degrees(ma.fields.Float):
    """Degrees up to `most` on either side, strictly a finite number of JSON."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, validate=validate.Range(-most, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, (str, bool)):
            raise ma.ValidationError("Not a number.")
        return float(super()._deserialize(value, attr, data, **kwargs) or 0)


class ShakePlace(Schema):
    """Where the phone is. We keep the middle of a square of about a hundred metres, until the session is over.

    `agreed` is the person's separate consent to that (PIPL articles 28 and 29), asked at each session.
    """

    agreed = ma.fields.Boolean(required=True, truthy={True}, falsy={False}, validate=validate.Equal(True))
    latitude = Degrees(90, required=True)
    longitude = Degrees(180, required=True)
    datum = ma.fields.String(load_default="wgs84", validate=validate.OneOf(DATUMS))


class ShakeRequest(Schema):
    """A session of thirty seconds.

    `nickname`: for this session instead of the card's, without digits. `show`: what a giver gives, the card's own
    choices where it is left out.
    """

    role = ma.fields.String(required=True, validate=validate.OneOf(_ROLES))
    place = ma.fields.Nested(ShakePlace, required=True)
    nickname = Text(most=card.NICKNAME_LENGTH)
    show = ma.fields.Nested(Show)

    @ma.validates_schema
    def _a_receiver_shows_nothing(self, data: dict[str, object], **_: object) -> None:
        if data.get("role") == Role.RECEIVE and data.get("show"):
            raise ma.ValidationError("A receiver gives nothing.", "show")


class ShakeConfirmation(Schema):
    """One of `others`, and the number that the person in front of me shows on their screen."""

    other = Text(most=64, required=True)
    number = ma.fields.Integer(required=True, strict=True, validate=_NUMBER)


class OtherShake(Schema):
    """Someone around, by the nickname that they chose and their number; nothing else is known of them."""

    id = ma.fields.String(required=True)
    nickname = ma.fields.String(required=True)
    number = ma.fields.Integer(required=True, validate=_NUMBER)
    asked = ma.fields.Boolean(required=True, metadata={"description": "the receiver of us two asked the giver"})


class ShakeSchema(Schema):
    """One's session. `others`: for a receiver the givers around, for a giver those who asked this giver."""

    id = ma.fields.String(required=True)
    role = ma.fields.String(required=True, validate=validate.OneOf(_ROLES))
    status = ma.fields.String(required=True, validate=validate.OneOf(["running", "over"]))
    started_at = Time(required=True)
    ends_at = Time(required=True)
    nickname = ma.fields.String(metadata={"description": "what the others see; gone when it is over"})
    number = ma.fields.Integer(metadata={"description": "what the others compare; gone when it is over"})
    others = ma.fields.List(ma.fields.Nested(OtherShake), required=True)
    given = ma.fields.Integer(
        required=True, metadata={"description": f"how many a giver gave to, {RECEIVERS_MOST} at most"}
    )
    card_id = ma.fields.String(metadata={"description": "the card that a receiver got: /name-cards/{id}"})


class BegunShakeSchema(ShakeSchema):
    """A fresh session; of a giver, `preview` is exactly what each receiver will see."""

    preview = ma.fields.Nested(FaceSchema)
    warnings = ma.fields.List(ma.fields.Nested(Warned), required=True)

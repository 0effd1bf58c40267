"""What the routes of legal entities take and give."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.citizen.card_schemas import Named
from app.domain.entity_card import ENTITY_FIELDS
from app.web.api import Schema, Time


def _each_once(fields: list[str]) -> None:
    if len(set(fields)) < len(fields):
        raise ma.ValidationError("Tick each field once.")


class EntitySchema(Schema):
    """A legal entity for which one speaks; `role` is as what, `source` who registers it."""

    id = ma.fields.String(required=True)
    uscc = ma.fields.String(required=True, metadata={"description": "unified social credit code"})
    name = ma.fields.String(required=True)
    kind = ma.fields.Nested(Named, required=True)
    status = ma.fields.Nested(Named, required=True)
    city = ma.fields.Nested(Named, required=True)
    established_on = ma.fields.Date(required=True)
    role = ma.fields.Nested(Named, required=True)
    source = ma.fields.Nested(Named, required=True)
    as_of = Time(required=True)


class PublicRecord(Schema):
    """A public record of an entity by its document; `class` of a penalty. From `expires_on` on it is shown no more."""

    kind = ma.fields.Nested(Named, required=True)
    document_no = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    issuer = ma.fields.String(required=True)
    decided_on = ma.fields.Date(required=True)
    expires_on = ma.fields.Date()
    legal_class = ma.fields.Nested(Named, data_key="class")


class WholeEntity(EntitySchema):
    """An entity with its public records that show today, the latest decision first."""

    records = ma.fields.List(ma.fields.Nested(PublicRecord), required=True)


class EntityShow(Schema):
    """What an entity's card shows besides its name."""

    fields_ = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(ENTITY_FIELDS)),
        required=True,
        data_key="fields",
        validate=[validate.Length(max=len(ENTITY_FIELDS)), _each_once],
    )


class EntityFaceSchema(Schema):
    """Exactly what the other side sees; what does not show is left out."""

    name = ma.fields.String(required=True)
    uscc = ma.fields.String()
    kind = ma.fields.Nested(Named)
    city = ma.fields.Nested(Named)
    established_on = ma.fields.String()
    honours = ma.fields.List(ma.fields.String())
    permits = ma.fields.List(ma.fields.String())
    role = ma.fields.Nested(Named)


class EntityChoices(Schema):
    """The card's choices, replaced as a whole."""

    show = ma.fields.Nested(EntityShow, required=True)


class EntityCardSchema(EntityChoices):
    """An entity's card and its preview."""

    preview = ma.fields.Nested(EntityFaceSchema, required=True)


class EntityOfflineRequest(Schema):
    """For how long a signed card is to live: 5 minutes to 12 hours."""

    minutes = ma.fields.Integer(load_default=60, strict=True, validate=validate.Range(5, 720))


class EntityOfflineSchema(Schema):
    """A signed card of an entity, as a person's is; permits and honours do not fit on it."""

    card = ma.fields.String(required=True)
    expires_at = Time(required=True)
    preview = ma.fields.Nested(EntityFaceSchema, required=True)
    qr_svg = ma.fields.String(required=True, metadata={"description": "the card as a QR picture, a data: URL"})

"""What the routes of wallet credentials take and give."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.citizen.card_schemas import FaceSchema, Show, Warned
from app.domain import credential
from app.web.api import Schema, Text, Time, page_of

_DAYS = validate.Range(1, credential.LONGEST_DAYS)


class NonceSchema(Schema):
    """A nonce for one proof."""

    nonce = ma.fields.String(required=True)
    expires_at = Time(required=True)


class CredentialRequest(Schema):
    """A credential for the key that signed `proof`; without `show` it carries what the card ticks."""

    show = ma.fields.Nested(Show)
    days = ma.fields.Integer(load_default=credential.DAYS, strict=True, validate=_DAYS)
    proof = Text(
        most=8_192,
        required=True,
        metadata={"description": "OpenID4VCI proof type `jwt`: ES256, the public `jwk` in its header, our nonce"},
    )


class CredentialSchema(Schema):
    """A credential as its holder reads of it: what it can show, how long it is good, whether it was revoked."""

    id = ma.fields.String(required=True)
    fields_ = ma.fields.List(ma.fields.String(), required=True, data_key="fields")
    issued_at = Time(required=True)
    expires_at = Time(required=True)
    revoked_at = Time()


class IssuedSchema(CredentialSchema):
    """A fresh credential, told once: an SD-JWT VC (`dc+sd-jwt`) with all its disclosures."""

    credential = ma.fields.String(required=True)
    vct = ma.fields.String(required=True)
    preview = ma.fields.Nested(FaceSchema, required=True)
    warnings = ma.fields.List(ma.fields.Nested(Warned), required=True)


CredentialPage = page_of(CredentialSchema)

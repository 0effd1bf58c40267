"""The receipt of leaving as a JWS (RFC 7515) that anyone verifies with the keys of /oauth/jwks alone, offline.

It says when, how many rows of which tables, what stays by which law and until when; not who.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
import marshmallow as ma

from app.services import leaving
from app.services.leaving import Issued, Receipt
from app.web.api import Schema, Time
from app.web.kit import kit
from app.web.texts import language, say

TYPE = "deletion-receipt+jwt"
ALGORITHM = "ES256"


class DeletedSchema(Schema):
    """How much of one kind is deleted."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(leaving.COUNTED))
    name = ma.fields.String(required=True)
    count = ma.fields.Integer(required=True)


class KeptSchema(Schema):
    """Something that stays: why, on what legal ground, and until when."""

    kind = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    law = ma.fields.String(required=True)
    until = ma.fields.String(required=True)


class LeavingSchema(Schema):
    """What leaving would delete now, and what would stay."""

    deleted = ma.fields.List(ma.fields.Nested(DeletedSchema), required=True)
    kept = ma.fields.List(ma.fields.Nested(KeptSchema), required=True)


class ReceiptSchema(LeavingSchema):
    """What leaving did; `signed` says the same as a JWS (RFC 7515) of the keys of /oauth/jwks."""

    id = ma.fields.String(required=True)
    left_at = Time(required=True)
    signed = ma.fields.String(required=True)


class ReceiptsSchema(Schema):
    """My receipts of the last thirty days, newest first."""

    data = ma.fields.List(ma.fields.Nested(ReceiptSchema), required=True)


def sign(receipt_id: str, receipt: Receipt) -> str:
    """The receipt as a compact JWS under the key for receipts."""
    key = kit().keys.current("receipt")
    claims = {
        "iss": kit().settings.base_url,
        "jti": receipt_id,
        "iat": int(receipt.left_at.timestamp()),
        "lang": language(),
        "deleted": dict(receipt.tables),
        "kept": _kept(receipt.kept),
    }
    pem = key.private.as_pem(private=True)
    return jwt.encode(claims, pem, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": key.kid})


def leaving_view(receipt: Receipt) -> dict[str, Any]:
    """What leaving deletes and what stays, in the words of the request's language."""
    deleted = [
        {"kind": kind, "name": say(f"leaving.deleted.{kind}"), "count": count}
        for kind, count in receipt.deleted.items()
    ]
    return {"deleted": deleted, "kept": _kept(receipt.kept)}


def receipt_view(one: Issued) -> dict[str, Any]:
    """A receipt as its person reads it."""
    return {"id": one.id, "left_at": one.receipt.left_at, "signed": one.signed, **leaving_view(one.receipt)}


def _kept(tables: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {
            "kind": table,
            "reason": say(f"leaving.kept.{table}"),
            "law": say(f"leaving.law.{table}"),
            "until": say(f"leaving.until.{table}"),
        }
        for table in sorted(tables)
    ]

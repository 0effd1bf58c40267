"""What partners and the credit office both send and read of a partner: keys, caps, contacts, the checklist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.domain.partner import CHECKLIST, CONTACT_ROLES, PRIVATE_MEMBERS
from app.web.api import Fen, Schema, Text, Time
from app.web.texts import language, say

MAIL = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}"
PHONE = r"\+?[0-9][0-9 -]{4,22}"
WEB = r"https://[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,6}(:[0-9]{1,5})?(/[A-Za-z0-9._~/%+-]*)?"
KEY_SAID = "Your private key stays with you: send its public half, and make a new one, for this one is known to us now."


class PublicKey(Schema):
    """A public key (RFC 7517): EC P-256 for ES256, or OKP Ed25519 for EdDSA. Never a private one."""

    kty = ma.fields.String(required=True, validate=validate.OneOf(["EC", "OKP"]))
    crv = ma.fields.String(required=True, validate=validate.OneOf(["P-256", "Ed25519"]))
    x = Text(64, required=True)
    y = Text(64, metadata={"description": "of P-256"})
    kid = ma.fields.String(
        validate=validate.Regexp(r"[A-Za-z0-9._~-]{1,64}\Z"),
        metadata={"description": "your name for it, unlike those before; else its thumbprint (RFC 7638)"},
    )
    alg = ma.fields.String(validate=validate.OneOf(["ES256", "EdDSA", "Ed25519"]))
    use = ma.fields.String(validate=validate.OneOf(["sig"]))

    @ma.pre_load
    def _public(self, data: Any, **_: Any) -> Any:
        if isinstance(data, Mapping) and (secret := sorted(PRIVATE_MEMBERS & set(data))):
            raise ma.ValidationError(KEY_SAID, secret[0])
        return data


class KeySet(Schema):
    """A JWKS (RFC 7517 section 5) of one key or two."""

    keys = ma.fields.List(ma.fields.Nested(PublicKey), required=True, validate=validate.Length(1, 2))


class KeyView(Schema):
    """A key. `waiting`: it signs from the day on which you go live. `revoked`: it signs no more, nor did its tokens."""

    id = ma.fields.String(required=True)
    client_id = ma.fields.String()
    status = ma.fields.String(required=True, validate=validate.OneOf(["active", "waiting", "revoked"]))
    kid = ma.fields.String(required=True)
    thumbprint = ma.fields.String(required=True, metadata={"description": "RFC 7638"})
    jwk = ma.fields.Dict(required=True, metadata={"description": "the public key (RFC 7517)"})
    added_by = ma.fields.String(required=True, metadata={"description": "`partner`, or `desk`"})
    added_at = Time(required=True)
    revoked_by = ma.fields.String()
    revoked_at = Time()


class Keys(Schema):
    """A partner's keys, newest first, those that were revoked too."""

    data = ma.fields.List(ma.fields.Nested(KeyView), required=True)


class Caps(Schema):
    """A partner's own caps, within those of each offer; absent: none."""

    orders_per_day = ma.fields.Integer(metadata={"description": "orders that it may open on a day, Asia/Shanghai"})
    order_fen = Fen(metadata={"description": "the most that an order of it may be for"})


class Contact(Schema):
    """Whom to call. `technical`: of the interface; `business`: of the contract; `complaints`: for citizens."""

    role = ma.fields.String(required=True, validate=validate.OneOf(CONTACT_ROLES))
    name = Text(40, required=True)
    email = ma.fields.String(required=True, validate=validate.Regexp(MAIL + r"\Z"), metadata={"format": "email"})
    phone = ma.fields.String(validate=validate.Regexp(PHONE + r"\Z"))


class Contacts(Schema):
    """A merchant's contacts, in place of those before."""

    contacts = ma.fields.List(ma.fields.Nested(Contact), required=True, validate=validate.Length(1, 6))


class ContactsView(Schema):
    """A merchant's contacts, in the order in which they were given."""

    contacts = ma.fields.List(ma.fields.Nested(Contact), required=True)


class ChecklistItem(Schema):
    """One thing that a partner shows in the sandbox before it goes live; we verify it ourselves."""

    code = ma.fields.String(required=True, validate=validate.OneOf(CHECKLIST))
    state = ma.fields.String(required=True, validate=validate.OneOf(["done", "open"]))
    title = ma.fields.String(required=True)
    how = ma.fields.String(required=True, metadata={"description": "how to fulfil it"})


class Checklist(Schema):
    """The way to live. `ready`: two operators may let the partner go live; `live`: they did."""

    partner_id = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=validate.OneOf(["open", "ready", "live"]))
    live_partner_id = ma.fields.String()
    items = ma.fields.List(ma.fields.Nested(ChecklistItem), required=True)


def checklist_json(stand: Mapping[str, Any]) -> dict[str, Any]:
    """A checklist (app/services/partner_going_live.py) with its words in the language of the request."""
    lang = language()
    items = [
        {
            "code": code,
            "state": "done" if done else "open",
            "title": say(f"checklist.{code}.title", lang),
            "how": say(f"checklist.{code}.how", lang),
        }
        for code, done in stand["items"].items()
    ]
    return {**stand, "items": items}

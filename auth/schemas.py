"""The forms and answers of the OAuth endpoints, for the API document: their own checks speak RFC 6749."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from auth.answers import FORM

fields = ma.fields


class OAuthErrorSchema(ma.Schema):
    """An error of RFC 6749 section 5.2."""

    error = fields.String(required=True)
    error_description = fields.String()


class ClientForm(ma.Schema):
    """How a client says who it is: `client_id` where it is public, a client assertion (RFC 7523) where not."""

    client_id = fields.String()
    client_assertion_type = fields.String(
        metadata={"example": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
    )
    client_assertion = fields.String(
        metadata={"description": "ES256, PS256, EdDSA or Ed25519; `aud` the issuer, five minutes"}
    )


class PushForm(ClientForm):
    """A pushed authorization request."""

    response_type = fields.String(required=True, validate=ma.validate.Equal("code"))
    redirect_uri = fields.String(required=True, metadata={"description": "one that is registered, byte for byte"})
    scope = fields.String(
        required=True,
        metadata={
            "description": "`openid profile citizen`; for a partner `openid eligibility:{scenario} score:read`, or "
            "`openid orders:{scenario}`: orders may start without a confirmation, up to caps that the citizen sets"
        },
    )
    code_challenge = fields.String(required=True, metadata={"description": "S256"})
    code_challenge_method = fields.String(required=True, validate=ma.validate.Equal("S256"))
    state = fields.String()
    nonce = fields.String()
    prompt = fields.String(metadata={"description": "`none`, `login`, `consent`, `select_account`"})
    max_age = fields.Integer(metadata={"description": "seconds since the citizen logged in, at most"})
    acr_values = fields.String(metadata={"example": "urn:xinyi:al2", "description": "one of these is essential"})
    ui_locales = fields.String(metadata={"example": "zh-CN en"})
    dpop_jkt = fields.String(metadata={"description": "binds the code to a key (RFC 9449 section 10)"})


class PushedSchema(ma.Schema):
    """The request's URI, good once, for its client, for `expires_in` seconds."""

    request_uri = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class TokenForm(ClientForm):
    """A token request; all in the body."""

    grant_type = fields.String(
        required=True,
        validate=ma.validate.OneOf(["authorization_code", "refresh_token", "client_credentials"]),
    )
    code = fields.String()
    redirect_uri = fields.String()
    code_verifier = fields.String()
    refresh_token = fields.String()
    scope = fields.String()


class TokenSchema(ma.Schema):
    """Tokens bound to the key of the DPoP proof; with a citizen's consent its id, and `sub`, the `citizen_ref`."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=ma.validate.Equal("DPoP"))
    expires_in = fields.Integer(required=True)
    scope = fields.String()
    refresh_token = fields.String()
    id_token = fields.String()
    consent_id = fields.String()
    score_consent_id = fields.String()
    sub = fields.String()


class OneTokenForm(ClientForm):
    """A token to revoke or to look into."""

    token = fields.String(required=True)
    token_type_hint = fields.String()


class RevokedSchema(ma.Schema):
    """Nothing: whether there was something to revoke is not told (RFC 7009 section 2.2)."""


class IntrospectionSchema(ma.Schema):
    """What a token of the asking client is (RFC 7662)."""

    active = fields.Boolean(required=True)
    client_id = fields.String()
    scope = fields.String()
    sub = fields.String()
    iss = fields.String()
    aud = fields.String()
    exp = fields.Integer()
    acr = fields.String()
    auth_time = fields.Integer()
    token_type = fields.String()
    cnf = fields.Dict(keys=fields.String(), values=fields.String())


class UserInfoSchema(ma.Schema):
    """Who is logged in. A partner gets `sub` and nothing else."""

    sub = fields.String(required=True)
    name = fields.String()
    city = fields.String()
    assurance_level = fields.String()


class JwksSchema(ma.Schema):
    """Public keys (RFC 7517)."""

    keys = fields.List(fields.Dict(keys=fields.String(), values=fields.Raw()), required=True)


def form_of(schema: type[ma.Schema], *, dpop: bool) -> dict[str, Any]:
    """How the API document shows an endpoint that takes a form, and a DPoP proof where `dpop`."""
    header = {
        "in": "header",
        "name": "DPoP",
        "required": True,
        "schema": {"type": "string"},
        "description": "A proof for this request (RFC 9449); where a client assertion is sent, with our nonce",
    }
    body = {"required": True, "content": {FORM: {"schema": schema}}}
    return {"requestBody": body, "parameters": [header]} if dpop else {"requestBody": body}

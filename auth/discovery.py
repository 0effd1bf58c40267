"""What the server can do, as its metadata says (OpenID Connect Discovery 1.0, RFC 8414)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from app.web.api import ApiBlueprint
from app.web.kit import kit
from auth import acr, clients, dpop, scopes
from auth.answers import public_json
from auth.guard import public

blueprint = ApiBlueprint("discovery", __name__, url_prefix="/.well-known", description="What the server can do")


class MetadataSchema(ma.Schema):
    """Server metadata; all members of RFC 8414 and OpenID Connect Discovery that apply."""

    class Meta:
        unknown = ma.INCLUDE

    issuer = ma.fields.String(required=True)
    authorization_endpoint = ma.fields.String(required=True)
    token_endpoint = ma.fields.String(required=True)
    pushed_authorization_request_endpoint = ma.fields.String(required=True)
    jwks_uri = ma.fields.String(required=True)


@blueprint.route("/openid-configuration")
@blueprint.response(200, MetadataSchema)
@public("what the server can do is no secret")
def openid_configuration() -> Response:
    """OpenID Provider metadata."""
    return public_json(metadata(kit().settings.base_url))


@blueprint.route("/oauth-authorization-server")
@blueprint.response(200, MetadataSchema)
@public("what the server can do is no secret")
def authorization_server() -> Response:
    """Authorization server metadata (RFC 8414)."""
    return public_json(metadata(kit().settings.base_url))


def metadata(issuer: str) -> dict[str, Any]:
    """The one document behind both addresses."""
    endpoints = {
        "authorization_endpoint": "authorize",
        "pushed_authorization_request_endpoint": "par",
        "token_endpoint": "token",
        "revocation_endpoint": "revoke",
        "introspection_endpoint": "introspect",
        "userinfo_endpoint": "userinfo",
        "jwks_uri": "jwks",
    }
    client_auth = ["private_key_jwt", "none"]
    return {
        "issuer": issuer,
        **{name: f"{issuer}/oauth/{path}" for name, path in endpoints.items()},
        "require_pushed_authorization_requests": True,
        "authorization_response_iss_parameter_supported": True,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": client_auth,
        "token_endpoint_auth_signing_alg_values_supported": list(clients.ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": client_auth,
        "revocation_endpoint_auth_signing_alg_values_supported": list(clients.ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": ["private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": list(clients.ALGORITHMS),
        "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
        "scopes_supported": scopes.SUPPORTED,
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "acr_values_supported": list(acr.SUPPORTED),
        "claims_supported": ["sub", "acr", "amr", "auth_time", "name", "city", "assurance_level"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["zh-CN", "en"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }

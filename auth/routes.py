"""The OAuth endpoints that machines call: /oauth/par, token, revoke, introspect, userinfo, jwks."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app.store import citizens
from app.web import limits
from app.web.api import ApiBlueprint
from app.web.kit import kit, transaction
from auth import desk, nonces, par, token_state
from auth.answers import oauth_errors, oauth_json, public_json
from auth.grants import CodeGrant, CredentialsGrant, IdToken
from auth.guard import caller, needs, public
from auth.pkce import RequiredS256
from auth.refresh import RefreshGrant
from auth.schemas import (
    IntrospectionSchema,
    JwksSchema,
    OAuthErrorSchema,
    OneTokenForm,
    PushedSchema,
    PushForm,
    RevokedSchema,
    TokenForm,
    TokenSchema,
    UserInfoSchema,
    form_of,
)
from auth.server import RequestServer

blueprint = ApiBlueprint("oauth", __name__, url_prefix="/oauth", description="Identity: OAuth 2 and OpenID Connect")
blueprint.after_app_request(nonces.answer_with_nonce)
CLIENT_PROVES_ITSELF = "the client proves itself in the form (RFC 6749 section 3.2.1)"


@blueprint.route("/par", methods=["POST"])
@oauth_errors
@blueprint.response(201, PushedSchema)
@blueprint.alt_response(400, schema=OAuthErrorSchema, description="RFC 6749 error")
@blueprint.alt_response(401, schema=OAuthErrorSchema, description="`invalid_client`")
@blueprint.doc(**form_of(PushForm, dpop=False))
@blueprint.alt_response(429, schema=OAuthErrorSchema, description="`temporarily_unavailable`: a limit is used up")
@limits.documented("par")
@public(CLIENT_PROVES_ITSELF)
def push_request() -> Response:
    """Push an authorization request (RFC 9126)."""
    with desk.form_request("par", key_required=False) as request:
        return oauth_json(par.push(request), 201)


@blueprint.route("/token", methods=["POST"])
@oauth_errors
@blueprint.response(200, TokenSchema)
@blueprint.alt_response(400, schema=OAuthErrorSchema, description="RFC 6749 error")
@blueprint.alt_response(401, schema=OAuthErrorSchema, description="`invalid_client`")
@blueprint.doc(**form_of(TokenForm, dpop=True))
@blueprint.alt_response(429, schema=OAuthErrorSchema, description="`temporarily_unavailable`: a limit is used up")
@limits.documented("token")
@public(CLIENT_PROVES_ITSELF)
def issue_tokens() -> Any:
    """Exchange a code, a refresh token or the client's own credentials for tokens bound to the client's key."""
    with desk.form_request("token", key_required=True) as request:
        server = RequestServer(request)
        server.register_grant(CodeGrant, [RequiredS256(required=True), IdToken()])
        server.register_grant(RefreshGrant)
        server.register_grant(CredentialsGrant)
        return server.create_token_response()


@blueprint.route("/revoke", methods=["POST"])
@oauth_errors
@blueprint.response(200, RevokedSchema)
@blueprint.alt_response(400, schema=OAuthErrorSchema, description="RFC 6749 error")
@blueprint.alt_response(401, schema=OAuthErrorSchema, description="`invalid_client`")
@blueprint.doc(**form_of(OneTokenForm, dpop=False))
@blueprint.alt_response(429, schema=OAuthErrorSchema, description="`temporarily_unavailable`: a limit is used up")
@limits.documented("token-state")
@public(CLIENT_PROVES_ITSELF)
def revoke_token() -> Response:
    """Give a token back (RFC 7009): its grant ends with all its tokens. An unknown one, or another's, is also 200."""
    with desk.form_request("token-state", key_required=False) as request:
        token_state.revoke(request.context, request.form)
        return oauth_json({})


@blueprint.route("/introspect", methods=["POST"])
@oauth_errors
@blueprint.response(200, IntrospectionSchema)
@blueprint.alt_response(400, schema=OAuthErrorSchema, description="RFC 6749 error")
@blueprint.alt_response(401, schema=OAuthErrorSchema, description="`invalid_client`")
@blueprint.doc(**form_of(OneTokenForm, dpop=False))
@blueprint.alt_response(429, schema=OAuthErrorSchema, description="`temporarily_unavailable`: a limit is used up")
@limits.documented("token-state")
@public(CLIENT_PROVES_ITSELF)
def introspect_token() -> Response:
    """Look into a token of one's own (RFC 7662); another's is inactive. Not for public clients."""
    with desk.form_request("token-state", key_required=False) as request:
        return oauth_json(token_state.introspect(request.context, request.form))


@blueprint.route("/userinfo")
class UserInfo(MethodView):
    """Who is logged in (OpenID Connect Core 5.3)."""

    @blueprint.response(200, UserInfoSchema)
    @needs("openid")
    def get(self) -> dict[str, str]:
        """Who is logged in. A partner gets the pairwise `sub` only."""
        return _claims()

    @blueprint.response(200, UserInfoSchema)
    @needs("openid")
    def post(self) -> dict[str, str]:
        """The same by POST, as OpenID Connect asks."""
        return _claims()


@blueprint.route("/jwks")
@blueprint.response(200, JwksSchema)
@public("public keys")
def jwks() -> Response:
    """The public keys that verify tokens, decisions and cards."""
    return public_json(kit().keys.jwks())


def _claims() -> dict[str, str]:
    who = caller()
    claims = {"sub": kit().pii.pairwise_subject(who.partner_id or who.client_id, who.citizen_id)}
    if "profile" in who.scopes:
        with transaction() as session:
            person = citizens.vouched(session, kit().pii, who.citizen_id)
        if person is not None:
            claims |= {"name": person.name} if person.name else {}
            claims |= {"city": person.city, "assurance_level": person.assurance_level}
    return claims

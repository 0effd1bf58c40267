"""The sandbox's OpenID provider in Authlib's grammar: code with PKCE, ES256 ID token, UserInfo."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oidc.core import OpenIDCode
from joserfc.jwk import ECKey

from auth.pkce import RequiredS256
from auth.sandbox_idp.accounts import Account
from auth.sandbox_idp.state import SandboxState

CODE_SECONDS = 60
TOKEN_SECONDS = 300
SCOPES = ("openid", "realname")


@dataclass(frozen=True, slots=True)
class RelyingParty(ClientMixin):
    """The one client of the sandbox: our own authorization server."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(name for name in (scope or "").split() if name in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(self.client_secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return bool(method == "client_secret_basic")

    def check_response_type(self, response_type: str) -> bool:
        return bool(response_type == "code")

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == "authorization_code")


@dataclass(frozen=True, slots=True)
class Code(AuthorizationCodeMixin):
    """What an authorization code stands for."""

    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    sub: str
    acr: str
    auth_time: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> str:
        return self.acr

    def get_amr(self) -> list[str]:
        return ["pwd"]


class CodeGrant(AuthorizationCodeGrant):
    """The authorization code grant over the sandbox's state; a code is gone once looked at."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    @property
    def state(self) -> SandboxState:
        state: SandboxState = self.server.state
        return state

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        data, person = request.payload.data, request.user
        kept = Code(
            redirect_uri=data["redirect_uri"],
            scope=request.scope,
            nonce=data.get("nonce"),
            code_challenge=data["code_challenge"],
            code_challenge_method="S256",
            sub=person.sub,
            acr=person.assurance_level,
            auth_time=int(self.state.clock()),
        )
        self.state.keep(code, asdict(kept), CODE_SECONDS)

    def query_authorization_code(self, code: str, client: RelyingParty) -> Code | None:
        kept = self.state.take(code)
        return Code(**kept) if kept else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Nothing is left to delete: `query_authorization_code` took it."""

    def authenticate_user(self, authorization_code: Code) -> Account | None:
        return self.state.account(sub=authorization_code.sub)


class IdToken(OpenIDCode):
    """ID tokens that carry a pseudonymous subject and no personal data."""

    def __init__(self, issuer: str, key: ECKey, clock: Callable[[], float]) -> None:
        super().__init__(require_nonce=True)
        self._issuer = issuer
        self._key = key
        self._clock = clock

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return False

    def resolve_client_private_key(self, client: RelyingParty) -> ECKey:
        return self._key

    def get_client_algorithm(self, client: RelyingParty) -> str:
        return "ES256"

    def get_client_claims(self, client: RelyingParty) -> dict[str, Any]:
        issued = int(self._clock())
        return {"iss": self._issuer, "aud": client.client_id, "iat": issued, "exp": issued + TOKEN_SECONDS}

    def get_encode_header(self, client: RelyingParty) -> dict[str, Any]:
        return {"alg": "ES256", "typ": "JWT", "kid": self._key.kid}

    def generate_user_info(self, user: Account, scope: str) -> dict[str, Any]:
        return {"sub": user.sub}


def build_server(state: SandboxState, party: RelyingParty, issuer: str, key: ECKey) -> AuthorizationServer:
    """Authlib's server with the one grant that the sandbox offers."""

    def keep_token(token: dict[str, Any], request: OAuth2Request) -> None:
        kept = {"sub": request.user.sub, "scope": token.get("scope", "")}
        state.keep(token["access_token"], kept, TOKEN_SECONDS)

    server = AuthorizationServer(
        query_client=lambda client_id: party if client_id == party.client_id else None, save_token=keep_token
    )
    server.state = state
    generator = BearerTokenGenerator(_new_token, expires_generator=TOKEN_SECONDS)
    server.register_token_generator("default", generator)
    server.register_grant(CodeGrant, [RequiredS256(required=True), IdToken(issuer, key, state.clock)])
    return server


def signing_key(state: SandboxState) -> ECKey:
    """The provider's ES256 key, the same after a restart."""
    return ECKey.import_key(json.loads(state.fact("signing-key", _new_key)))


def _new_key() -> str:
    return json.dumps(ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True).as_dict(private=True))


def _new_token(**_: object) -> str:
    return secrets.token_urlsafe(32)

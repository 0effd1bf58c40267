"""Authlib's authorization server, made for one request: its client is known and its key is proven already.

What Authlib does by default and we do not want is not asked of it: it authenticates no one, reads no query, keeps
nothing, and sees the database only through the grants in auth/grants.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from flask import Response
from sqlalchemy.orm import Session

from app.store.keys import KeyRing
from app.store.oauth import OAuthClient
from app.store.pii import PiiBox
from auth import answers, scopes


@dataclass(frozen=True, slots=True)
class Context:
    """What the grants work with: one transaction, one client, one proven key (`jkt`, a thumbprint), one moment.

    `kid`: the client's key that signed its assertion, `` where there is none.
    """

    session: Session
    client: OAuthClient
    jkt: str
    now: datetime
    issuer: str
    keys: KeyRing
    pii: PiiBox
    serves: Callable[[scopes.ConsentAsked], bool]
    kid: str = ""


class Client:
    """A client in Authlib's words (RFC 6749 section 2)."""

    def __init__(self, row: OAuthClient, serves: Callable[[scopes.ConsentAsked], bool]) -> None:
        self.row = row
        self._serves = serves

    def get_client_id(self) -> str:
        return self.row.client_id

    def get_default_redirect_uri(self) -> None:
        """There is none: a request says where it leads."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The scope of an authorization request, or None where a part of it is not allowed."""
        allowed = scopes.for_login(self.row, scope or "", self._serves)
        return " ".join(allowed) if allowed else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Exact, byte for byte (RFC 9700 section 4.1.3)."""
        return redirect_uri in self.row.redirect_uris

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Whoever has redirect URIs logs people in; whoever has scopes of its own gets tokens of its own."""
        if grant_type == "client_credentials":
            return self.row.kind in scopes.CREDENTIAL_SCOPES
        return bool(self.row.redirect_uris) and grant_type in ("authorization_code", "refresh_token")


class FormRequest(OAuth2Request):
    """An OAuth request whose parameters came in the body."""

    def __init__(self, form: dict[str, str], uri: str, context: Context) -> None:
        super().__init__("POST", uri)
        self.payload = BasicOAuth2Payload(form)
        self.context = context
        self.client = Client(context.client, context.serves)
        self.auth_method = "none" if context.client.profile == "app" else "private_key_jwt"

    @property
    def form(self) -> dict[str, str]:
        form: dict[str, str] = self.payload.data
        return form

    @property
    def args(self) -> dict[str, str]:
        return {}


class RequestServer(AuthorizationServer):
    """The authorization server of one FormRequest."""

    def __init__(self, request: FormRequest) -> None:
        super().__init__()
        self._request = request

    def query_client(self, client_id: str) -> Client | None:
        """The client that was authenticated, and no other."""
        client: Client = self._request.client
        return client if client.get_client_id() == client_id else None

    def create_oauth2_request(self, request: object) -> FormRequest:
        return self._request

    def save_token(self, token: dict[str, Any], request: FormRequest) -> None:
        """Nothing: access tokens are not kept, refresh tokens are by their grant."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """No one listens."""

    def handle_response(self, status: int, body: dict[str, Any], headers: list[tuple[str, str]]) -> Response:
        return answers.oauth_json(dict(body), status)

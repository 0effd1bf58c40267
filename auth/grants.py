"""The grants by code and by client credentials, in Authlib's grammar over our tables (auth/refresh.py has the third).

A code is used up by one UPDATE … RETURNING before anything is checked about it, and its second use ends what the first
led to. Every token is bound to the key that the request proved. What a grant writes commits also where it refuses.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidScopeError, scope_to_list
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant
from authlib.oidc.core import OpenIDCode

from app.domain.consent import SCORE_READ, Caps
from app.services import consents, sessions
from app.store import logins, oauth, oauth_codes
from app.store.base import new_id
from app.store.oauth import CONSENT, SESSION, Grant
from app.store.oauth_codes import AuthorizationCode
from auth import scopes, tokens
from auth.server import Client, Context, FormRequest

SESSION_LIFE = {"app": timedelta(days=90), "desk": timedelta(hours=8)}
"""How long a login lasts at most, whatever is refreshed meanwhile."""


class TokenAnswer(dict[str, Any]):
    """A token response that a log line cannot show: Authlib writes what it issues to its DEBUG log."""

    def __repr__(self) -> str:
        return f"TokenAnswer({', '.join(self)})"


def hash_of(secret: str) -> str:
    """The SHA-256 under which a code or token of 256 random bits is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """A code, token or cookie value: 256 random bits."""
    return secrets.token_urlsafe(32)


def subject_of(context: Context, citizen_id: str) -> str:
    """The citizen's pairwise `sub`: one for all clients of a partner (OpenID Connect Core 8.1)."""
    return context.pii.pairwise_subject(context.client.partner_id or context.client.client_id, citizen_id)


@dataclass(frozen=True, slots=True)
class Subject:
    """On whose behalf tokens are issued, and by which grant. `consents`: consent ids by member of the answer."""

    grant: Grant
    sub: str
    consents: dict[str, str]


class BoundTokens:
    """What our grants share: the client is authenticated already, and tokens are DPoP-bound."""

    request: FormRequest

    @property
    def context(self) -> Context:
        return self.request.context

    def authenticate_token_endpoint_client(self) -> Client:
        client: Client = self.request.client
        return client

    def answer(self, issued_scopes: list[str], subject: Subject | None = None) -> TokenAnswer:
        """A fresh access token, bound to the key of this request, as the token endpoint answers it."""
        context, grant = self.context, subject.grant if subject else None
        access_token = tokens.issue(
            context.keys,
            issuer=context.issuer,
            client_id=context.client.client_id,
            subject=subject.sub if subject else context.client.client_id,
            scopes=issued_scopes,
            jkt=context.jkt,
            now=context.now,
            grant_id=grant.id if grant else "",
            acr=grant.acr if grant else "",
            auth_time=grant.auth_time if grant else 0,
            client_key=context.kid,
        )
        life = int(tokens.LIFETIME.total_seconds())
        answer = {"access_token": access_token, "token_type": "DPoP", "expires_in": life}
        return TokenAnswer(answer, scope=" ".join(issued_scopes))

    def add_refresh_token(self, answer: TokenAnswer, grant: Grant) -> None:
        """Give the answer a refresh token of this grant."""
        answer["refresh_token"] = token = new_secret()
        oauth_codes.add_refresh_token(self.context.session, hash_of(token), grant.id, self.context.now)


def end(context: Context, grant: Grant) -> None:
    """End a grant with what it stands for: a consent, or a session with what the login pages remember of it."""
    oauth.end_grant(context.session, grant.id, context.now)
    if grant.kind == CONSENT:
        consents.end_by_grant(context.session, grant.citizen_id, grant.id, context.now)
    else:
        logins.log_out(context.session, grant.citizen_id)


class CodeGrant(BoundTokens, AuthorizationCodeGrant):
    """RFC 6749 section 4.1 with the code's row as Authlib's authorization code."""

    def query_authorization_code(self, code: str, client: Client) -> CodeView | None:
        """Use the code up; None, and an end to what it led to, where someone was here before."""
        session, now = self.context.session, self.context.now
        row = oauth_codes.use_code(session, hash_of(code), client.get_client_id(), now)
        if row is None:
            led_to = oauth_codes.grant_of_code(session, hash_of(code))
            if grant := oauth.live_grant(session, led_to or "", now):
                end(self.context, grant)
            return None
        bound = row.jkt is None or row.jkt == self.context.jkt
        return CodeView(row) if row.expires_at > now and bound else None

    def delete_authorization_code(self, authorization_code: CodeView) -> None:
        """Nothing: it was used up first of all."""

    def authenticate_user(self, authorization_code: CodeView) -> Subject:
        """The grant that the code stands for: a session of the app, or a consent to a partner."""
        row, context = authorization_code.row, self.context
        subject = subject_of(context, row.citizen_id)
        if row.consent is None:
            life = SESSION_LIFE[context.client.kind]
            found = Subject(self._open(row, SESSION, row.scopes, life), subject, {})
        else:
            found = Subject(*self._consent(row, row.consent, subject))
        row.grant_id = found.grant.id
        return found

    def _open(self, row: AuthorizationCode, kind: str, granted: list[str], life: timedelta) -> Grant:
        context = self.context
        grant = Grant(
            id=new_id("grt"),
            kind=kind,
            citizen_id=row.citizen_id,
            client_id=row.client_id,
            operator_id=row.operator_id,
            scopes=granted,
            jkt=context.jkt,
            acr=row.acr,
            auth_time=row.auth_time,
            device=row.device,
            created_at=context.now,
            expires_at=context.now + life,
        )
        context.session.add(grant)
        context.session.flush()
        if kind == SESSION:
            sessions.opened(context.session, grant, now=context.now)
        return grant

    def _consent(
        self, row: AuthorizationCode, agreed: dict[str, Any], subject: str
    ) -> tuple[Grant, str, dict[str, str]]:
        """One grant and one consent for each thing agreed to, so that each ends alone; tokens hang on the first."""
        asked = scopes.consent_asked(row.scopes)
        wanted = [scope for scope in row.scopes if scope != "openid"] if asked else []
        opened: list[tuple[Grant, str]] = []
        for scope in sorted(wanted, key=lambda name: name == SCORE_READ):
            days = int(agreed["term_days"])
            grant = self._open(row, CONSENT, row.scopes if not opened else [scope], timedelta(days=days))
            consent = consents.grant(
                self.context.session,
                self.context.pii,
                citizen_id=row.citizen_id,
                partner_id=self.context.client.partner_id or "",
                scope=scope,
                term_days=days,
                grant_id=grant.id,
                now=self.context.now,
                livemode=self.context.client.livemode,
                caps=Caps(**agreed["caps"]) if "caps" in agreed else None,
            )
            opened.append((grant, consent.consent_id))
        names = ("consent_id", "score_consent_id")
        return opened[0][0], subject, {name: consent_id for name, (_, consent_id) in zip(names, opened, strict=False)}

    def generate_token(self, user: Subject, scope: str, **_: Any) -> TokenAnswer:
        """The answer to a code: access and refresh token, and for a partner its consent and `citizen_ref`."""
        answer = self.answer(scope_to_list(scope), user)
        self.add_refresh_token(answer, user.grant)
        if user.consents:
            answer |= {**user.consents, "sub": user.sub}
        return answer


class CodeView:
    """A code's row in Authlib's words."""

    code_challenge_method = "S256"

    def __init__(self, row: AuthorizationCode) -> None:
        self.row = row
        self.code_challenge = row.code_challenge

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.row.scopes)


class IdToken(OpenIDCode):
    """Adds an ID token where `openid` was asked for."""

    def exists_nonce(self, nonce: str, request: FormRequest) -> bool:
        """A pushed request is used once, so its nonce is."""
        return False

    def encode_id_token(self, token: TokenAnswer, request: FormRequest) -> str:
        """The ID token of this login; Authlib would take its clock and its defaults."""
        row, context, subject = request.authorization_code.row, request.context, request.user
        return tokens.issue_id_token(
            context.keys,
            issuer=context.issuer,
            client_id=context.client.client_id,
            subject=subject.sub,
            access_token=token["access_token"],
            now=context.now,
            acr=row.acr,
            auth_time=row.auth_time,
            nonce=row.nonce,
        )


class CredentialsGrant(BoundTokens, ClientCredentialsGrant):
    """RFC 6749 section 4.4: a token of the client itself, without a refresh token."""

    def validate_requested_scope(self) -> None:
        """Refuse a scope that is not the client's own at present; raises InvalidScopeError."""
        if self._allowed(self.request.payload.scope) is None:
            raise InvalidScopeError

    def generate_token(self, scope: str | None, **_: Any) -> TokenAnswer:
        return self.answer(self._allowed(scope) or [])

    def _allowed(self, scope: str | None) -> list[str] | None:
        client = self.context.client
        serving = client.partner_id is None or self.context.serves(scopes.ConsentAsked(None, score_read=False))
        return scopes.for_credentials(client, scope, suspended=not serving)

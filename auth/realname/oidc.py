"""A real-name platform that speaks OpenID Connect: code flow, PKCE, PAR where offered, our own ID-token checks."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import urlencode

from auth.jose import header_of
from auth.realname.credentials import Credentials, Visit
from auth.realname.idtoken import AGE_MOST_SECONDS, Expectation, IdTokenRefused, check_id_token
from auth.realname.platform import PAR_ENDPOINT, Platform, error_in
from auth.realname.provider import Attempt, Identity, LoginRefused
from auth.realname.userinfo import person_of

SCOPE = "openid realname"
TOKEN_LONGEST = 16_384
URI_LONGEST = 512


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """The configured platform. `algorithms` are pinned; `home_city` is that of people whose city it does not tell."""

    platform: Platform
    credentials: Credentials
    algorithms: tuple[str, ...]
    redirect_uri: str
    home_city: str = ""

    def start(self, attempt: Attempt, *, locale: str, now: float) -> str:
        """The platform's login address for this attempt, its request pushed where the platform takes that (RFC 9126).

        Raises LoginRefused and ProviderAway.
        """
        metadata, query = self.platform.metadata(), self._request(attempt, locale)
        if PAR_ENDPOINT in metadata:
            query = self._pushed(metadata[PAR_ENDPOINT], query, now)
        return f"{metadata['authorization_endpoint']}?{urlencode(query)}"

    def finish(self, attempt: Attempt, answer: dict[str, str], *, now: float) -> Identity:
        """The identity behind the platform's redirect; raises LoginRefused and ProviderAway."""
        if answer.get("iss") != self.platform.issuer:
            raise LoginRefused("iss of the answer is another")
        if not _fits(answer.get("code")) or "error" in answer:
            raise LoginRefused(f"the platform said {error_in(answer)}")
        metadata, visit = self.platform.metadata(), Visit(self.platform, self.credentials, now)
        tokens = self._redeem(visit, metadata["token_endpoint"], attempt, answer["code"])
        claims = self._claims(tokens, attempt, now)
        told = visit.get(metadata["userinfo_endpoint"], tokens["access_token"])
        if told.status != 200 or told.body.get("sub") != claims["sub"]:
            raise LoginRefused("UserInfo speaks of someone else, or not at all")
        person = person_of(told.body, issuer=self.platform.issuer, home_city=self.home_city)
        logged_in = min(int(claims["auth_time"]), int(now))
        return Identity(person, acr=f"urn:xinyi:{person.assurance_level}", auth_time=logged_in)

    def _request(self, attempt: Attempt, locale: str) -> dict[str, str]:
        challenge = hashlib.sha256(attempt.code_verifier.encode()).digest()
        return {
            "response_type": "code",
            "client_id": self.credentials.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "prompt": "login",
            "max_age": str(AGE_MOST_SECONDS),
            "ui_locales": locale,
        }

    def _pushed(self, endpoint: str, query: dict[str, str], now: float) -> dict[str, str]:
        # No proof here: it would bind the code to a key that is forgotten before the code is redeemed (RFC 9449, 10.1).
        credentials = self.credentials.options(query, self.platform.issuer, now)
        answer = self.platform.call("POST", endpoint, **credentials)
        uri = answer.body.get("request_uri")
        if not _fits(uri) or len(uri) > URI_LONGEST or answer.status not in (200, 201):
            raise LoginRefused(f"the platform did not take our request: {error_in(answer.body)}")
        return {"client_id": self.credentials.client_id, "request_uri": uri}

    def _redeem(self, visit: Visit, endpoint: str, attempt: Attempt, code: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": attempt.code_verifier,
        }
        answer = visit.post(endpoint, form)
        tokens = answer.body
        told = all(_fits(tokens.get(name)) for name in ("id_token", "access_token"))
        if answer.status != 200 or not told:
            raise LoginRefused(f"no tokens: {error_in(tokens)}")
        if str(tokens.get("token_type")).lower() != ("dpop" if self.credentials.dpop else "bearer"):
            raise LoginRefused("the access token is not bound as we asked")
        return tokens

    def _claims(self, tokens: dict[str, Any], attempt: Attempt, now: float) -> dict[str, Any]:
        expected = Expectation(
            issuer=self.platform.issuer,
            client_id=self.credentials.client_id,
            nonce=attempt.nonce,
            access_token=tokens["access_token"],
            bound=self.credentials.dpop,
            algorithms=self.algorithms,
            now=now,
        )
        try:
            keys = self.platform.keys_for((header_of(tokens["id_token"]) or {}).get("kid"))
            return check_id_token(tokens["id_token"], keys, expected)
        except IdTokenRefused as refused:
            raise LoginRefused(f"ID token: {refused}") from None


def _fits(value: object) -> TypeGuard[str]:
    """Whether it is what a code or token may be (RFC 6749 appendix A.11 and A.12), and fits a header."""
    return isinstance(value, str) and 0 < len(value) <= TOKEN_LONGEST and value.isascii() and value.isprintable()

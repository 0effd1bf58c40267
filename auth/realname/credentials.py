"""What we show the real-name platform: who we are, and that a token is ours to use.

`client_secret_basic` (RFC 6749 section 2.3.1) or `private_key_jwt` (RFC 7523, as FAPI 2.0 section 5.3.3.1 narrows it:
ES256, the audience the issuer as a string); DPoP (RFC 9449) where the deployment asks for it. Settings decide, never
the platform's metadata.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from joserfc import jwt
from joserfc.jwk import ECKey

from app.store.keys import SigningKey
from auth import dpop
from auth.realname.platform import Answer, Platform

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60
SECRET, KEY = "client_secret_basic", "private_key_jwt"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to the platform. `signer` gives the key that signs for us now; unused with a secret."""

    client_id: str
    client_secret: str
    method: str = SECRET
    dpop: bool = False
    signer: Callable[[], SigningKey] | None = None

    def options(self, form: Mapping[str, str], audience: str, now: float) -> dict[str, Any]:
        """The `requests` options of a form sent as us, good for one request."""
        if self.signer is None or self.method != KEY:
            return {"data": dict(form), "auth": (quote_plus(self.client_id), quote_plus(self.client_secret))}
        shown = {"client_id": self.client_id, "client_assertion_type": ASSERTION_TYPE}
        return {"data": {**form, **shown, "client_assertion": self._assertion(self.signer(), audience, int(now))}}

    def _assertion(self, key: SigningKey, audience: str, now: int) -> str:
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": audience,
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
            "jti": secrets.token_urlsafe(24),
        }
        return jwt.encode({"alg": "ES256", "typ": "JWT", "kid": key.kid}, claims, key.private, algorithms=["ES256"])


@dataclass(slots=True)
class Visit:
    """Our requests for one login; with DPoP they carry proofs by a key that is made for them and then forgotten."""

    platform: Platform
    credentials: Credentials
    now: float
    _key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    _nonce: str | None = None

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """Send a form as us."""
        return self._ask("POST", url, lambda: self.credentials.options(form, self.platform.issuer, self.now))

    def get(self, url: str, access_token: str) -> Answer:
        """Read something with an access token of ours."""
        scheme = "DPoP" if self.credentials.dpop else "Bearer"
        return self._ask("GET", url, lambda: {"headers": {"Authorization": f"{scheme} {access_token}"}}, access_token)

    def _ask(self, method: str, url: str, options: Callable[[], dict[str, Any]], token: str | None = None) -> Answer:
        """The answer; asked once more, with fresh credentials, where the platform wants its nonce in the proof."""
        if not self.credentials.dpop:
            return self.platform.call(method, url, **options())
        answer = self._proven(method, url, options(), token)
        if answer.status in (400, 401) and answer.dpop_nonce is not None:
            self._nonce = answer.dpop_nonce
            answer = self._proven(method, url, options(), token)
        self._nonce = answer.dpop_nonce or self._nonce
        return answer

    def _proven(self, method: str, url: str, options: dict[str, Any], token: str | None) -> Answer:
        moment, jti = datetime.fromtimestamp(self.now, UTC), secrets.token_urlsafe(24)
        proof = dpop.prove(
            self._key, method=method, url=url, now=moment, jti=jti, access_token=token, nonce=self._nonce
        )
        headers = {**options.pop("headers", {}), "DPoP": proof}
        return self.platform.call(method, url, headers=headers, **options)

"""A client of our API: PAR, login by form, private_key_jwt and DPoP, so that people can try it by hand.

`xinyi curl`, the demo and the end-to-end tests use it. It holds no knowledge of our server beyond its metadata
(RFC 8414): RFC 6749, 7523, 7636, 9126, 9207, 9449 and OpenID Connect Core.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from app.cli.browser import Browser, BrowserError
from app.cli.login_walk import Person, walk

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60
TIMEOUT_SECONDS = 30


class OAuthError(RuntimeError):
    """The authorization server refused; `error` is the code of RFC 6749 or its relatives."""

    def __init__(self, error: str, description: str = "", status: int = 0) -> None:
        super().__init__(f"{error}: {description}" if description else error)
        self.error = error
        self.status = status


@dataclass(frozen=True, slots=True)
class Tokens:
    """An answer of the token endpoint. `expires_at` is in seconds since 1970; `claims` are the ID token's."""

    access_token: str
    expires_at: float
    scope: str
    refresh_token: str | None = None
    claims: dict[str, Any] | None = None
    consent_id: str | None = None
    score_consent_id: str | None = None

    @property
    def sub(self) -> str | None:
        """The subject, pairwise for this client: a partner's `citizen_ref`."""
        return self.claims["sub"] if self.claims else None


class XinyiClient:
    """One OAuth client with its keys and, after a login, its tokens.

    `assertion_key` makes it a confidential client (private_key_jwt); without it, it is a public one. `dpop_key` is
    made when not given. `http` carries cookies: one client is one browser.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        *,
        assertion_key: ECKey | None = None,
        dpop_key: ECKey | None = None,
        redirect_uri: str = "",
        http: requests.Session | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.assertion_key = assertion_key
        self.dpop_key = dpop_key or ECKey.generate_key("P-256")
        self.http = http or requests.Session()
        self.clock = clock
        self.dpop_nonce: str | None = None
        self.tokens: Tokens | None = None
        self._metadata: dict[str, Any] = {}

    @property
    def metadata(self) -> dict[str, Any]:
        """The server's metadata (RFC 8414), read once."""
        if not self._metadata:
            url = self.base_url + "/.well-known/oauth-authorization-server"
            answer = self.http.get(url, timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            self._metadata = answer.json()
        return self._metadata

    def client_credentials(self, scope: str) -> Tokens:
        """Tokens of the client itself; raises OAuthError."""
        return self._token({"grant_type": "client_credentials", "scope": scope})

    def login_citizen(
        self,
        login: str,
        password: str,
        scope: str = "openid profile citizen",
        *,
        term_days: int | None = None,
        prompt: str = "login",
        totp_secret: str = "",
    ) -> Tokens:
        """Tokens for a citizen (or operator) who logs in by the real-name platform's form, and agrees to all if asked.

        `term_days`: for how long they agree, where the consent page asks. `totp_secret` (base32) makes an operator's
        one-time codes. Raises OAuthError, also where they, their password or code are refused (`login_failed`).
        """
        verifier, state, nonce = (secrets.token_urlsafe(48) for _ in range(3))
        url = self.push(scope=scope, code_verifier=verifier, state=state, nonce=nonce, prompt=prompt)
        person = Person(login, password, term_days, totp_secret)
        try:
            page = walk(Browser(self.http, self.redirect_uri), url, person, self.clock)
        except BrowserError as failed:
            raise OAuthError("login_failed", str(failed)) from failed
        code = self.code_from(page.url, state)
        return self.redeem(code, verifier, nonce)

    def push(self, *, code_verifier: str, **parameters: str) -> str:
        """Push an authorization request (RFC 9126); returns the address to open in a browser."""
        form = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": _challenge(code_verifier),
            "code_challenge_method": "S256",
            **parameters,
        }
        endpoint = self.metadata["pushed_authorization_request_endpoint"]
        request_uri = self._post(endpoint, form)["request_uri"]
        query = requests.models.PreparedRequest()
        query.prepare_url(
            self.metadata["authorization_endpoint"], {"client_id": self.client_id, "request_uri": request_uri}
        )
        return str(query.url)

    def code_from(self, url: str, state: str) -> str:
        """The code in a redirect to us; raises OAuthError for an error, a foreign issuer or state (RFC 9207)."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if query.get("iss") != self.metadata["issuer"] or query.get("state") != state:
            raise OAuthError("invalid_response", "iss or state is not ours")
        if "error" in query:
            raise OAuthError(query["error"], query.get("error_description", ""))
        return query["code"]

    def redeem(self, code: str, verifier: str, nonce: str | None = None) -> Tokens:
        """Exchange a code for tokens."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": verifier,
        }
        return self._token(form, nonce)

    def refresh(self) -> Tokens:
        """New tokens by the refresh token."""
        if self.tokens is None or self.tokens.refresh_token is None:
            raise OAuthError("invalid_grant", "there is no refresh token")
        return self._token({"grant_type": "refresh_token", "refresh_token": self.tokens.refresh_token})

    def revoke(self) -> None:
        """End the session at the server (RFC 7009)."""
        if self.tokens is not None:
            self._post(
                self.metadata["revocation_endpoint"],
                {"token": self.tokens.refresh_token or self.tokens.access_token},
            )
        self.tokens = None

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Call the API with the access token and a fresh proof; `options` are those of `requests`."""
        if self.tokens is None:
            raise OAuthError("invalid_token", "log in first")
        if self.tokens.refresh_token and self.tokens.expires_at < self.clock() + 5:
            self.refresh()
        headers = {"Authorization": f"DPoP {self.tokens.access_token}", **options.pop("headers", {})}
        return self.send(method, self.base_url + path, self.tokens.access_token, headers=headers, **options)

    def send(
        self, method: str, url: str, access_token: str | None = None, *, headers: dict[str, str], **options: Any
    ) -> requests.Response:
        """A request with a proof, and once more where the server wants its nonce in it (RFC 9449 sections 8 and 9)."""
        for _ in range(2):
            proof = {"DPoP": self.proof(method, url, access_token)}
            answer = self.http.request(method, url, headers=proof | headers, timeout=TIMEOUT_SECONDS, **options)
            self.dpop_nonce = answer.headers.get("DPoP-Nonce", self.dpop_nonce)
            if not _wants_nonce(answer):
                break
        return answer

    def proof(self, method: str, url: str, access_token: str | None = None) -> str:
        """A DPoP proof (RFC 9449 section 4) for one request, with the last nonce that the server gave."""
        claims: dict[str, Any] = {
            "htm": method.upper(),
            "htu": url.split("?")[0].split("#")[0],
            "iat": int(self.clock()),
            "jti": secrets.token_urlsafe(24),
        }
        if self.dpop_nonce is not None:
            claims["nonce"] = self.dpop_nonce
        if access_token is not None:
            claims["ath"] = _b64(hashlib.sha256(access_token.encode()).digest())
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.dpop_key.as_dict(private=False)}
        return jwt.encode(header, claims, self.dpop_key)

    def assertion(self) -> str:
        """A client assertion (RFC 7523) whose audience is the issuer, as FAPI 2.0 section 5.3.2.1 asks."""
        if self.assertion_key is None:
            raise OAuthError("invalid_client", "this client has no key")
        now = int(self.clock())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.metadata["issuer"],
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
            "jti": secrets.token_urlsafe(24),
        }
        header = {"alg": "ES256", "typ": "JWT"} | ({"kid": self.assertion_key.kid} if self.assertion_key.kid else {})
        return jwt.encode(header, claims, self.assertion_key)

    def _token(self, form: dict[str, str], nonce: str | None = None) -> Tokens:
        answer = self._post(self.metadata["token_endpoint"], form)
        id_token = answer.get("id_token")
        self.tokens = Tokens(
            access_token=answer["access_token"],
            expires_at=self.clock() + answer["expires_in"],
            scope=answer.get("scope", ""),
            refresh_token=answer.get("refresh_token", self.tokens.refresh_token if self.tokens else None),
            claims=self._verified(id_token, nonce) if id_token else (self.tokens.claims if self.tokens else None),
            consent_id=answer.get("consent_id"),
            score_consent_id=answer.get("score_consent_id"),
        )
        return self.tokens

    def _verified(self, id_token: str, nonce: str | None) -> dict[str, Any]:
        keys = KeySet.import_key_set(self.http.get(self.metadata["jwks_uri"], timeout=TIMEOUT_SECONDS).json())
        claims = jwt.decode(id_token, keys, algorithms=["ES256"]).claims
        expected = (self.metadata["issuer"], self.client_id)
        if (claims["iss"], claims["aud"]) != expected or (nonce and claims.get("nonce") != nonce):
            raise OAuthError("invalid_id_token", "iss, aud or nonce is not ours")
        return claims

    def _post(self, url: str, form: dict[str, str]) -> dict[str, Any]:
        answer = self._sent(url, form)
        body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        if answer.status_code >= 400:
            raise OAuthError(body.get("error", "server_error"), body.get("error_description", ""), answer.status_code)
        return body if isinstance(body, dict) else {}

    def _sent(self, url: str, form: dict[str, str]) -> requests.Response:
        """The answer to a form; an assertion sent in vain for want of a nonce is still unused."""
        credentials = {"client_id": self.client_id}
        if self.assertion_key is not None:
            credentials |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()}
        return self.send("POST", url, data={**form, **credentials}, headers={})


def _wants_nonce(answer: requests.Response) -> bool:
    if answer.status_code == 401:
        return "use_dpop_nonce" in answer.headers.get("WWW-Authenticate", "")
    return answer.status_code == 400 and '"use_dpop_nonce"' in answer.text


def _challenge(verifier: str) -> str:
    return _b64(hashlib.sha256(verifier.encode()).digest())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

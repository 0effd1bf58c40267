"""A real-name platform that speaks OpenID Connect: code flow, PKCE, and our own ID-token checks."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import requests

from app.domain.id_number import birth_date
from app.store.citizens import RealName
from auth.jose import header_of
from auth.realname.idtoken import Expectation, IdTokenRefused, check_id_token
from auth.realname.provider import Attempt, Identity, LoginRefused, ProviderAway

TIMEOUT_SECONDS = (3, 5)
ANSWER_MOST_BYTES = 65_536
METADATA_SECONDS = 600.0
KEYS_WAIT_SECONDS = 10.0
SCOPE = "openid realname"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
LEVELS = ("al1", "al2", "al3")


@dataclass(slots=True)
class _Known:
    metadata: dict[str, Any]
    keys: list[dict[str, Any]]
    read_at: float


@dataclass(slots=True)
class OidcProvider:
    """The configured platform. `http` is replaceable; it never follows a redirect and keeps no cookie."""

    issuer: str
    client_id: str
    client_secret: str
    algorithms: tuple[str, ...]
    redirect_uri: str
    production: bool
    http: requests.Session = field(default_factory=requests.Session)
    monotonic: Callable[[], float] = time.monotonic
    _known: _Known | None = None
    _lock: Lock = field(default_factory=Lock)

    def start(self, attempt: Attempt, *, locale: str) -> str:
        """The platform's login address for this attempt; raises ProviderAway."""
        challenge = hashlib.sha256(attempt.code_verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "prompt": "login",
            "ui_locales": locale,
        }
        return f"{self._metadata()['authorization_endpoint']}?{urlencode(query)}"

    def finish(self, attempt: Attempt, answer: dict[str, str], *, now: float) -> Identity:
        """The identity behind the platform's redirect; raises LoginRefused and ProviderAway."""
        metadata = self._metadata()
        if answer.get("iss", None if _names_itself(metadata) else self.issuer) != self.issuer:
            raise LoginRefused("iss of the answer is another")
        if "code" not in answer:
            raise LoginRefused(f"the platform said {answer.get('error', 'nothing')[:40]}")
        tokens = self._redeem(metadata, attempt, answer["code"])
        claims = self._claims(tokens, attempt, now)
        person = self._userinfo(metadata, tokens["access_token"])
        if person.get("sub") != claims["sub"]:
            raise LoginRefused("UserInfo speaks of someone else")
        name = _real_name(person)
        return Identity(name, acr=f"urn:xinyi:{name.assurance_level}", auth_time=_auth_time(claims, now))

    def forget(self) -> None:
        """Read metadata and keys anew at the next login."""
        self._known = None

    def _redeem(self, metadata: dict[str, Any], attempt: Attempt, code: str) -> dict[str, str]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": attempt.code_verifier,
        }
        credentials = (quote_plus(self.client_id), quote_plus(self.client_secret))
        answer = self._call("POST", metadata["token_endpoint"], data=form, auth=credentials)
        if not isinstance(answer.get("id_token"), str) or not isinstance(answer.get("access_token"), str):
            raise LoginRefused(f"no tokens: {str(answer.get('error', 'nothing'))[:40]}")
        return answer

    def _claims(self, tokens: dict[str, str], attempt: Attempt, now: float) -> dict[str, Any]:
        expected = Expectation(self.issuer, self.client_id, attempt.nonce, tokens["access_token"], self.algorithms, now)
        try:
            keys = self._keys_for((header_of(tokens["id_token"]) or {}).get("kid"))
            return check_id_token(tokens["id_token"], keys, expected)
        except IdTokenRefused as refused:
            raise LoginRefused(f"ID token: {refused}") from None

    def _userinfo(self, metadata: dict[str, Any], access_token: str) -> dict[str, Any]:
        return self._call("GET", metadata["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"})

    def _keys_for(self, kid: object) -> list[dict[str, Any]]:
        known = self._read()
        unknown = kid is not None and kid not in [key.get("kid") for key in known.keys]
        if unknown and self.monotonic() - known.read_at > KEYS_WAIT_SECONDS:
            known = self._read(again=True)
        return known.keys

    def _metadata(self) -> dict[str, Any]:
        return self._read().metadata

    def _read(self, *, again: bool = False) -> _Known:
        with self._lock:
            known = self._known
            if known is None or again or self.monotonic() - known.read_at > METADATA_SECONDS:
                metadata = self._discover()
                known = self._known = _Known(metadata, self._fetch_keys(metadata), self.monotonic())
            return known

    def _discover(self) -> dict[str, Any]:
        metadata = self._call("GET", f"{self.issuer}/.well-known/openid-configuration")
        secure = urlsplit(self.issuer).scheme
        if metadata.get("issuer") != self.issuer:
            raise LoginRefused("the platform's metadata names another issuer")
        if self.production and metadata.get("sandbox"):
            raise LoginRefused("the sandbox platform is refused in production")
        if any(urlsplit(str(metadata.get(name))).scheme != secure for name in ENDPOINTS):
            raise LoginRefused("the platform's metadata lacks an endpoint or names an insecure one")
        return metadata

    def _fetch_keys(self, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        keys = self._call("GET", metadata["jwks_uri"]).get("keys")
        if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
            raise ProviderAway("the platform's keys cannot be read")
        return keys

    def _call(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        try:
            with self.http.request(
                method, url, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True, **options
            ) as answer:
                raw = answer.raw.read(ANSWER_MOST_BYTES + 1, decode_content=True)
                if answer.status_code >= 500 or len(raw) > ANSWER_MOST_BYTES:
                    raise ProviderAway(f"status {answer.status_code}")
                body = json.loads(raw)
        except (requests.RequestException, ValueError, OSError) as error:
            raise ProviderAway(type(error).__name__) from None
        if not isinstance(body, dict):
            raise ProviderAway("not an object")
        return body


def _names_itself(metadata: dict[str, Any]) -> bool:
    return metadata.get("authorization_response_iss_parameter_supported") is True


def _auth_time(claims: dict[str, Any], now: float) -> int:
    said = claims.get("auth_time")
    return min(int(said), int(now)) if isinstance(said, int) and not isinstance(said, bool) else int(claims["iat"])


def _real_name(person: dict[str, Any]) -> RealName:
    fields = [person.get(name) for name in ("name", "id_number", "city", "assurance_level")]
    if not all(isinstance(value, str) and 0 < len(value) <= 64 and value.isprintable() for value in fields):
        raise LoginRefused("UserInfo lacks a name, number, city or level")
    name, id_number, city, level = (str(value) for value in fields)
    if level not in LEVELS or birth_date(id_number.upper()) is None:
        raise LoginRefused("unknown assurance level, or not an identity number")
    return RealName(name=name, id_number=id_number.upper(), city=city, assurance_level=level)

"""The real-name platform on the wire: its metadata and keys, read and kept, and calls that end in time and size."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from auth.realname.circuit import WAIT_SECONDS, Circuit
from auth.realname.provider import LoginRefused, ProviderAway

TIMEOUT_SECONDS = (3, 5)
"""To connect, and between two parts of an answer."""
BODY_SECONDS = 5.0
"""For the whole body, however it trickles."""
ANSWER_MOST_BYTES = 65_536
METADATA_SECONDS = 600.0
KEYS_WAIT_SECONDS = 10.0
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
PAR_ENDPOINT = "pushed_authorization_request_endpoint"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform answered: an object, and the nonce it wants in the next DPoP proof, if any."""

    status: int
    body: dict[str, Any]
    dpop_nonce: str | None = None


def error_in(answer: Mapping[str, Any]) -> str:
    """The error that an answer names, in a few characters fit for a log."""
    named = str(answer.get("error", "nothing"))[:40]
    return named if named.isascii() and named.isprintable() else "nothing"


def _object(body: bytes, *, or_nothing: bool) -> dict[str, Any]:
    """The JSON object that a body is; where it is none, no members, or else ValueError."""
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) and not or_nothing:
        raise ValueError("not an object")
    return value if isinstance(value, dict) else {}


def _is_address(value: object, scheme: str) -> bool:
    """Whether it is a URL of this scheme that can be asked, and written into a header."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme == scheme and parts.port != 0 and bool((parts.hostname or "").encode("idna"))
    except ValueError:
        return False


def cookieless() -> requests.Session:
    """A session that keeps no cookie, so that nothing of one person's login goes along with another's."""
    http = requests.Session()
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return http


@dataclass(slots=True)
class _Known:
    metadata: dict[str, Any]
    keys: list[dict[str, Any]]
    read_at: float


@dataclass(slots=True)
class Platform:
    """The platform at `issuer`. `http` is replaceable; it never follows a redirect and keeps no cookie."""

    issuer: str
    production: bool
    http: requests.Session = field(default_factory=cookieless)
    monotonic: Callable[[], float] = time.monotonic
    _known: _Known | None = None
    _lock: Lock = field(default_factory=Lock)
    _circuit: Circuit = field(init=False)

    def __post_init__(self) -> None:
        self.forget()

    def metadata(self) -> dict[str, Any]:
        """What the platform says of itself; says where things are, and never what we accept.

        Raises LoginRefused where it is another's or insecure, and ProviderAway.
        """
        return self._read().metadata

    def keys_for(self, kid: object) -> list[dict[str, Any]]:
        """Its public keys, read again for a `kid` that is not among them, though not at every stranger's bidding."""
        known = self._read()
        unknown = kid is not None and kid not in [key.get("kid") for key in known.keys]
        if unknown and self.monotonic() - known.read_at > KEYS_WAIT_SECONDS:
            known = self._read(instead_of=known)
        return known.keys

    def forget(self) -> None:
        """Read metadata and keys anew at the next login, whatever was known and whatever failed."""
        self._known = None
        self._circuit = Circuit(lambda: self.monotonic())

    def call(self, method: str, url: str, headers: Mapping[str, str] | None = None, **options: Any) -> Answer:
        """One request; raises ProviderAway for no answer, a server's error, too much, or what is not a JSON object.

        A refusal (4xx) in other words than JSON is one without words: a firewall's page, which whoever sends a strange
        code can have shown, is no outage. Too many requests (429) is one.
        """
        # Unpacked, an answer could be a thousand times what we count.
        options["headers"] = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
        with self._circuit.closed():
            try:
                with self.http.request(
                    method, url, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True, **options
                ) as answer:
                    if answer.status_code >= 500 or answer.status_code == 429:
                        raise ProviderAway(f"status {answer.status_code}")
                    body = _object(self._body(answer), or_nothing=answer.status_code >= 400)
            except (requests.RequestException, HTTPError, ValueError, OSError) as error:
                raise ProviderAway(type(error).__name__) from None
        return Answer(answer.status_code, body, answer.headers.get("DPoP-Nonce"))

    def _body(self, answer: requests.Response) -> bytes:
        body, ends_at = b"", self.monotonic() + BODY_SECONDS
        while part := answer.raw.read1(ANSWER_MOST_BYTES, decode_content=False):
            body += part
            if len(body) > ANSWER_MOST_BYTES or self.monotonic() > ends_at:
                raise ProviderAway("an answer without an end")
        return body

    def _read(self, *, instead_of: _Known | None = None) -> _Known:
        """What is known and neither too old nor `instead_of`, read by one thread at a time.

        Meanwhile others go by what is merely too old, and wait a moment where there is nothing to go by.
        """
        old = None if self._known is instead_of else self._known
        if not self._lock.acquire(timeout=0 if old else WAIT_SECONDS):
            if old:
                return old
            raise ProviderAway("it is being asked")
        try:
            known = self._known
            if known is None or known is instead_of or self.monotonic() - known.read_at > METADATA_SECONDS:
                metadata = self._discover()
                known = self._known = _Known(metadata, self._fetch_keys(metadata), self.monotonic())
            return known
        finally:
            self._lock.release()

    def _discover(self) -> dict[str, Any]:
        metadata = self._document(f"{self.issuer}/.well-known/openid-configuration")
        secure = urlsplit(self.issuer).scheme
        if metadata.get("issuer") != self.issuer:
            raise LoginRefused("the platform's metadata names another issuer")
        if self.production and metadata.get("sandbox"):
            raise LoginRefused("the sandbox platform is refused in production")
        wanted = (*ENDPOINTS, PAR_ENDPOINT) if PAR_ENDPOINT in metadata else ENDPOINTS
        if not all(_is_address(metadata.get(name), secure) for name in wanted):
            raise LoginRefused("the platform's metadata lacks an endpoint or names an insecure one")
        return metadata

    def _fetch_keys(self, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        keys = self._document(metadata["jwks_uri"]).get("keys")
        if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
            raise ProviderAway("the platform's keys cannot be read")
        return keys

    def _document(self, url: str) -> dict[str, Any]:
        answer = self.call("GET", url)
        if answer.status != 200:
            raise ProviderAway(f"status {answer.status} for what it publishes")
        return answer.body

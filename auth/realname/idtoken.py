"""ID tokens of the real-name platform, checked by our own code against pinned values.

OpenID Connect Core 3.1.3.7, stricter: nothing that the provider's metadata says widens what is accepted, no header
chooses a key beyond `kid`, one audience only, `auth_time` is required and of this very login, and so is `at_hash`, but
for an access token that is bound to our key and so can be no one else's (certified FAPI 2.0 providers leave it out).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth.jose import claims_by, header_of, is_time

LEEWAY_SECONDS = 30
AGE_MOST_SECONDS = 600
HASHES = {"ES256": "sha256", "PS256": "sha256", "RS256": "sha256", "EdDSA": "sha512", "Ed25519": "sha512"}
"""The algorithms that a deployment may pin, with the hash of each."""
HEADERS = frozenset({"alg", "kid", "typ"})


class IdTokenRefused(Exception):
    """The ID token is not one to log in with; the message is a short reason without personal data."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an ID token must say. `now` in seconds since 1970; `bound`: the access token is bound to our DPoP key."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    bound: bool
    algorithms: Sequence[str]
    now: float


def check_id_token(id_token: str, keys: Sequence[Mapping[str, Any]], expected: Expectation) -> dict[str, Any]:
    """The claims of a token that passes every check, `keys` being the platform's public JWKs; raises IdTokenRefused."""
    header = header_of(id_token)
    if header is None:
        raise IdTokenRefused("not a signed token")
    _require(set(header) <= HEADERS, "header with more than alg, kid and typ")
    _require(header.get("typ", "JWT") in ("JWT", "jwt"), "typ is another")
    _require(len(keys) == 1 or "kid" in header, "no kid among several keys")
    claims = claims_by(id_token, keys, [name for name in expected.algorithms if name in HASHES])
    if claims is None:
        raise IdTokenRefused("not signed by the platform's key with a pinned algorithm")
    _check_parties(claims, expected)
    _check_times(claims, expected.now)
    _require(_same(claims.get("nonce"), expected.nonce), "nonce is another")
    if not expected.bound or "at_hash" in claims:
        _require(_same(claims.get("at_hash"), half_hash(expected.access_token, header["alg"])), "at_hash is another")
    return claims


def half_hash(value: str, algorithm: str) -> str:
    """The left half of the hash of `value`, base64url (OpenID Connect Core 3.1.3.6)."""
    digest = hashlib.new(HASHES[algorithm], value.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _check_parties(claims: Mapping[str, Any], expected: Expectation) -> None:
    us = expected.client_id
    _require(claims.get("iss") == expected.issuer, "iss is another")
    _require(claims.get("aud") in (us, [us]), "aud is not us alone")
    _require(claims.get("azp", us) == us, "azp is another")
    subject = claims.get("sub")
    _require(isinstance(subject, str) and 0 < len(subject) <= 255, "no sub")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    expires, issued, starts = claims.get("exp"), claims.get("iat"), claims.get("nbf", now)
    if not (is_time(expires) and is_time(issued) and is_time(starts)):
        raise IdTokenRefused("a time is missing or is none")
    _require(expires > now - LEEWAY_SECONDS, "expired")
    _require(now - AGE_MOST_SECONDS < issued <= now + LEEWAY_SECONDS, "iat is not of this login")
    _require(starts <= now + LEEWAY_SECONDS, "not valid yet")
    logged_in = claims.get("auth_time")
    fresh = is_time(logged_in) and now - AGE_MOST_SECONDS - LEEWAY_SECONDS < logged_in <= now + LEEWAY_SECONDS
    _require(fresh, "auth_time is not of this login")


def _same(value: object, expected: str) -> bool:
    return isinstance(value, str) and value.isascii() and hmac.compare_digest(value, expected)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise IdTokenRefused(reason)

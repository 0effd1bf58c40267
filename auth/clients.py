"""Who calls the authorization server: private_key_jwt for `fapi2` clients, the bare client id for public ones.

RFC 7523 as FAPI 2.0 section 5.3.2.1 narrows it: the audience is the issuer, as a string.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from authlib.oauth2.rfc6749 import InvalidClientError

from app.store.admission import named
from app.store.oauth import OAuthClient, Use
from auth.jose import header_of, is_time, is_token, opened_by, unverified_claims

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")
LIFE_SECONDS = 300
SKEW_SECONDS = 10
HEADERS = frozenset({"alg", "kid", "typ"})


class ClientRefused(InvalidClientError):
    """The client is not who it says, or does not prove it."""

    status_code = 401

    def get_headers(self) -> list[tuple[str, str]]:
        return [("Content-Type", "application/json"), ("Cache-Control", "no-store")]


class Assertion(NamedTuple):
    """A client assertion that holds: its use, and the name of the key that signed it."""

    use: Use
    kid: str


def named_in(form: Mapping[str, str]) -> str:
    """The client that a request's form names; raises ClientRefused where it names two or none."""
    assertion, client_id = form.get("client_assertion"), form.get("client_id")
    if assertion is None:
        return client_id or ""
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise ClientRefused("client_assertion_type is not jwt-bearer.")
    subject = _subject(assertion)
    if client_id is not None and client_id != subject:
        raise ClientRefused("Unknown client.")
    return subject


def authenticate(
    form: Mapping[str, str], client: OAuthClient | None, *, issuer: str, now: datetime
) -> Assertion | None:
    """The client assertion to be used up, if this is the client of the form, and active; raises ClientRefused."""
    assertion = form.get("client_assertion")
    if client is None or not client.active:
        raise ClientRefused("Unknown client.")
    if (client.profile == "fapi2") is not (assertion is not None):
        raise ClientRefused("This client authenticates in another way.")
    return None if assertion is None else _checked(assertion, client, issuer, now)


def _subject(assertion: str) -> str:
    subject = (unverified_claims(assertion) or {}).get("sub")
    if not isinstance(subject, str) or not is_token(subject):
        raise ClientRefused("The client assertion is not a JWT with a sub.")
    return subject


def _checked(assertion: str, client: OAuthClient, issuer: str, now: datetime) -> Assertion:
    claims, kid = _verified(assertion, client.jwks)
    moment = now.timestamp()
    if not _claims_hold(claims, client.client_id, issuer, moment):
        raise ClientRefused("The client assertion is refused.")
    digest = hashlib.sha256(f"assertion\n{client.client_id}\n{claims['jti']}".encode()).hexdigest()
    expires = datetime.fromtimestamp(moment, UTC) + timedelta(seconds=LIFE_SECONDS + 2 * SKEW_SECONDS)
    issued = claims.get("iat", claims["exp"] - LIFE_SECONDS)
    return Assertion(Use(digest, expires, datetime.fromtimestamp(issued, UTC)), kid)


def _verified(assertion: str, jwks: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    if not set(header_of(assertion) or ()) <= HEADERS:
        raise ClientRefused("The client assertion has a header that is not allowed.")
    opened = opened_by(assertion, jwks["keys"], ALGORITHMS)
    if opened is None:
        raise ClientRefused("The client assertion is not signed by a key of this client, or in a way not allowed.")
    claims, jwk = opened
    return claims, named(jwk)


def _claims_hold(claims: Mapping[str, Any], client_id: str, issuer: str, now: float) -> bool:
    expires, issued, starts = claims.get("exp"), claims.get("iat", now), claims.get("nbf", now)
    if not (is_time(expires) and is_time(issued) and is_time(starts)):
        return False
    jti = claims.get("jti")
    return all(
        (
            claims.get("iss") == claims.get("sub") == client_id,
            claims.get("aud") == issuer,
            now < expires <= now + LIFE_SECONDS + SKEW_SECONDS,
            now - LIFE_SECONDS - SKEW_SECONDS < issued <= now + SKEW_SECONDS,
            starts <= now + SKEW_SECONDS,
            isinstance(jti, str) and is_token(jti),
        )
    )

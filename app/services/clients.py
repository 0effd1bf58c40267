"""OAuth clients: the citizen app, partners, departments, counter devices, the operators' desk."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key
from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.domain.partner import PRIVATE_MEMBERS, VERSIONS
from app.store import oauth
from app.store.oauth import OAuthClient

PROFILES = {"app": "app", "desk": "app", "partner": "fapi2", "department": "fapi2", "counter": "fapi2"}
"""Kind → profile: public clients with PAR, PKCE and DPoP, or FAPI 2.0 ones with private_key_jwt besides."""
CURVES = (("EC", "P-256"), ("OKP", "Ed25519"))
RSA_MODULUS_LENGTH = range(342, 684)
"""The characters of 2048 to 4096 bits in base64url."""
RSA_BITS_LEAST = 2048
RSA_EXPONENT_LONGEST = 6
"""The characters of 32 bits. A stranger's proof brings its own key: a huge one costs us 10 ms to check, not 0.1."""
KEYS_MOST = 10
_URI = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]-]+")
"""The characters of an URI (RFC 3986 section 2), `#` apart."""
_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


class NotAPublicKey(ValueError):
    """A JWK that no client may have; the message says why."""


def register_client(
    session: Session,
    *,
    client_id: str,
    kind: str,
    profile: str,
    jwks: Mapping[str, Any],
    redirect_uris: Sequence[str],
    scopes: Sequence[str],
    name: str,
    now: datetime,
    partner_id: str | None = None,
    department_id: str | None = None,
    livemode: bool = False,
) -> str:
    """Register a client, or replace the one with this id; returns its id.

    `jwks` holds public keys only (RFC 7517): EC P-256, Ed25519 or RSA of 2048 to 4096 bits; empty for a public client.
    Raises Refusal `validation` with the pointer of what is wrong.
    """
    errors = [*_kind_errors(kind, profile), *_key_errors(profile, jwks), *_uri_errors(redirect_uris)]
    if errors:
        raise Refusal("validation", errors=errors)
    row = OAuthClient(
        client_id=client_id,
        kind=kind,
        profile=profile,
        name=name,
        jwks={"keys": list(jwks.get("keys", []))},
        redirect_uris=list(redirect_uris),
        scopes=list(scopes),
        partner_id=partner_id,
        department_id=department_id,
        active=True,
        livemode=livemode,
        created_at=now,
        api_version=VERSIONS[-1] if kind in ("partner", "counter") else None,
    )
    session.merge(row)
    session.flush()
    return client_id


def disable_client(session: Session, client_id: str, *, now: datetime) -> None:
    """Let no token of this client pass from now on, and end its grants; raises Refusal `not-found`."""
    row = oauth.client(session, client_id)
    if row is None:
        raise Refusal("not-found")
    row.active = False
    oauth.end_grants_of_client(session, client_id, now)


def public_key(jwk: object) -> Key:
    """The key that others' signatures are checked with; raises NotAPublicKey, which says what is wrong."""
    if not isinstance(jwk, dict) or PRIVATE_MEMBERS & set(jwk):
        raise NotAPublicKey("Not a public key.")
    if not _strong(jwk):
        raise NotAPublicKey("Not EC P-256, Ed25519 or RSA of 2048 to 4096 bits with a usual exponent.")
    try:
        return _read(json.dumps(jwk, sort_keys=True))
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotAPublicKey("Not a JWK.") from None


@lru_cache(maxsize=4096)
def _read(jwk: str) -> Key:
    """Reading a key costs as much as a signature check, and a client brings the same one with each request."""
    return JWKRegistry.import_key(json.loads(jwk))


def public_key_fault(jwk: object) -> str | None:
    """What keeps this JWK from being a client's public key, or None."""
    try:
        public_key(jwk)
    except NotAPublicKey as fault:
        return str(fault)
    return None


def _strong(jwk: Mapping[str, Any]) -> bool:
    if jwk.get("kty") == "RSA":
        modulus, exponent = jwk.get("n"), jwk.get("e")
        if not (isinstance(modulus, str) and isinstance(exponent, str)):
            return False
        usual = len(modulus) in RSA_MODULUS_LENGTH and len(exponent) <= RSA_EXPONENT_LONGEST
        return usual and _bits(modulus) >= RSA_BITS_LEAST
    return (jwk.get("kty"), jwk.get("crv")) in CURVES


def _bits(modulus: str) -> int:
    """The length of a modulus without the zeros that may stand before it; 0 where it is not base64url."""
    try:
        return int.from_bytes(base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4)), "big").bit_length()
    except ValueError:
        return 0


def _kind_errors(kind: str, profile: str) -> list[FieldError]:
    if kind not in PROFILES:
        return [FieldError("/kind", "invalid", f"One of {', '.join(PROFILES)}.")]
    if profile != PROFILES[kind]:
        return [FieldError("/profile", "invalid", f"A {kind} has the profile {PROFILES[kind]}.")]
    return []


def _key_errors(profile: str, jwks: Mapping[str, Any]) -> list[FieldError]:
    keys = jwks.get("keys", [])
    if profile == "app":
        return [FieldError("/jwks", "invalid", "A public client has no keys.")] if keys else []
    if not isinstance(keys, list) or not 1 <= len(keys) <= KEYS_MOST:
        return [FieldError("/jwks", "invalid", f"From 1 to {KEYS_MOST} keys.")]
    faults = [(number, public_key_fault(jwk)) for number, jwk in enumerate(keys)]
    return [FieldError(f"/jwks/keys/{number}", "invalid", fault) for number, fault in faults if fault]


def _uri_errors(uris: Sequence[str]) -> list[FieldError]:
    bad = [number for number, uri in enumerate(uris) if not _safe_uri(uri)]
    return [
        FieldError(f"/redirect_uris/{number}", "invalid", "https, loopback or an app's own scheme.") for number in bad
    ]


def _safe_uri(uri: str) -> bool:
    """RFC 8252 sections 7.1 to 7.3: https, http on loopback, or a reverse-domain scheme; no fragment, no user name.

    Its origin stands in the consent page's Content-Security-Policy, so a host is letters, digits, dots and hyphens.
    """
    if len(uri) > 500 or not _URI.fullmatch(uri):
        return False
    try:
        parts = urlsplit(uri)
        loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    except ValueError:
        return False
    web = parts.scheme == "https" or (parts.scheme == "http" and loopback)
    return _HOST.fullmatch(parts.netloc) is not None if web else "." in parts.scheme and not parts.netloc

"""Signed tokens of others: one way to open them, in which no header chooses an algorithm or a key beyond `kid`.

RFC 8725: the caller lists the algorithms, each algorithm has one key type, `crit`, `jku`, `x5u` and `jwk` mean nothing
(a DPoP proof's `jwk` apart, which auth/dpop.py reads by itself).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from app.services.clients import NotAPublicKey, public_key

KEY_TYPES = {"ES256": "EC", "PS256": "RSA", "RS256": "RSA", "EdDSA": "OKP", "Ed25519": "OKP"}
LONGEST = 16_384
HEADER_LONGEST = 4_096


class PinnedRegistry(JWSRegistry):
    """joserfc's registry for a list of algorithms that the caller wrote down.

    It does not warn of `EdDSA`, whose new name (RFC 9864) clients have yet to learn.
    """

    max_header_length = HEADER_LONGEST

    def get_alg(self, name: str) -> Any:
        """The algorithm; raises UnsupportedAlgorithmError for one that is not on the list."""
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


def header_of(token: str) -> Mapping[str, Any] | None:
    """The header of a compact JWS, not yet verified; None where `token` is none of a decent size."""
    if len(token) > LONGEST or token.count(".") != 2 or not token.isascii():
        return None
    return _header(token.partition(".")[0])


@lru_cache(maxsize=1_024)
def _header(part: str) -> Mapping[str, Any] | None:
    """A client sends the same header with each request, and we look into it more than once."""
    header = _object(part) if len(part) <= HEADER_LONGEST else None
    return None if header is None else MappingProxyType(header)


def unverified_claims(token: str) -> dict[str, Any] | None:
    """What a compact JWS claims, believed by no one yet; None where it is none."""
    return _object(token.split(".")[1]) if header_of(token) is not None else None


def claims_by(token: str, jwks: Sequence[Mapping[str, Any]], algorithms: Collection[str]) -> dict[str, Any] | None:
    """The claims of a token that one of these public keys signed with one of these algorithms, or None.

    A token that names a `kid` is checked with that key only.
    """
    opened = opened_by(token, jwks, algorithms)
    return opened[0] if opened else None


def opened_by(
    token: str, jwks: Sequence[Mapping[str, Any]], algorithms: Collection[str]
) -> tuple[dict[str, Any], Mapping[str, Any]] | None:
    """The same, with the key that it was."""
    header = header_of(token) or {}
    algorithm = str(header.get("alg"))
    if algorithm not in algorithms or "crit" in header:
        return None
    for jwk in jwks:
        fits = jwk.get("kty") == KEY_TYPES[algorithm] and header.get("kid", jwk.get("kid")) == jwk.get("kid")
        if fits and (claims := _claims_with_jwk(token, jwk, algorithms)) is not None:
            return claims, jwk
    return None


def _claims_with_jwk(token: str, jwk: Mapping[str, Any], algorithms: Collection[str]) -> dict[str, Any] | None:
    try:
        return claims_with(token, public_key(dict(jwk)), algorithms)
    except NotAPublicKey:
        return None


def claims_with(token: str, key: Key, algorithms: Collection[str]) -> dict[str, Any] | None:
    """The claims of a token that this public key signed with one of these algorithms, or None."""
    registry = PinnedRegistry(algorithms=algorithms, strict_check_header=False)
    try:
        opened = jws.deserialize_compact(token, key, algorithms, registry)
        claims = json.loads(opened.payload)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def is_time(value: object) -> TypeGuard[float]:
    """Whether a claim is a NumericDate that can be compared: a number, neither true nor NaN nor infinite."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e11


def is_token(value: str) -> bool:
    """Whether a claim is 1 to 256 printable ASCII characters: safe to hash and to look up."""
    return 0 < len(value) <= 256 and value.isascii() and value.isprintable()


def _object(part: str) -> dict[str, Any] | None:
    try:
        value = json.loads(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None

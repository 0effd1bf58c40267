"""Compact JWS of ES256 by a P-256 key, opened strictly (RFC 7515, RFC 8725): for what phones and issuers sign.

One encoding only: base64url without padding or spare bits, JSON objects without a member twice. The caller gives the
key; a header's `kid` or `jwk` decides nothing by itself.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
POINT = ("kty", "crv", "x", "y")
_SHAPE = re.compile(r"[\w-]{2,4096}\.[\w-]{2,32768}\.[\w-]{86}", re.ASCII)


def header_of(token: str) -> dict[str, Any] | None:
    """The header of a compact JWS of ES256, believed by no one yet; None where it is none."""
    return _part(token, 0)


def unverified_claims(token: str) -> dict[str, Any] | None:
    """What it claims, believed by no one yet; None where it is none."""
    return _part(token, 1)


def claims_by(token: str, jwk: Mapping[str, Any]) -> dict[str, Any] | None:
    """The claims, where this public key signed them; else None."""
    if header_of(token) is None:
        return None
    try:
        jws.deserialize_compact(token, ECKey.import_key(dict(point_of(jwk))), algorithms=[ALGORITHM])
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return unverified_claims(token)


def point_of(jwk: Mapping[str, Any]) -> dict[str, str]:
    """The public point of a P-256 key and nothing else; raises ValueError for another kind of key."""
    point = {name: jwk.get(name) for name in POINT}
    if (point["kty"], point["crv"]) != ("EC", "P-256") or not isinstance(jwk.get("x"), str):
        raise ValueError("no P-256 key")
    return {name: str(value) for name, value in point.items()}


def decoded(part: str) -> Any:
    """The JSON in a base64url text; raises ValueError where it is not of the one encoding, or no text can hold it."""
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        raise ValueError("no base64url") from None
    if base64url(raw) != part:
        raise ValueError("no base64url of the one encoding")
    try:
        said = json.loads(raw, object_pairs_hook=_each_once)
        json.dumps(said, ensure_ascii=False).encode()  # half a surrogate pair is JSON, and no Unicode
        return said
    except RecursionError:
        raise ValueError("bottomless JSON") from None


def base64url(raw: bytes) -> str:
    """Bytes in base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def is_moment(value: object) -> bool:
    """Whether a claim is a whole NumericDate of this age."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40


def _part(token: str, number: int) -> dict[str, Any] | None:
    if not _SHAPE.fullmatch(token):
        return None
    parts = token.split(".")
    try:
        header, value = decoded(parts[0]), decoded(parts[number])
    except ValueError:
        return None
    right = isinstance(header, dict) and header.get("alg") == ALGORITHM and "crit" not in header
    return value if right and isinstance(value, dict) else None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member comes twice")
    return found

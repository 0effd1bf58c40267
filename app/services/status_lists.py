"""Status lists: one bit a credential, signed, the same for everyone who asks (draft-ietf-oauth-status-list).

Who reads a list learns nothing of whose credential it is about, and we learn not which of 131,072 they meant.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from sqlalchemy.orm import Session

from app.domain import credential
from app.domain.errors import Refusal
from app.services import es256
from app.store import credentials as store
from app.store.keys import SigningKey

TYPE = "statuslist+jwt"
TTL = timedelta(minutes=5)
"""How soon a reader should ask again, so how long a revocation may go unnoticed where there is a network."""
LIFE = timedelta(days=1)
"""How long a list is good where there is none."""


@dataclass(frozen=True, slots=True)
class StatusToken:
    """A signed list; `tag` is the same for all lists of the same content, key and moment of signing."""

    text: str
    tag: str


class NoStatus(Exception):
    """A status list does not hold, or does not say what was asked."""


def token(session: Session, name: str, *, issuer: str, key: SigningKey, now: datetime) -> StatusToken:
    """The list of this name, its number, as a signed token; raises Refusal `not-found`."""
    uri = f"{issuer}{credential.LISTS_PATH}{name}"
    revoked = store.revoked(session, int(name)) if credential.is_lists(uri, issuer) else None
    if revoked is None:
        raise Refusal("not-found")
    seconds = int(TTL.total_seconds())
    signed_at = int(now.timestamp()) // seconds * seconds
    claims = {
        "sub": uri,
        "iat": signed_at,
        "exp": signed_at + int(LIFE.total_seconds()),
        "ttl": seconds,
        "status_list": {"bits": 1, "lst": packed(revoked)},
    }
    pem = key.private.as_pem(private=True)
    text = jwt.encode(claims, pem, es256.ALGORITHM, headers={"typ": TYPE, "kid": key.kid})
    content = json.dumps([claims, key.kid], sort_keys=True).encode()
    return StatusToken(text, hashlib.sha256(content).hexdigest()[:32])


def packed(revoked: Sequence[int]) -> str:
    """The bits of a list, the first entry in the lowest bit of the first byte, in zlib and base64url (section 4)."""
    bits = bytearray(store.SIZE // 8)
    for idx in revoked:
        bits[idx // 8] |= 1 << idx % 8
    return es256.base64url(zlib.compress(bytes(bits), 9))


def is_revoked(text: str, *, uri: str, idx: int, jwks: Mapping[str, Any], now: datetime) -> bool:
    """What a status list token says of the place `idx`; raises NoStatus where it does not hold at `now`.

    It must be the list of `uri`, signed by one of `jwks`, not over, and have such a place.
    """
    header = es256.header_of(text) or {}
    jwk = key_named(jwks, header.get("kid"))
    claims = es256.claims_by(text, jwk) if jwk and header.get("typ") == TYPE else None
    if claims is None or claims.get("sub") != uri or not _in_time(claims, int(now.timestamp())):
        raise NoStatus
    bits = _bits(claims.get("status_list"))
    if not 0 <= idx < len(bits) * 8:
        raise NoStatus
    return bool(bits[idx // 8] >> idx % 8 & 1)


def key_named(jwks: Mapping[str, Any], kid: object) -> Mapping[str, Any] | None:
    """The published key of this name that signs by ES256, or None."""
    found = (jwk for jwk in jwks.get("keys", []) if isinstance(jwk, dict) and jwk.get("kid") == kid)
    return next((jwk for jwk in found if isinstance(kid, str) and jwk.get("crv") == "P-256"), None)


def _in_time(claims: Mapping[str, Any], now: int) -> bool:
    issued, ends = claims.get("iat"), claims.get("exp")
    if not (es256.is_moment(issued) and es256.is_moment(ends)):
        return False
    return int(str(issued)) - 60 <= now < int(str(ends))


def _bits(given: object) -> bytes:
    told = given if isinstance(given, dict) else {}
    packed_bits = told.get("lst")
    if told.get("bits") != 1 or not isinstance(packed_bits, str):
        raise NoStatus
    try:
        unpack = zlib.decompressobj()
        raw = base64.urlsafe_b64decode(packed_bits + "=" * (-len(packed_bits) % 4))
        bits = unpack.decompress(raw, store.SIZE)
    except (ValueError, zlib.error):
        raise NoStatus from None
    if not unpack.eof:
        raise NoStatus
    return bits

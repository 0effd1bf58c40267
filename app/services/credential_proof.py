"""A phone's proof that it holds the key which its credential is to be bound to (OpenID4VCI 1.0, proof type `jwt`)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import Refusal
from app.services import es256

TYPE = "openid4vci-proof+jwt"
HEADER = frozenset({"alg", "typ", "jwk"})
JWK = frozenset({*es256.POINT, "alg", "use", "kid", "key_ops"})
"""Members that a key may have; the private `d` is none of them."""
OLDEST, AHEAD = timedelta(minutes=5), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Proven:
    """A public key whose private half signed the proof, and our nonce in it, which is yet to be used up."""

    jwk: dict[str, str]
    nonce: str


def check(proof: str, *, issuer: str, now: datetime) -> Proven:
    """What the proof proves; raises Refusal `credential-proof-not-valid`.

    ES256 by a P-256 key that stands in the header, without its private part; for this issuer alone; made in the last
    five minutes.
    """
    header = es256.header_of(proof) or {}
    jwk = header.get("jwk")
    right = set(header) == HEADER and header["typ"] == TYPE and isinstance(jwk, dict) and set(jwk) <= JWK
    claims = es256.claims_by(proof, jwk) if right and isinstance(jwk, dict) else None
    if claims is None or not isinstance(jwk, dict) or not _holds(claims, issuer, now):
        raise Refusal("credential-proof-not-valid", field="/proof", audience=issuer)
    return Proven(es256.point_of(jwk), claims["nonce"])


def _holds(claims: Mapping[str, Any], issuer: str, now: datetime) -> bool:
    issued, audience, nonce = claims.get("iat"), claims.get("aud"), claims.get("nonce")
    if not es256.is_moment(issued) or not isinstance(audience, str) or not isinstance(nonce, str):
        return False
    age = now.timestamp() - int(str(issued))
    fresh = -AHEAD.total_seconds() <= age <= OLDEST.total_seconds()
    return fresh and hmac.compare_digest(audience.encode(), issuer.encode())

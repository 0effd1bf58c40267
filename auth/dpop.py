"""DPoP proofs (RFC 9449): the caller shows, for this one request, that it holds the key its token is bound to.

A proof is checked without the database, then used up with it: `check`, app/store/admission.py.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from joserfc import jws
from joserfc.jwk import ECKey, Key

from app.domain.errors import Refusal
from app.services.clients import NotAPublicKey, public_key
from app.store.oauth import Use
from auth.jose import PinnedRegistry, claims_with, header_of, is_time, is_token

ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")
HEADERS = frozenset({"alg", "typ", "jwk"})
OLDEST_SECONDS = 60
AHEAD_SECONDS = 10
"""FAPI 2.0 section 5.3.2.1: up to 10 seconds in the future are to be borne."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds. `thumbprint` is that of its key (RFC 7638); `use` is what may come once."""

    thumbprint: str
    use: Use
    has_nonce: bool


def check(
    proof: str,
    *,
    method: str,
    url: str,
    now: datetime,
    is_nonce: Callable[[object], bool],
    access_token: str | None = None,
    jkt: str | None = None,
) -> Proof:
    """What a proof proves; raises Refusal `invalid-dpop-proof`, and `use-dpop-nonce` for a nonce that is not ours.

    `url` has its path decoded and no query; the proof's is compared in that form (RFC 9449 section 4.3). With
    `access_token` the proof must carry its hash; with `jkt` its key must be that one.
    """
    key = _key_of(proof)
    claims = claims_with(proof, key, ALGORITHMS) if key else None
    if key is None or claims is None or not _holds(claims, method, url, now.timestamp(), access_token):
        raise Refusal("invalid-dpop-proof")
    thumbprint = key.thumbprint()
    if jkt is not None and not hmac.compare_digest(jkt.encode(), thumbprint.encode()):
        raise Refusal("invalid-dpop-proof")
    if "nonce" in claims and not is_nonce(claims["nonce"]):
        raise Refusal("use-dpop-nonce")
    digest = hashlib.sha256(f"dpop\n{thumbprint}\n{claims['jti']}".encode()).hexdigest()
    issued = datetime.fromtimestamp(claims["iat"], UTC)
    use = Use(digest, issued + timedelta(seconds=OLDEST_SECONDS + AHEAD_SECONDS), issued)
    return Proof(thumbprint, use, "nonce" in claims)


def _key_of(proof: str) -> Key | None:
    header = header_of(proof) or {}
    right = header.get("typ") == "dpop+jwt" and header.get("alg") in ALGORITHMS and set(header) <= HEADERS
    try:
        return public_key(header.get("jwk")) if right else None
    except NotAPublicKey:
        return None


def _holds(claims: dict[str, Any], method: str, url: str, now: float, access_token: str | None) -> bool:
    issued, jti, address = claims.get("iat"), claims.get("jti"), claims.get("htu")
    if not is_time(issued) or not isinstance(jti, str) or not is_token(jti) or not isinstance(address, str):
        return False
    return (
        claims.get("htm") == method
        and unquote(_bare(address)) == url
        and now - OLDEST_SECONDS <= issued <= now + AHEAD_SECONDS
        and (access_token is None or claims.get("ath") == hash_of(access_token))
    )


def _bare(url: str) -> str:
    return url.split("#")[0].split("?")[0]


def hash_of(access_token: str) -> str:
    """The `ath` of an access token."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()).rstrip(b"=").decode()


def prove(
    key: ECKey,
    *,
    method: str,
    url: str,
    now: datetime,
    jti: str,
    access_token: str | None = None,
    nonce: str | None = None,
) -> str:
    """A proof made by a client with its private key; what our relying party and tests send."""
    claims: dict[str, Any] = {"htm": method, "htu": _bare(url), "iat": int(now.timestamp()), "jti": jti}
    if access_token is not None:
        claims["ath"] = hash_of(access_token)
    if nonce is not None:
        claims["nonce"] = nonce
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    registry = PinnedRegistry(algorithms=["ES256"])
    return jws.serialize_compact(header, json.dumps(claims).encode(), key, algorithms=["ES256"], registry=registry)

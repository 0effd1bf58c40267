"""DPoP proofs (RFC 9449): the caller shows, for this one request, that it holds the key its token is bound to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import oauth

ALGORITHMS = ["ES256", "EdDSA", "Ed25519", "PS256"]
OLDEST = 60
AHEAD = 5
LONGEST = 8_192
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def verify(
    session: Session,
    proof: str,
    *,
    method: str,
    url: str,
    now: datetime,
    access_token: str | None = None,
    jkt: str | None = None,
) -> str:
    """The RFC 7638 thumbprint of the proof's key; raises Refusal `invalid-dpop-proof`.

    `url` is compared without query and fragment. With `access_token` the proof must carry its hash; with `jkt` its key
    must be that one. A `jti` is taken once by all workers together.
    """
    try:
        claims, thumbprint = _open(proof)
        _check(claims, method, url, now, access_token)
    except (JoseError, ValueError, KeyError, TypeError, RecursionError):
        raise Refusal("invalid-dpop-proof") from None
    if jkt is not None and not hmac.compare_digest(jkt.encode(), thumbprint.encode()):
        raise Refusal("invalid-dpop-proof")
    digest = hashlib.sha256(f"dpop\n{thumbprint}\n{claims['jti']}".encode()).hexdigest()
    expires = datetime.fromtimestamp(int(claims["iat"]), UTC) + timedelta(seconds=OLDEST + AHEAD)
    if not oauth.use_once(session, digest, expires):
        raise Refusal("invalid-dpop-proof")
    return thumbprint


def _open(proof: str) -> tuple[dict[str, Any], str]:
    if len(proof) > LONGEST or proof.count(".") != 2:
        raise ValueError
    header = json.loads(_unbase64(proof.split(".")[0]))
    jwk = header["jwk"]
    if header.get("typ") != "dpop+jwt" or not isinstance(jwk, dict) or _PRIVATE & set(jwk) or "crit" in header:
        raise ValueError
    if header.get("alg") not in ALGORITHMS:
        raise ValueError
    key = JWKRegistry.import_key(jwk)
    opened = jws.deserialize_compact(proof, key, algorithms=ALGORITHMS, registry=_REGISTRY)
    claims = json.loads(opened.payload)
    if not isinstance(claims, dict):
        raise ValueError
    return claims, key.thumbprint()


_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS, header_registry={}, strict_check_header=False)


def _check(claims: dict[str, Any], method: str, url: str, now: datetime, access_token: str | None) -> None:
    age = int(now.timestamp()) - claims["iat"]
    right_token = access_token is None or claims["ath"] == hash_of(access_token)
    if not isinstance(claims["iat"], int) or not isinstance(claims["jti"], str) or not 0 < len(claims["jti"]) <= 256:
        raise ValueError
    if claims["htm"] != method or _bare(claims["htu"]) != _bare(url) or not -AHEAD <= age <= OLDEST or not right_token:
        raise ValueError


def _bare(url: str) -> str:
    return url.split("#")[0].split("?")[0]


def hash_of(access_token: str) -> str:
    """The `ath` of an access token."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def prove(key: ECKey, *, method: str, url: str, now: datetime, jti: str, access_token: str | None = None) -> str:
    """A proof made by a client with its private key; what our own clients and tests send."""
    claims: dict[str, Any] = {"htm": method, "htu": _bare(url), "iat": int(now.timestamp()), "jti": jti}
    if access_token is not None:
        claims["ath"] = hash_of(access_token)
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    return jws.serialize_compact(header, json.dumps(claims).encode(), key, algorithms=["ES256"], registry=_REGISTRY)

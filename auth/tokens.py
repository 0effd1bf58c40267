"""Access tokens: `at+jwt` (RFC 9068), ES256, ten minutes, bound to the client's key (RFC 9449); and ID tokens."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from app.domain.errors import Refusal
from app.store.admission import token_id
from app.store.keys import KeyRing, SigningKey
from auth.acr import AMR
from auth.jose import header_of

LIFETIME = timedelta(minutes=10)
TYPE = "at+jwt"
ALGORITHM = "ES256"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified access token says. `grant_id` is empty for client credentials; `jkt` is the key's thumbprint."""

    client_id: str
    subject: str
    scopes: frozenset[str]
    jkt: str
    grant_id: str
    acr: str
    auth_time: int
    jti: str
    expires_at: int


def issue(
    keys: KeyRing,
    *,
    issuer: str,
    client_id: str,
    subject: str,
    scopes: list[str],
    jkt: str,
    now: datetime,
    grant_id: str = "",
    acr: str = "",
    auth_time: int = 0,
    client_key: str = "",
) -> str:
    """A signed access token for our own API, audience and issuer both `issuer`.

    `client_key` is the `kid` of the key that the client authenticated with: the token dies with it.
    """
    key = keys.current("token")
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": issuer,
        "sub": subject,
        "client_id": client_id,
        "scope": " ".join(scopes),
        "jti": token_id(client_key),
        "iat": issued,
        "exp": issued + int(LIFETIME.total_seconds()),
        "cnf": {"jkt": jkt},
    }
    if grant_id:
        claims |= {"grant_id": grant_id, "acr": acr, "auth_time": auth_time, **_methods(acr)}
    return _signed(key, claims, TYPE)


def issue_id_token(
    keys: KeyRing,
    *,
    issuer: str,
    client_id: str,
    subject: str,
    access_token: str,
    now: datetime,
    acr: str,
    auth_time: int,
    nonce: str | None,
) -> str:
    """A signed ID token (OpenID Connect Core 2): who logged in, when and how surely, and nothing else about them."""
    key = keys.current("token")
    issued = int(now.timestamp())
    digest = hashlib.sha256(access_token.encode()).digest()
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": client_id,
        "sub": subject,
        "iat": issued,
        "exp": issued + int(LIFETIME.total_seconds()),
        "acr": acr,
        "auth_time": auth_time,
        "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
        **_methods(acr),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return _signed(key, claims, "JWT")


def _methods(acr: str) -> dict[str, list[str]]:
    return {"amr": AMR[acr]} if acr in AMR else {}


def _signed(key: SigningKey, claims: dict[str, Any], typ: str) -> str:
    private = cast(EllipticCurvePrivateKey, key.private.private_key)
    return jwt.encode(claims, private, algorithm=ALGORITHM, headers={"typ": typ, "kid": key.kid})


def verify(keys: KeyRing, token: str, *, issuer: str, now: datetime) -> AccessToken:
    """The token's content; raises Refusal `invalid-token` unless type, key, signature, times and binding all hold.

    The header chooses among our published keys by `kid` and nothing else (RFC 8725); `jku`, `x5u`, `jwk` mean nothing.
    """
    try:
        header = header_of(token) or {}
        jwk = (
            keys.public(str(header.get("kid")), "token") if header.get("typ") == TYPE and "crit" not in header else None
        )
        if jwk is None or header.get("alg") != ALGORITHM:
            raise Refusal("invalid-token")
        return _content(_signed_claims(token, jwk["x"], jwk["y"], issuer), int(now.timestamp()))
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError):
        raise Refusal("invalid-token") from None


@lru_cache(maxsize=4_096)
def _signed_claims(token: str, x: str, y: str, issuer: str) -> Mapping[str, Any]:
    """What a token of ours says, its times unread: a client sends the same one for ten minutes. Raises PyJWTError."""
    claims = jwt.decode(
        token,
        _verifier(x, y),
        algorithms=[ALGORITHM],
        audience=issuer,
        issuer=issuer,
        options={
            "require": ["exp", "iat", "aud", "iss", "sub", "client_id", "jti", "cnf"],
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
        },
    )
    return MappingProxyType(claims)


@lru_cache(maxsize=32)
def _verifier(x: str, y: str) -> jwt.PyJWK:
    """One of our public keys, read once: reading it costs as much as checking a signature."""
    return jwt.PyJWK({"kty": "EC", "crv": "P-256", "x": x, "y": y}, algorithm=ALGORITHM)


def _content(claims: Mapping[str, Any], now: int) -> AccessToken:
    life = int(LIFETIME.total_seconds())
    if not (claims["iat"] - 60 <= now < claims["exp"] and claims["exp"] - claims["iat"] <= life):
        raise Refusal("invalid-token")
    return AccessToken(
        client_id=str(claims["client_id"]),
        subject=str(claims["sub"]),
        scopes=frozenset(str(claims.get("scope", "")).split()),
        jkt=str(claims["cnf"]["jkt"]),
        grant_id=str(claims.get("grant_id", "")),
        acr=str(claims.get("acr", "")),
        auth_time=int(claims.get("auth_time", 0)),
        jti=str(claims["jti"]),
        expires_at=int(claims["exp"]),
    )

"""Checking a presentation of a wallet credential, strictly and with the published keys alone (RFC 9901 section 7).

For verifiers: `xinyi card verify PRESENTATION`. It refuses what the format allows and we never issue, so hostile input
meets size limits and one encoding first, signatures second, and everything else after.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain import credential
from app.services import disclosures, es256, status_lists
from app.services.disclosures import DoNotFit
from app.services.status_lists import NoStatus, key_named

LONGEST = 16_384
KB_TYPE = "kb+jwt"
KB_OLDEST_SECONDS, AHEAD_SECONDS = 300, 60
"""How old a presentation may be, and how far ahead the phone's clock."""


class CredentialInvalid(Exception):
    """A presentation does not hold; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REASONS: Mapping[str, str] = {
    "not_a_presentation": "this is no presentation of a credential of ours",
    "unknown_key": "none of these keys signed it",
    "tampered": "it was changed after it was signed",
    "wrong_type": "it is no name card of this issuer",
    "expired": "its time is over",
    "not_yet_valid": "it is dated in the future",
    "disclosures_do_not_fit": "what it discloses is not what was signed",
    "no_holder": "its holder did not sign it: whoever has a copy could show it",
    "not_the_holder": "another than its holder signed it, or changed it afterwards",
    "wrong_nonce": "it was made for another nonce: it is shown again",
    "wrong_audience": "it was made for another audience",
    "stale": "it was not made in the last five minutes",
    "no_status": "its status list does not hold",
    "revoked": "its holder or its issuer took it back",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What the verifier knows: the issuer and its keys, its own name and the nonce that it gave, and the moment."""

    issuer: str
    jwks: Mapping[str, Any]
    audience: str
    nonce: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Presented:
    """What a presentation that holds says: the claims that its holder chose to disclose, and its term."""

    claims: Mapping[str, Any]
    issued_at: datetime
    expires_at: datetime


def check(text: str, expected: Expected, status_of: Callable[[str], str]) -> Presented:
    """What the presentation says, if all of it holds; raises CredentialInvalid with the reason.

    `status_of` gives the text of the status list at an address of this issuer; what it raises passes through.
    """
    parts = text.split("~")
    if len(text) > LONGEST or len(parts) < 2:
        raise CredentialInvalid("not_a_presentation")
    signed, shown, holder = parts[0], parts[1:-1], parts[-1]
    claims = _signed(signed, expected)
    _check_envelope(claims, expected)
    _check_holder(holder, text.removesuffix(holder), claims["cnf"]["jwk"], expected)
    told = _disclosed(claims, shown)
    _check_status(claims["status"]["status_list"], expected, status_of)
    return Presented(told, _moment(claims["iat"]), _moment(claims["exp"]))


def _signed(token: str, expected: Expected) -> dict[str, Any]:
    header = es256.header_of(token)
    if header is None:
        raise CredentialInvalid("not_a_presentation")
    if header.get("typ") != credential.TYPE:
        raise CredentialInvalid("wrong_type")
    jwk = key_named(expected.jwks, header.get("kid"))
    if jwk is None:
        raise CredentialInvalid("unknown_key")
    claims = es256.claims_by(token, jwk)
    if claims is None:
        raise CredentialInvalid("tampered")
    return claims


def _check_envelope(claims: Mapping[str, Any], expected: Expected) -> None:
    """The claims that every reader sees: all there, of the right kind, of this issuer, in time."""
    issuer, times = expected.issuer, (claims.get("iat"), claims.get("exp"))
    status = claims.get("status")
    place = status.get("status_list") if isinstance(status, dict) else None
    right = (
        claims.get("iss") == issuer
        and claims.get("vct") == credential.type_of(issuer)
        and all(es256.is_moment(time) for time in times)
        and isinstance(place, dict)
        and es256.is_moment(place.get("idx"))
        and credential.is_lists(place.get("uri"), issuer)
        and _is_key(claims.get("cnf"))
    )
    if not right:
        raise CredentialInvalid("wrong_type")
    now = int(expected.now.timestamp())
    if now >= claims["exp"]:
        raise CredentialInvalid("expired")
    if now < max(claims["iat"], _not_before(claims)) - AHEAD_SECONDS:
        raise CredentialInvalid("not_yet_valid")


def _not_before(claims: Mapping[str, Any]) -> int:
    value = claims.get("nbf", 0)
    if not es256.is_moment(value):
        raise CredentialInvalid("wrong_type")
    return int(value)


def _is_key(confirmation: object) -> bool:
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    return isinstance(jwk, dict) and set(jwk) == set(es256.POINT)


def _check_holder(token: str, presented: str, jwk: Mapping[str, Any], expected: Expected) -> None:
    """The KB-JWT (RFC 9901 section 4.3): by the phone's key, over these very disclosures, for this verifier, now."""
    if not token:
        raise CredentialInvalid("no_holder")
    header = es256.header_of(token) or {}
    claims = es256.claims_by(token, jwk) if header.get("typ") == KB_TYPE else None
    digest = es256.base64url(hashlib.sha256(presented.encode()).digest())
    if claims is None or not _same(claims.get("sd_hash"), digest):
        raise CredentialInvalid("not_the_holder")
    if not _same(claims.get("aud"), expected.audience):
        raise CredentialInvalid("wrong_audience")
    if not _same(claims.get("nonce"), expected.nonce):
        raise CredentialInvalid("wrong_nonce")
    made = claims.get("iat")
    age = int(expected.now.timestamp()) - int(str(made)) if es256.is_moment(made) else KB_OLDEST_SECONDS + 1
    if not -AHEAD_SECONDS <= age <= KB_OLDEST_SECONDS:
        raise CredentialInvalid("stale")


def _same(told: object, expected: str) -> bool:
    return isinstance(told, str) and hmac.compare_digest(told.encode(), expected.encode())


def _disclosed(claims: Mapping[str, Any], shown: Sequence[str]) -> dict[str, Any]:
    try:
        told = disclosures.disclosed(claims, shown)
    except DoNotFit:
        raise CredentialInvalid("disclosures_do_not_fit") from None
    return {name: value for name, value in told.items() if name not in credential.ENVELOPE}


def _check_status(place: Mapping[str, Any], expected: Expected, status_of: Callable[[str], str]) -> None:
    uri, idx = place["uri"], place["idx"]
    try:
        revoked = status_lists.is_revoked(status_of(uri), uri=uri, idx=idx, jwks=expected.jwks, now=expected.now)
    except NoStatus:
        raise CredentialInvalid("no_status") from None
    if revoked:
        raise CredentialInvalid("revoked")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

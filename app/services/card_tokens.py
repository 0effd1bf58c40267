"""Offline cards: a face as a CWT (RFC 8392) in COSE_Sign1 (RFC 9052), ES256, in base45 (RFC 9285) behind `XY1:`.

Verifying needs the published JWKS and nothing else: no network, no account. The key id is the first eight bytes of the
key's SHA-256 thumbprint (RFC 7638), so that a reader finds the key whatever the JWKS calls it. At most 156 bytes of
claims keep the QR code at version 11, level M (issue A): 366 alphanumeric characters.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import base45
import cbor2
from cwt import COSE, COSEKey, VerifyError

from app.domain import card
from app.domain.card import Face
from app.domain.card_claims import as_claims, claim_field, from_claims
from app.domain.entity_card import (
    EntityFace,
    entity_as_claims,
    entity_as_json,
    entity_claim_field,
    entity_from_claims,
)
from app.domain.errors import Refusal

PREFIX = "XY1:"
MAX_CLAIMS = 156
MAX_TEXT = 366
LIFETIME = timedelta(hours=1)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=12)
CLOCK_SKEW = timedelta(minutes=2)

ENTITY = "entity"
"""The purpose of a legal entity's card, which has one only."""

_EXP, _IAT, _CARD, _ENTITY = 4, 6, -65537, -65538
"""Claim keys: RFC 8392 section 4, and of the private-use range one for a person's card and one for an entity's."""
_ALG, _KID, _ES256 = 1, 4, -7
_SHAPE = re.compile(
    rb"\xd2\x84"  # tag 18, COSE_Sign1: an array of four
    rb"\x4d\xa2\x01\x26\x04\x48(?P<kid>.{8})"  # protected {alg: ES256, kid}
    rb"\xa0"  # unprotected {}
    rb"\x58(?P<size>.)(?P<payload>.{24,156})"
    rb"\x58\x40.{64}",  # signature
    re.DOTALL,
)
"""The one encoding that we sign, so that no CBOR parser meets bytes of another make before their signature has held."""


class CardInvalid(Exception):
    """A card does not hold; `reason` is `not_a_card`, `unknown_key`, `tampered`, `expired` or `not_yet_valid`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class OfflineCard:
    """What a card that holds says: of a person, or of a legal entity."""

    face: Face | EntityFace
    purpose: str
    issued_at: datetime
    expires_at: datetime

    def as_json(self) -> dict[str, Any]:
        """`{purpose, issued_at, expires_at, card}` with codes as they stand on the card."""
        times = {"issued_at": self.issued_at.isoformat(), "expires_at": self.expires_at.isoformat()}
        return {"purpose": self.purpose, **times, "card": _plain(self.face)}


def sign(shown: Face, purpose: str, *, key: Mapping[str, Any], now: datetime, lifetime: timedelta = LIFETIME) -> str:
    """The card's text for a QR code. `key` is a private JWK (EC, P-256); `lifetime` from 5 minutes to 12 hours.

    Raises Refusal `card-too-large`, naming the first field that is too much.
    """
    return _signed(_CARD, as_claims(shown, purpose), claim_field, key=key, now=now, lifetime=lifetime)


def sign_entity(shown: EntityFace, *, key: Mapping[str, Any], now: datetime, lifetime: timedelta = LIFETIME) -> str:
    """A legal entity's card, of which `OFFLINE_FIELDS` show; as `sign`."""
    return _signed(_ENTITY, entity_as_claims(shown), entity_claim_field, key=key, now=now, lifetime=lifetime)


def _signed(
    ours: int, shown: dict[int, Any], field_of: Callable[[int], str], *,
    key: Mapping[str, Any], now: datetime, lifetime: timedelta,
) -> str:  # fmt: skip
    issued = int(now.timestamp())
    claims = {_EXP: issued + int(lifetime.total_seconds()), _IAT: issued}
    payload = _fit(claims, ours, shown, field_of)
    header = {_ALG: _ES256, _KID: key_id(key)}
    token = COSE.new().encode(payload, _cose_key(key), protected=header)
    return PREFIX + str(base45.b45encode(token), "ascii")


def verify(text: str, jwks: Mapping[str, Any], now: datetime) -> OfflineCard:
    """What the card says, if it holds at `now` under the published `jwks`; raises CardInvalid with the reason."""
    token = _decode(text)
    shape = _SHAPE.fullmatch(token)
    if shape is None or shape["size"][0] != len(shape["payload"]):
        raise CardInvalid("not_a_card")
    key = next((jwk for jwk in jwks.get("keys", []) if _signs_cards(jwk) and key_id(jwk) == shape["kid"]), None)
    if key is None:
        raise CardInvalid("unknown_key")
    try:
        return _in_time(_read(COSE.new().decode(token, _cose_key(key))), now)
    except VerifyError:
        raise CardInvalid("tampered") from None
    except ValueError:
        raise CardInvalid("unknown_key") from None


def key_id(jwk: Mapping[str, Any]) -> bytes:
    """The COSE `kid` of an EC key: eight bytes of its JWK thumbprint (RFC 7638)."""
    required = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return hashlib.sha256(json.dumps(required, separators=(",", ":"), sort_keys=True).encode()).digest()[:8]


def _fit(claims: dict[int, Any], ours: int, wanted: dict[int, Any], field_of: Callable[[int], str]) -> bytes:
    payload = b""
    shown: dict[int, Any] = {}
    for name, value in wanted.items():
        shown[name] = value
        payload = cbor2.dumps({**claims, ours: shown})
        if len(payload) > MAX_CLAIMS:
            raise Refusal("card-too-large", field="/show/fields", name=field_of(name), limit=MAX_CLAIMS)
    return payload


def _cose_key(jwk: Mapping[str, Any]) -> Any:
    params: dict[int, Any] = {1: 2, 2: key_id(jwk), 3: _ES256, -1: 1, -2: _octets(jwk["x"]), -3: _octets(jwk["y"])}
    if "d" in jwk:
        params[-4] = _octets(jwk["d"])
    return COSEKey.new(params)


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signs_cards(jwk: object) -> bool:
    if not isinstance(jwk, dict):
        return False
    coordinates = isinstance(jwk.get("x"), str) and isinstance(jwk.get("y"), str)
    return jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" and coordinates


def _decode(text: str) -> bytes:
    if not text.startswith(PREFIX) or len(text) > MAX_TEXT:
        raise CardInvalid("not_a_card")
    try:
        return bytes(base45.b45decode(text.removeprefix(PREFIX).encode("ascii")))
    except ValueError:
        raise CardInvalid("not_a_card") from None


def _read(payload: bytes) -> OfflineCard:
    try:
        claims = cbor2.loads(payload)
        face, purpose = _face(claims)
        return OfflineCard(face, purpose, _moment(claims[_IAT]), _moment(claims[_EXP]))
    except (ValueError, LookupError, TypeError, cbor2.CBORDecodeError):
        raise CardInvalid("not_a_card") from None


def _face(claims: Mapping[int, Any]) -> tuple[Face | EntityFace, str]:
    return (entity_from_claims(claims[_ENTITY]), ENTITY) if _ENTITY in claims else from_claims(claims[_CARD])


def _plain(face: Face | EntityFace) -> dict[str, Any]:
    if isinstance(face, EntityFace):
        return entity_as_json(face)
    shown = card.as_json(face)
    shown.get("role", {}).pop("entity", None)  # an id of ours, which no card carries
    return shown


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _in_time(read: OfflineCard, now: datetime) -> OfflineCard:
    if now >= read.expires_at:
        raise CardInvalid("expired")
    if now < read.issued_at - CLOCK_SKEW:
        raise CardInvalid("not_yet_valid")
    return read

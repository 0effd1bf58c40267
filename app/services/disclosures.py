"""Putting disclosures back where they were hidden, each exactly once (RFC 9901 section 7.1, steps 3 to 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from app.services import es256

MOST, LONGEST = 40, 2_048
RESERVED = frozenset(
    {"_sd", "_sd_alg", "...", "iss", "sub", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"}
)
"""Names that nothing may be disclosed under: they steer how the rest is read."""
_HASH = "sha-256"


class DoNotFit(Exception):
    """Disclosures are not those that were signed."""


class _Shown:
    """The disclosures of one presentation, by digest; each is taken once."""

    def __init__(self, disclosures: Sequence[str]) -> None:
        self.left = {digest(one): _read(one) for one in disclosures}
        self.seen: set[str] = set()
        if len(self.left) < len(disclosures):
            raise DoNotFit

    def take(self, hidden: object, length: int) -> list[Any] | None:
        """The disclosure behind a digest, or None where it is not shown (or a decoy)."""
        if not isinstance(hidden, str) or hidden in self.seen:
            raise DoNotFit
        self.seen.add(hidden)
        found = self.left.pop(hidden, None)
        if found is not None and len(found) != length:
            raise DoNotFit
        return found


def disclosed(claims: Mapping[str, Any], disclosures: Sequence[str]) -> dict[str, Any]:
    """The claims with what is disclosed in its place; raises DoNotFit.

    Refused: a disclosure that nothing refers to, one that is there twice, a digest that is there twice, a name that is
    reserved or there already, another hash than SHA-256, more than 40 disclosures or one of more than 2 KiB.
    """
    if len(disclosures) > MOST or claims.get("_sd_alg", _HASH) != _HASH:
        raise DoNotFit
    shown = _Shown(disclosures)
    told: dict[str, Any] = _open({name: value for name, value in claims.items() if name != "_sd_alg"}, shown)
    if shown.left:
        raise DoNotFit
    return told


def digest(disclosure: str) -> str:
    """What a disclosure is hidden behind: the SHA-256 of its text in base64url."""
    return es256.base64url(hashlib.sha256(disclosure.encode()).digest())


def _read(disclosure: str) -> list[Any]:
    if not 0 < len(disclosure) <= LONGEST or not disclosure.isascii():
        raise DoNotFit
    try:
        parts = es256.decoded(disclosure)
    except ValueError:
        raise DoNotFit from None
    if not isinstance(parts, list) or not 2 <= len(parts) <= 3 or not isinstance(parts[0], str):
        raise DoNotFit
    return parts


def _open(value: Any, shown: _Shown) -> Any:
    if isinstance(value, dict):
        return _open_object(value, shown)
    if isinstance(value, list):
        return _open_list(value, shown)
    return value


def _open_object(value: Mapping[str, Any], shown: _Shown) -> dict[str, Any]:
    if "..." in value or "_sd_alg" in value:
        raise DoNotFit
    hidden = value.get("_sd", [])
    if not isinstance(hidden, list):
        raise DoNotFit
    told = {name: _open(one, shown) for name, one in value.items() if name != "_sd"}
    for one in hidden:
        found = shown.take(one, 3)
        if found is None:
            continue
        _, name, inside = found
        if not isinstance(name, str) or name in RESERVED or name in told:
            raise DoNotFit
        told[name] = _open(inside, shown)
    return told


def _open_list(value: Sequence[Any], shown: _Shown) -> list[Any]:
    told = []
    for one in value:
        if not (isinstance(one, dict) and "..." in one):
            told.append(_open(one, shown))
            continue
        if set(one) != {"..."}:
            raise DoNotFit
        found = shown.take(one["..."], 2)
        if found is not None:
            told.append(_open(found[1], shown))
    return told

"""A face as integer-keyed claims for a CWT (RFC 8392): codes instead of words, so that an offline card stays small.

The numbers are a format that cards out there are read by: they are added to, never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.card import PURPOSES, Face, Grade, NameKind, showing
from app.domain.entity import Role

ROLE_CODES = ("legal_representative", "operator", "managing_partner", "responsible_person")
"""By number: with a word, an entity of twenty characters would not fit beside the badges."""


def as_claims(shown: Face, purpose: str) -> dict[int, Any]:
    """The claims, key 0 the purpose. What no purpose allows, a report and an avatar, has none; an entity goes by its

    unified social credit code, not by our id of it.
    """
    claims: dict[int, Any] = {0: _PURPOSES.index(purpose), 1: shown.name, 2: _NAME_KINDS.index(shown.name_kind)}
    return claims | {_CLAIMS[name]: _short(value) for name, value in showing(shown).items() if name in _CLAIMS}


def from_claims(claims: Mapping[int, Any]) -> tuple[Face, str]:
    """The face and the purpose that `as_claims` wrote; claims of a later version are passed over.

    Raises KeyError, IndexError, TypeError or ValueError where they are not a card's.
    """
    values = {name: claims[key] for name, key in _CLAIMS.items() if key in claims}
    if "grade" in values:
        values["grade"] = Grade(*values["grade"])
    if "role" in values:
        uscc, entity_name, role = values["role"]
        values["role"] = Role("", entity_name, uscc, ROLE_CODES[role])
    values["honours"] = tuple(values.get("honours", ()))
    return Face(name=claims[1], name_kind=_NAME_KINDS[claims[2]], **values), _PURPOSES[claims[0]]


def claim_field(key: int) -> str:
    """The ticked field, or `display_name`, that a claim of `as_claims` comes from."""
    return _FIELDS.get(key, "display_name")


_CLAIMS = {
    "assurance_level": 3,
    "city": 4,
    "grade": 5,
    "score": 6,
    "volunteer_stars": 7,
    "blood_donor": 8,
    "honours": 9,
    "role": 10,
}
_FIELDS = {key: {"assurance_level": "verified", "role": "legal_role"}.get(name, name) for name, key in _CLAIMS.items()}
_NAME_KINDS = (NameKind.MASKED, NameKind.FULL, NameKind.NICKNAME)
_PURPOSES = tuple(PURPOSES)


def _short(value: Any) -> Any:
    if isinstance(value, Grade):
        return [value.pack, value.code]
    if isinstance(value, Role):
        return [value.uscc, value.name, ROLE_CODES.index(value.role)]
    return list(value) if isinstance(value, tuple) else value

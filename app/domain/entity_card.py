"""An entity's own card: what its representative ticks of its public facts, and what the other side then sees.

Nothing adverse is on it, because no field for it exists; nor is anything of the person who shows it but what they are
to the entity. Only an active entity has a card (domain.md section 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.card_claims import ROLE_CODES
from app.domain.entity import EntityKind

ENTITY_FIELDS = ("uscc", "kind", "city", "established_on", "honours", "permits", "role")
"""What may be ticked besides the name, in the order in which the card shows it."""

OFFLINE_FIELDS = ("uscc", "kind", "city", "established_on", "role")
"""What of it fits a code that a stranger checks without a network."""


@dataclass(frozen=True, slots=True)
class EntityTicks:
    """What a representative chose to show: fields out of `ENTITY_FIELDS`. The least is the entity's name."""

    fields: frozenset[str] = frozenset({"uscc", "kind", "role"})

    @property
    def in_order(self) -> list[str]:
        """The fields as the card shows them."""
        return [field for field in ENTITY_FIELDS if field in self.fields]


@dataclass(frozen=True, slots=True)
class EntityFace:
    """Exactly what the other side sees: what is not ticked, or has nothing to show, is None or ().

    `established_on` is a day, YYYY-MM-DD; `honours` and `permits` are the titles of what counts today.
    """

    name: str
    uscc: str | None = None
    kind: str | None = None
    city: str | None = None
    established_on: str | None = None
    honours: tuple[str, ...] = ()
    permits: tuple[str, ...] = ()
    role: str | None = None


def entity_face(whole: EntityFace, ticks: EntityTicks) -> EntityFace:
    """What shows of `whole`, on which everything stands that could."""
    return EntityFace(whole.name, **{field: getattr(whole, field) for field in ticks.in_order})


def offline_face(face: EntityFace) -> EntityFace:
    """What of `face` fits a code that a stranger checks without a network."""
    return entity_face(face, EntityTicks(frozenset(OFFLINE_FIELDS)))


def entity_as_json(face: EntityFace) -> dict[str, Any]:
    """The face as the API gives it; what does not show is left out."""
    values = {field: getattr(face, field) for field in ENTITY_FIELDS}
    shown = {field: list(value) if isinstance(value, tuple) else value for field, value in values.items() if value}
    return {"name": face.name, **shown}


def entity_as_claims(face: EntityFace) -> dict[int, str | int]:
    """The face as integer-keyed claims for a CWT (RFC 8392): 1 the name, then the fields of `OFFLINE_FIELDS`."""
    shown = {field: value for field in OFFLINE_FIELDS if (value := getattr(face, field))}
    coded = {field: _CODES[field].index(value) if field in _CODES else value for field, value in shown.items()}
    return {1: face.name} | {_CLAIMS[field]: value for field, value in coded.items()}


def entity_from_claims(claims: Mapping[int, Any]) -> EntityFace:
    """The face that `entity_as_claims` wrote; claims of a later version are passed over.

    Raises LookupError or TypeError where they are not an entity's.
    """
    said = {field: claims[key] for field, key in _CLAIMS.items() if key in claims}
    values: dict[str, Any] = {field: str(_CODES[field][one] if field in _CODES else one) for field, one in said.items()}
    return EntityFace(name=str(claims[1]), **values)


def entity_claim_field(key: int) -> str:
    """The field that a claim of `entity_as_claims` comes from."""
    return next((field for field, known in _CLAIMS.items() if known == key), "name")


_CODES: Mapping[str, Sequence[str]] = {"kind": tuple(EntityKind), "role": ROLE_CODES}
"""By number: with words, a name of twenty characters would not fit. Each keeps its number; another comes behind."""
_CLAIMS = {field: number for number, field in enumerate(OFFLINE_FIELDS, 2)}

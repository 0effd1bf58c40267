"""What a new version of an offer says differently, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from app.domain.offer import Offer

ALIKE = ("version", "source", "illustrative")
"""Fields that change nothing for anyone."""


@dataclass(frozen=True, slots=True)
class OfferChange:
    """One field, such as `benefit.days`, that is new (`before` None), gone (`after` None) or different."""

    field: str
    before: str | None
    after: str | None


def offer_changes(old: Offer, new: Offer) -> tuple[OfferChange, ...]:
    """Every field that differs, in the order of an offer; its version is one of them."""
    before, after = dict(_said("", old)), dict(_said("", new))
    every = dict.fromkeys((*after, *before))
    return tuple(
        OfferChange(name, before.get(name), after.get(name)) for name in every if before.get(name) != after.get(name)
    )


def changed_fields(old: Offer, new: Offer) -> tuple[str, ...]:
    """The fields of an offer that mean something else for people, by their first name, such as `benefit`."""
    return tuple(
        field.name
        for field in fields(Offer)
        if field.name not in ALIKE and getattr(old, field.name) != getattr(new, field.name)
    )


def _said(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if is_dataclass(value):
        kind: dict[str, Any] = {"kind": getattr(type(value), "kind", None)}
        parts = kind | {field.name: getattr(value, field.name) for field in fields(value)}
        for part, inner in parts.items():
            yield from _said(f"{name}.{part}" if name else part, inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, inner in enumerate(value):
            yield from _said(f"{name}[{place}]", inner)
    elif value is not None:
        yield name, value.isoformat() if isinstance(value, date) else str(value)

"""Who looks at a person's data (guardrail 13)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of those who can look."""

    CITIZEN = "citizen"
    PARTNER = "partner"
    DEPARTMENT = "department"
    OPERATOR = "operator"
    SYSTEM = "system"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who looks: `id` is stable, `name` is what the citizen reads."""

    kind: ActorKind
    id: str
    name: str


SYSTEM = Actor(ActorKind.SYSTEM, "system", "信易+")
PUBLIC = Actor(ActorKind.PUBLIC, "public", "持码核验人")
"""Whoever holds a code that the person gave away; who that is we neither know nor ask."""
SELF = Actor(ActorKind.CITIZEN, "self", "本人")

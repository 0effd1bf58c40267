"""Presets of a card: named sets of ticks, each the least that its occasion needs. None shows the score or a face."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.card import NameKind, Ticks

PRESETS: Mapping[str, Ticks] = {
    "introduction": Ticks(NameKind.MASKED, frozenset({"verified", "city"})),
    "volunteer": Ticks(NameKind.MASKED, frozenset({"verified", "volunteer_stars", "honours"})),
    "business": Ticks(NameKind.FULL, frozenset({"verified", "city", "legal_role"})),
    "credit": Ticks(NameKind.MASKED, frozenset({"verified", "city", "grade"})),
}
"""Code → ticks: 初次见面, 志愿者, 商务, 信用."""

OWN_MOST = 8
"""How many presets of their own a person may keep."""

NAME_LENGTH = 20

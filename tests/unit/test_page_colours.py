"""Every text is legible: WCAG 2.2, 4.5 to 1 for text (1.4.3), 3 to 1 for what one acts on (1.4.11), light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

BASE = (Path(__file__).resolve().parents[2] / "app" / "web" / "static" / "css" / "base.css").read_text("utf-8")
LIGHT, DARK = (dict(re.findall(r"--([\w-]+): (#\w{6});", part)) for part in BASE.split("prefers-color-scheme: dark", 1))
TEXTS = [
    *(("ink", ground) for ground in ("paper", "surface", "sunken")),
    *(("ink-soft", ground) for ground in ("paper", "surface", "sunken")),
    *(("accent-text", ground) for ground in ("paper", "surface", "accent-soft")),
    *((ink, ground) for ink in ("hero-ink", "hero-soft") for ground in ("hero-1", "hero-2")),
    ("accent-ink", "accent"),
    ("notice-ink", "notice"),
]
SHAPES = [("accent", "surface"), ("line-strong", "surface"), ("minus", "surface")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_controls_stand_out_from_what_they_lie_on(theme: dict[str, str]) -> None:
    for pairs, least in ((TEXTS, 4.5), (SHAPES, 3.0)):
        for ink, ground in pairs:
            assert contrast(theme[ink], theme[ground]) >= least, f"{ink} on {ground}"

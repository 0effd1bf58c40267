"""The published JSON Schema of packs says what the loader reads, field by field."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.domain.pack import PackError
from app.domain.pack_file import parse_pack
from app.packs import FOLDER
from tests.support.packs import TINY
from tests.unit.test_pack_base import BASE, CITY

SCHEMA: dict[str, Any] = json.loads((FOLDER / "schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
FILES = sorted(FOLDER.glob("*.toml"))


def fits(text: str) -> bool:
    return bool(VALIDATOR.is_valid(tomllib.loads(text)))


def loads(text: str) -> bool:
    try:
        parse_pack(text, {"base": BASE})
    except PackError:
        return False
    return True


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_pack_fits_the_schema(path: Any) -> None:
    assert not [error.message for error in VALIDATOR.iter_errors(tomllib.loads(path.read_text("utf-8")))]


@pytest.mark.parametrize("text", [TINY, CITY], ids=["described", "extending"])
def test_without_any_one_line_schema_and_loader_agree(text: str) -> None:
    """Taking a field away either leaves a pack for both or for neither; what only the loader can know is apart."""
    lines = text.splitlines()
    cuttable = [number for number, line in enumerate(lines) if "=" in line and not line.startswith((" ", "grades"))]
    differing = []
    for number in cuttable:
        rest = "\n".join(lines[:number] + lines[number + 1 :])
        if fits(rest) != loads(rest):
            differing.append(lines[number])
    assert [line.split(" =")[0] for line in differing] == (
        ["extends", "common"] if text is CITY else [*KNOWN_TO_THE_BASE]
    )


KNOWN_TO_THE_BASE = (
    "name_zh", "name_en", "kind", "basis_zh", "basis_en", "sources", "disclosure", "retention_months",
    "name_zh", "name_en", "kind", "basis_zh", "basis_en", "sources", "disclosure", "retention_months",
    "name_zh", "name_en", "kind", "legal_class", "basis_zh", "basis_en", "sources", "disclosure", "retention_months",
)  # fmt: skip
"""What an item may leave out where its base says it: a schema of one file cannot tell; `TINY` extends none."""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", 'version = "1"'),
        ("version = 1", "version = 0"),
        ("base = 500", "base = 500.5"),
        ("base = 500", "owner = 1\nbase = 500"),
        ('code = "tiny"', 'code = "Tiny"'),
        ("illustrative = true", "illustrative = 1"),
        ("ceiling = 25", "ceiling = -25"),
        ("floor = -600", "floor = 600"),
        ("[[0, 100], [12, 50], [24, 0]]", "[]"),
        ("[[0, 100], [12, 50], [24, 0]]", "[[0, 101]]"),
        ("[[0, 100], [12, 50], [24, 0]]", "[[0, 100, 1]]"),
        ("centipoints = 733", "centipoints = 0"),
        ('kind = "positive"', 'kind = "neutral"'),
        ('legal_class = "serious"', 'legal_class = "minor"'),
        ('sources = ["library"]', "sources = []"),
        ("scored = false", "scored = false\nceiling = 5"),
        ("scored = false", "scored = true"),
        ("retention_months = 60", "retention_months = 61"),
    ],
)
def test_what_a_schema_can_know_is_refused_by_both(old: str, new: str) -> None:
    assert old in TINY
    text = TINY.replace(old, new, 1)
    assert (fits(text), loads(text)) == (False, False)

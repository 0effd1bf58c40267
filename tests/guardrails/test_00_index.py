"""Guardrails, the index: each of the fifteen rules has its tests, and docs/guardrails.md names them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "guardrails.md").read_text("utf-8")
ROWS = {int(row[1]): row[0] for row in re.finditer(r"^\| (\d+) \|.*$", PAGE, re.MULTILINE)}


def test_there_are_fifteen_rules() -> None:
    assert sorted(ROWS) == list(range(1, 16))


@pytest.mark.parametrize("rule", range(1, 16))
def test_every_rule_has_tests_and_the_page_names_them(rule: int) -> None:
    modules = {path.name for path in HERE.glob(f"test_{rule:02d}_*.py")}
    named = set(re.findall(r"test_\d\d_\w+\.py", ROWS[rule]))
    assert named == modules
    assert modules or re.search(r"issue[s]? [B-E]", ROWS[rule])

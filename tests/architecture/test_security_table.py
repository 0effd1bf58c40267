"""docs/security.md names a test for each of the 25 lines, and each test that it names is there."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatchcase

from tests.architecture.source import ROOT

ROW = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+)(?:\{([\w,]+)\})?(\w*\.py)(?:: (test_[\w*]+))?`")
LATER: dict[int, str] = {}
"""Lines that wait for an issue which brings what they hold."""


def rows() -> dict[int, str]:
    """What holds each line, by its number."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    return {int(number): held for number, held in ROW.findall(text)}


def named(held: str) -> list[tuple[str, str]]:
    """The files and test names of a row; `test_{a,b}.py` names two files."""
    return [
        (f"{start}{middle}{end}", name or "test_*")
        for start, middles, end, name in NAMED.findall(held)
        for middle in middles.split(",")
    ]


def names_of_tests(path: str) -> list[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


def test_all_25_lines_are_there() -> None:
    assert list(rows()) == list(range(1, 26))


def test_each_line_names_tests_or_says_which_issue_brings_them() -> None:
    silent = {number for number, held in rows().items() if not named(held)}
    assert silent == set(LATER)
    assert all("issue D" in rows()[number] for number in LATER)


def test_every_named_test_is_there() -> None:
    missing = [
        f"line {number}: {path}: {pattern}"
        for number, held in rows().items()
        for path, pattern in named(held)
        if not (ROOT / path).exists() or not any(fnmatchcase(name, pattern) for name in names_of_tests(path))
    ]
    assert not missing


def test_every_test_named_after_a_line_stands_in_the_table() -> None:
    """`test_05_…` in tests/api, and the lists of attacks, hold a line: a reader finds them from the table."""
    shown = {(number, path) for number, held in rows().items() for path, _ in named(held)}
    unnamed = {
        (int(found[1]), path)
        for file in sorted((ROOT / "tests" / "api").glob("test_*.py"))
        for path in [str(file.relative_to(ROOT))]
        for name in names_of_tests(path)
        if (found := re.match(r"test_(\d\d)_", name))
    } - shown
    assert not unnamed

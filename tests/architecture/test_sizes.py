"""Small enough to be read: files under 300 lines, functions of about ten."""

from __future__ import annotations

from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.architecture.source import PRODUCT, ROOT, Module, functions, length, modules

FILE_MOST = 300
FUNCTION_MOST = 45
MEDIAN_MOST = 10


@pytest.mark.parametrize("folder", [*PRODUCT, "tests", "examples"])
def test_every_file_is_under_300_lines(folder: str) -> None:
    suffixes = {".py", ".js", ".mjs", ".css", ".html"}
    found = (path for path in (ROOT / folder).rglob("*") if "node_modules" not in path.parts)
    files = [path for path in found if path.suffix in suffixes]
    long = {str(path.relative_to(ROOT)): count for path in files if (count := _lines(path)) >= FILE_MOST}
    assert not long


def _lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


@pytest.mark.parametrize("module", modules(*PRODUCT), ids=lambda module: module.name)
def test_every_function_is_at_most_45_lines(module: Module) -> None:
    long = {f"{module.shown}:{function.lineno} {function.name}": length(function) for function in functions(module)}
    assert not {name: lines for name, lines in long.items() if lines > FUNCTION_MOST}


def test_the_usual_function_is_about_ten_lines() -> None:
    lengths = [length(function) for module in modules(*PRODUCT) for function in functions(module)]
    middle, ninety_fifth = median(lengths), quantiles(lengths, n=20)[-1]
    print(f"\n{len(lengths)} functions: median {middle:.0f} lines, 95th percentile {ninety_fifth:.0f}")  # noqa: T201 - pytest -s shows it
    assert middle <= MEDIAN_MOST

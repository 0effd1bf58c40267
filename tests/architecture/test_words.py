"""Words: nobody is shamed in anything that people read, and nothing unfinished is in the product."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.domain.wording import HARSH
from tests.architecture.source import ROOT, calls, functions, modules, product, strings, text_of

SHAMING = ("失信", "老赖", "黑名单", "惩戒", "红黑榜", "曝光", "blacklist", "deadbeat", "dishonest", "untrustworthy")
SHOWN = {
    "texts": ["app/web/texts/*.toml", "scenarios/offers/*.toml", "examples/**/*.toml"],
    "pages": ["app/**/*.html", "auth/**/*.html", "app/**/*.js", "app/**/*.svg", "app/**/*.webmanifest"],
}
QUOTES_A_DOCUMENT = {
    "app/domain/wording.py": "the very list of such words",
    "app/domain/protected.py": "names of inputs that a pack may not have",
    "app/cli/demo_data/departments.py": "a column's name in the national file format of penalties",
    "app/domain/columns.py": "a column's name in the national file format of penalties",
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|type:\s*ignore|NotImplementedError|pragma: no cover")
TEST_DETECTION = ("PYTEST_CURRENT_TEST", "pytest", "unittest", "TESTING")


def files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


@pytest.mark.parametrize("kind", SHOWN)
def test_no_shaming_word_is_shown_to_anyone(kind: str) -> None:
    said = {
        str(path.relative_to(ROOT)): words
        for path in files(*SHOWN[kind])
        if (words := [word for word in SHAMING if word in path.read_text(encoding="utf-8").lower()])
    }
    assert not said


def test_no_shaming_word_comes_out_of_the_code() -> None:
    said = {
        f"{module.shown}: {text[:60]}"
        for module in product().values()
        if module.shown not in QUOTES_A_DOCUMENT
        for text in strings(module)
        if any(word in text.lower() for word in SHAMING)
    }
    assert not said


def test_what_a_merchant_reads_judges_nobody() -> None:
    """The words of paths, benefits and the ordinary way are neutral (guardrail 3); the registry holds offers to it."""
    for path in files("scenarios/offers/*.toml"):
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in HARSH if word in text], path.name


def test_the_product_is_finished() -> None:
    """No note to self, no silenced type checker, no stub."""
    unfinished = [
        f"{module.shown}:{number}"
        for module in product().values()
        for number, line in enumerate(module.text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not unfinished


def test_the_product_does_not_know_that_it_is_tested() -> None:
    knowing = [
        f"{module.shown}: {word}"
        for module in product().values()
        for word in (*(name for name, _ in _names(module.tree)), *strings(module))
        if word in TEST_DETECTION
    ]
    assert not knowing


def _names(tree: ast.Module) -> list[tuple[str, ast.AST]]:
    return [(node.id, node) for node in ast.walk(tree) if isinstance(node, ast.Name)]


def test_nothing_is_skipped_without_a_reason() -> None:
    silent = [
        f"{module.shown}:{call.lineno}"
        for module in modules("tests")
        for name in ("skip", "skipif", "xfail")
        for call in calls(module, name)
        if name != "skip" and not any(keyword.arg == "reason" for keyword in call.keywords)
    ]
    assert not silent


def test_public_functions_of_services_and_domain_say_what_they_mean() -> None:
    mute = [
        f"{module.shown}:{function.lineno} {function.name}"
        for module in product().values()
        if module.name.startswith(("app.domain", "app.services", "app.store", "scenarios"))
        for function in functions(module)
        if not function.name.startswith("_") and not ast.get_docstring(function) and _is_public(module.tree, function)
    ]
    assert not mute


def _is_public(tree: ast.Module, function: ast.AST) -> bool:
    """Whether it stands at the top of its module; methods inherit their meaning from their class."""
    return function in tree.body


def test_no_path_of_a_machine_is_in_the_tree() -> None:
    own = re.compile(r"/(home|root|Users)/\w|/work/\w")
    paths = [
        f"{path.relative_to(ROOT)}"
        for path in files(
            "*.toml", "Makefile", "*.md", "docs/**/*.md", "deploy/**/*", ".ci/*", "app/**/*.py", "auth/**/*.py"
        )
        if path.is_file() and own.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not paths


def test_only_the_cli_prints() -> None:
    printing = [
        f"{module.shown}:{call.lineno} {text_of(call.args[0]) if call.args else ''}"
        for module in product().values()
        if not module.name.startswith("app.cli")
        for call in calls(module, "print")
    ]
    assert not printing

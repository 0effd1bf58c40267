"""Every code that the product uses has its words in Chinese and English, and every word is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

import pytest

from app.web.errors import PROBLEMS
from app.web.texts import catalogue
from tests.architecture.source import Module, calls, product, strings, text_of

LOGGED = {"action": "action", "purpose": "purpose", "outcome": "outcome"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def refusals() -> Iterator[tuple[Module, ast.Call, str]]:
    """Every `Refusal("code", …)` of the product whose code is written out."""
    for module in product().values():
        for call in calls(module, "Refusal"):
            if call.args and (code := text_of(call.args[0])) is not None:
                yield module, call, code


@pytest.mark.parametrize("code", catalogue())
def test_a_text_says_the_same_in_both_languages(code: str) -> None:
    words = catalogue()[code]
    assert words["zh"].strip()
    assert words["en"].strip()
    assert placeholders(words["zh"]) == placeholders(words["en"])


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_problem_says_the_same_in_both_languages(code: str) -> None:
    known = PROBLEMS[code]
    assert all((known.title_zh, known.title_en, known.detail_zh, known.detail_en))
    assert placeholders(known.detail_zh) == placeholders(known.detail_en)
    assert 400 <= known.status < 600


def test_every_refusal_of_the_code_is_a_documented_problem() -> None:
    unknown = sorted(
        f"{module.shown}:{call.lineno} {code}" for module, call, code in refusals() if code not in PROBLEMS
    )
    assert not unknown


def test_every_documented_problem_is_raised_somewhere() -> None:
    said = {text for module in product().values() if module.name != "app.web.errors" for text in strings(module)}
    idle = sorted(set(PROBLEMS) - said)
    assert not idle


def test_a_refusal_fills_every_gap_in_its_words() -> None:
    """`detail` never shows a question mark for something that the code forgot to say."""
    gaps = []
    for module, call, code in refusals():
        given = {keyword.arg for keyword in call.keywords}
        needed = placeholders(PROBLEMS[code].detail_zh) if code in PROBLEMS else set()
        if None not in given and needed - given:
            gaps.append(f"{module.shown}:{call.lineno} {code} lacks {sorted(needed - given)}")
    assert not gaps


def test_every_text_that_the_code_asks_for_is_there() -> None:
    missing = [
        f"{module.shown}:{call.lineno} {code}"
        for module in product().values()
        for call in calls(module, "say")
        if call.args
        for code in _texts(call.args[0])
        if not any(known == code or (code.endswith(".") and known.startswith(code)) for known in catalogue())
    ]
    assert not missing


def _texts(argument: ast.expr) -> list[str]:
    """A literal as it is; of an f-string the part before its first gap, up to the last dot."""
    if (literal := text_of(argument)) is not None:
        return [literal]
    if isinstance(argument, ast.JoinedStr) and (start := text_of(argument.values[0])):
        return [start[: start.rindex(".") + 1]] if "." in start else []
    return []


def test_every_look_that_is_logged_has_words_for_the_person_who_reads_it() -> None:
    mute = sorted(
        f"{module.shown}:{call.lineno} access.{kind}.{code}"
        for module in product().values()
        if module.name.startswith(("app.services", "partners", "auth", "app.citizen"))
        for call in calls(module, "append")
        for kind, code in _logged(module, call)
        if f"access.{kind}.{code}" not in catalogue()
    )
    assert not mute


def _logged(module: Module, call: ast.Call) -> Iterator[tuple[str, str]]:
    for keyword in call.keywords:
        if keyword.arg in LOGGED and (code := _value(module, keyword.value)):
            yield LOGGED[keyword.arg], code
        if keyword.arg == "fields" and isinstance(keyword.value, (ast.Tuple, ast.List)):
            yield from (("field", code) for item in keyword.value.elts if (code := _value(module, item)))


def _value(module: Module, node: ast.expr) -> str | None:
    """A literal, or the literal that a constant of the module stands for."""
    if not isinstance(node, ast.Name):
        return text_of(node)
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == node.id for target in statement.targets
        ):
            return text_of(statement.value)
    return None


def test_every_event_of_the_inbox_has_words() -> None:
    mute = sorted(
        f"{module.shown}:{call.lineno} event.{kind}"
        for module in product().values()
        for call in calls(module, "tell")
        if len(call.args) > 2 and (kind := _value(module, call.args[2])) and f"event.{kind}" not in catalogue()
    )
    assert not mute

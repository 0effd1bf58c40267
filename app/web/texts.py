"""Words for codes, in Chinese and English: `texts/*.toml`, one table a code with `zh` and `en`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from flask import has_request_context, request

LANGUAGES = ("zh", "en")
COOKIE = "lang"


def language() -> str:
    """`zh` or `en`: what a person chose on our pages (a cookie), else as Accept-Language prefers, else Chinese."""
    if not has_request_context():
        return "zh"
    if (chosen := request.cookies.get(COOKIE)) in LANGUAGES:
        return str(chosen)
    return (request.accept_languages.best_match(["zh-CN", "zh", "en"]) or "zh")[:2]


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every text by its dotted code, such as `reason.score_below`; a code in two files is a mistake."""
    texts: dict[str, Mapping[str, str]] = {}
    for path in sorted(files("app.web").joinpath("texts").iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".toml"):
            for code, words in _flatten("", tomllib.loads(path.read_text(encoding="utf-8"))):
                if code in texts:
                    raise ValueError(f"{path.name}: {code} has its words elsewhere already")
                texts[code] = words
    return texts


def _flatten(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    if set(table) == set(LANGUAGES):
        return [(prefix, table)]
    return [pair for key, value in table.items() for pair in _flatten(f"{prefix}.{key}" if prefix else key, value)]


def say(code: str, lang: str | None = None, **params: object) -> str:
    """The words of `code`; raises KeyError for a code without words (a test walks them all)."""
    return catalogue()[code][lang or language()].format(**params)

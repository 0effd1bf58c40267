"""The words of the pages: in both languages, used, and never a judgement of a person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.domain.wording import HARSH

STATIC = Path(__file__).resolve().parents[2] / "app" / "web" / "static"
ENTRY = re.compile(r"^  '?([\w.:]+)'?: \['((?:[^'\\]|\\.)*)', '((?:[^'\\]|\\.)*)'\],$", re.MULTILINE)
WORDS = {
    key: (chinese, english)
    for path in sorted((STATIC / "words").glob("*.js"))
    for key, chinese, english in ENTRY.findall(path.read_text("utf-8"))
}
SCRIPTS = {
    path: path.read_text("utf-8")
    for folder in ("app", "check", "counter", "desk", "lib")
    for path in sorted((STATIC / folder).glob("*.js"))
}
ALLOWED = {"拒绝", "限制", "fail", "eligible", "refuse", "reject", "restrict"}
"""Words that may be said of a thing that did not work; they are harsh in a text about a person's service only."""


def test_every_text_is_read_by_this_test() -> None:
    lines = sum(
        line.startswith("  ")
        for path in (STATIC / "words").glob("*.js")
        for line in path.read_text("utf-8").splitlines()
    )
    assert lines == len(WORDS) > 200


@pytest.mark.parametrize("key", sorted(WORDS))
def test_a_text_is_whole_in_both_languages_and_neutral(key: str) -> None:
    chinese, english = WORDS[key]
    assert chinese.strip()
    assert english.strip()
    assert set(re.findall(r"\{(\w+)\}", chinese)) == set(re.findall(r"\{(\w+)\}", english)), "both fill the same"
    text = f"{chinese} {english}".lower()
    assert not [word for word in HARSH if word in text and word not in ALLOWED]


def test_every_text_that_a_page_asks_for_exists() -> None:
    for path, script in SCRIPTS.items():
        for key in re.findall(r"\bt\('([^']+)'", script):
            assert key in WORDS, f"{path.name}: {key}"
        for prefix in re.findall(r"\bt\(`([\w.]*)\$\{", script):
            assert any(key.startswith(prefix) for key in WORDS), f"{path.name}: {prefix}…"


def test_every_deed_in_the_desks_trail_has_words() -> None:
    app = STATIC.parents[1]
    desk = [*(app / "operator").glob("*.py"), app / "services" / "approval_kinds.py"]
    deeds = {deed for path in desk for deed in re.findall(r'"([a-z]+\.[a-z-]+)"', path.read_text("utf-8"))}
    for path in (app / "cli").glob("*.py"):
        deeds |= set(re.findall(r'note\(session, kit, "([a-z.-]+)"', path.read_text("utf-8")))
    assert len(deeds) > 30
    assert not [deed for deed in sorted(deeds) if "deed." + deed.replace("-", "_") not in WORDS]


def test_no_text_stands_idle() -> None:
    scripts = "\n".join(SCRIPTS.values())
    prefixes = set(re.findall(r"`([\w.]+\.)\$\{", scripts))
    for key in WORDS:
        used = f"'{key}'" in scripts or any(key.startswith(prefix) for prefix in prefixes)
        assert used or f"'{key.removesuffix('.more')}'" in scripts, f"{key} is never shown"


def test_no_script_makes_markup_out_of_text() -> None:
    for path, script in SCRIPTS.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", script), (
            path
        )

"""The documents name what there is: every setting, problem, scenario and command; no link leads nowhere."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from app.cli import main
from app.cli.reference import pages
from app.config import Settings
from app.web.errors import PROBLEMS
from scenarios import load
from tests.architecture.source import ROOT

DOCS = ROOT / "docs"
WRITTEN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
MADE = pages(main)
_LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("name", MADE)
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == MADE[name], "run `make spec` and commit docs/"


def test_every_pack_has_its_page_and_no_page_is_left_of_one_that_went() -> None:
    assert {f"packs/{path.name}" for path in (DOCS / "packs").glob("*.md")} == {
        name for name in MADE if name.startswith("packs/")
    }


def test_every_setting_is_named_with_its_meaning() -> None:
    rows = [line for line in MADE["settings.md"].splitlines() if line.startswith("| `XINYI_")]
    assert len(rows) == len(fields(Settings))
    assert not [row for row in rows if row.endswith("|  |")], "a setting without words in app/config.py"


def test_every_problem_and_scenario_is_named() -> None:
    assert all(f"`{code}`" in MADE["problems.md"] for code in PROBLEMS)
    assert all(f"`{offer.code}`" in MADE["scenarios.md"] for offer in load().offers())


def test_every_command_says_what_it_does() -> None:
    assert not [
        line for line in MADE["commands.md"].splitlines() if line.startswith("| `xinyi") and line.endswith("|  |")
    ]


def test_every_dependency_stands_in_the_decisions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    decisions = (DOCS / "decisions.md").read_text(encoding="utf-8").lower()
    names = {re.split(r"[\[<>=~! ]", line)[0].lower() for line in wanted}
    assert not sorted(name for name in names - {"xinyi-plus"} if f"`{name}`" not in decisions)


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    broken = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert not broken


def test_no_page_is_hidden() -> None:
    """Every page of docs/ is linked from the README, CONTRIBUTING or another page."""
    linked = {
        (page.parent / link).resolve() for page in WRITTEN for link in _LINK.findall(page.read_text(encoding="utf-8"))
    }
    assert not [page.name for page in DOCS.rglob("*.md") if page.resolve() not in linked]

"""`xinyi scenario check | show | diff`: clear words, and exit codes that a script can go by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import scenarios
from app.cli import main
from app.domain.offer_file import offer_text
from tests.support.shop import BIKE

OFFER = scenarios.load().offer(BIKE)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["scenario", *map(str, arguments)])


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A next version with a lower line."""
    path = tmp_path / "newer.toml"
    path.write_text(offer_text(replace(OFFER, version=OFFER.version + 1, threshold=600)), "utf-8")
    return path


def test_a_sound_file_says_what_it_is(newer: Path) -> None:
    checked = run("check", newer)
    assert (checked.exit_code, checked.output.split()[:2]) == (0, ["sound", f"{newer}:"])
    assert "from 600 points" in checked.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("threshold = 600", "threshold = true", "offer.threshold: a whole number is needed"),
        ('["egret"]', '["moonlight"]', "no pack 'moonlight'"),
        ('family = "bikes"', 'family = "balloons"', "balloons"),
        ("[xm", "[[xm", "not TOML"),
    ],
)
def test_a_broken_file_says_why(newer: Path, old: str, new: str, said: str) -> None:
    text = newer.read_text("utf-8")
    assert old in text
    newer.write_text(text.replace(old, new, 1), "utf-8")
    checked = run("check", newer)
    assert checked.exit_code == 1
    assert said in checked.output


def test_a_file_that_is_not_utf_8_is_one_line(newer: Path) -> None:
    newer.write_bytes(b"\xff\xfe")
    for deed in (("check",), ("diff", BIKE), ("simulate",)):
        answer = run(*deed, newer)
        assert answer.exit_code in (1, 2)
        assert "not UTF-8" in answer.output


def test_an_offer_is_shown_as_the_text_of_which_the_next_is_made() -> None:
    assert run("show", BIKE).output == offer_text(OFFER)
    assert len(run("show").output.splitlines()) == len(scenarios.load().offers())
    assert run("show", "xm-nothing").exit_code == 1


def test_what_differs_is_told_field_by_field(newer: Path) -> None:
    told = run("diff", BIKE, newer)
    assert told.exit_code == 1
    assert "threshold: 650 → 600" in told.output
    assert run("diff", BIKE, BIKE).output.endswith("the same\n")
    assert run("diff", BIKE, "nowhere.toml").exit_code == 2

"""`xinyi scenario new` and `try`: what an author starts with, and what a bad wish is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.scenarios import scenario


def run(*words: str) -> Result:
    return CliRunner().invoke(scenario, list(words))


@pytest.mark.parametrize("name", ["Umbrella", "9lives", "a--b", "-a", "a_b", "library", "伞", "a" * 31, "../x"])
def test_new_refuses_a_name_and_writes_nothing(tmp_path: Path, name: str) -> None:
    result = run("new", "--folder", str(tmp_path / "p"), "--", name)
    assert result.exit_code == 1
    assert not (tmp_path / "p").exists()


def test_new_never_writes_over_anything(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("x = 1")
    result = run("new", "umbrella", "--folder", str(tmp_path))
    assert "nothing was written" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_try_tells_path_reasons_and_the_partners_answer() -> None:
    said = run("try", "xm-bike-rental", "--score", "900").output
    assert "credit" in said
    assert "threshold-reached" in said
    answer = said.split("a partner would get")[1]
    assert '"benefit"' in answer
    assert "900" not in answer


@pytest.mark.parametrize("choice", ["--guest", "--ordinary", "--unpaid"])
def test_try_shows_a_partner_one_and_the_same_ordinary_way(choice: str) -> None:
    plain = run("try", "xm-bike-rental", "--score", "0").output.split("a partner would get")[1]
    assert run("try", "xm-bike-rental", "--score", "900", choice).output.split("a partner would get")[1] == plain


def test_try_reads_facts_from_a_file(tmp_path: Path) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text('score = 900\nas_of = 2026-06-01\npack = "qianjiang"\n')
    assert "other-city" in run("try", "xm-bike-rental", "--facts", str(facts)).output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("score = '900'", "score is a int"),
        ("score = true", "score is a int"),
        ("name = 'x'", "'name' is no fact"),
        ("score =", "facts.toml"),
    ],
)
def test_try_names_what_is_wrong_with_a_file(tmp_path: Path, text: str, told: str) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text(text)
    result = run("try", "xm-bike-rental", "--facts", str(facts))
    assert result.exit_code == 1
    assert told in result.output


def test_try_names_the_scenarios_that_there_are() -> None:
    result = run("try", "no-such")
    assert result.exit_code == 1
    assert "xm-bike-rental" in result.output


def test_try_tells_a_plugin_that_cannot_be_loaded() -> None:
    assert "left out" in run("try", "xm-bike-rental", "--score", "1", "--family", "no_such_module:Family").output

"""`xinyi pack check | show | diff`: clear words, and exit codes that a script can go by."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.packs import FOLDER, load_packs


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["pack", *map(str, arguments)])


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A next version of Hangzhou's pack: another base, a book worth more."""
    text = (FOLDER / "qianjiang.toml").read_text("utf-8")
    for old, new in (
        ("version = 1", "version = 2"),
        ("base = 560", "base = 565"),
        ("centipoints = 60 ", "centipoints = 70 "),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "qianjiang.toml"
    path.write_text(text, "utf-8")
    return path


def rewritten(tmp_path: Path, *changes: tuple[str, str], code: str = "zizai") -> Path:
    text = (FOLDER / f"{code}.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "changed.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_packs_that_ship_are_sound() -> None:
    assert run("check").output == "10 packs in packs/: sound\n"


def test_a_sound_file_says_what_it_is(newer: Path) -> None:
    checked = run("check", newer)
    assert checked.exit_code == 0
    assert f"{newer}: qianjiang 2  钱江分  杭州  base 565, illustrative numbers" in checked.output


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path, newer: Path) -> None:
    broken = rewritten(
        tmp_path, ('name_zh = "先乘后付"', 'name_zh = "户籍"'),
        ("base = 790", "base = 790.5"),
    )  # fmt: skip
    not_toml = tmp_path / "other.toml"
    not_toml.write_text("[[", "utf-8")
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'name = "caf\xe9"')
    told = run("check", newer, broken, not_toml, latin)
    assert told.exit_code == 1
    for said in ("3 problems", "base: must be a whole number", "does not score it: Never scored: nobody is treated",
                 "dimensions[3].indicators[1]: indicator 'rides': '户籍' names household registration",
                 "not TOML", "not UTF-8", "3 of 4 files cannot be used", "sound"):  # fmt: skip
        assert said in told.output


def test_a_new_pack_must_fit_among_those_that_ship(tmp_path: Path) -> None:
    taken = run("check", rewritten(tmp_path, ('code = "zizai"', 'code = "other"')))
    assert (taken.exit_code, "city: 'zhoushan' has the pack 'zizai'" in taken.output) == (1, True)
    free = run("check", rewritten(tmp_path, ('code = "zizai"', 'code = "other"'), ("zhoushan", "elsewhere")))
    assert (free.exit_code, "sound" in free.output) == (0, True)


def test_a_base_among_the_files_serves_the_others(tmp_path: Path) -> None:
    base = tmp_path / "z-base.toml"
    text = (FOLDER / "national.toml").read_text("utf-8").replace('"national"', '"province"')
    base.write_text(text.replace("centipoints = 1500", "centipoints = 1600"), "utf-8")
    city = rewritten(tmp_path, ('"national"', '"province"'))
    assert run("check", city).exit_code == 1
    assert run("check", city, base).exit_code == 0


def test_a_pack_is_shown_with_what_is_not_scored_and_why() -> None:
    shown = run("show", "osmanthus").output
    for said in (
        "桂花分",
        "extends national",
        "资产信息 Assets: not scored. 不归集",
        "utility_paid",
        "+5.00",
        "起步 from 0",
    ):
        assert said in shown
    listed = run("show").output
    assert all(code in listed for code in load_packs())
    assert "superseded by qianjiang" in listed


def test_an_unknown_pack_is_told_those_there_are() -> None:
    unknown = run("show", "nowhere")
    assert (unknown.exit_code, "zizai" in unknown.output) == (1, True)


def test_a_new_version_is_told_in_points_limits_and_items(newer: Path) -> None:
    told = run("diff", "qianjiang", newer)
    assert told.exit_code == 1
    for said in ("base: 560 → 565", "~ item returned_book  图书按期归还 / Book returned in time",
                 "worth: +0.60 → +0.70", "2 changed, 0 new, 0 gone"):  # fmt: skip
        assert said in told.output


def test_the_same_twice_is_the_same() -> None:
    same = run("diff", "egret", FOLDER / "egret.toml")
    assert (same.exit_code, same.output.splitlines()[-1]) == (0, "the same")


def test_two_cities_may_be_compared() -> None:
    told = run("diff", "egret", "zizai")
    assert told.exit_code == 1
    assert "- item repair_completed" in told.output
    assert "+ dimension morality" in told.output


@pytest.mark.parametrize("name", ["nowhere", "broken"])
def test_what_cannot_be_read_is_trouble_and_no_difference(name: str, tmp_path: Path) -> None:
    if name == "broken":
        (tmp_path / name).write_text("[[", "utf-8")
        name = str(tmp_path / name)
    assert run("diff", "egret", name).exit_code == 2

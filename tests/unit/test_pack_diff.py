"""What a new version of a pack changes is told part by part, in words that people read."""

from __future__ import annotations

import pytest

from app.domain.pack import Pack
from app.domain.pack_diff import Change, differences, points
from app.domain.pack_file import parse_pack
from app.packs import load_packs
from tests.support.packs import TINY, tiny_pack


def changed(old: str, new: str) -> tuple[Change, ...]:
    assert old in TINY
    return differences(tiny_pack(), parse_pack(TINY.replace(old, new, 1)))


@pytest.mark.parametrize("pack", load_packs().values(), ids=lambda pack: pack.code)
def test_a_pack_says_the_same_as_itself(pack: Pack) -> None:
    assert differences(pack, pack) == ()


@pytest.mark.parametrize(
    ("old", "new", "part", "before", "after"),
    [
        ("version = 1", "version = 2", "pack", {"version": "1"}, {"version": "2"}),
        ("base = 500", "base = 510", "pack", {"base": "500"}, {"base": "510"}),
        ("max = 1000", "max = 900", "pack", {"range": "0 to 1000"}, {"range": "0 to 900"}),
        ("illustrative = true", "illustrative = false", "pack", {"numbers": "illustrative"},
         {"numbers": "the city's own"}),
        ("from_points = 450", "from_points = 440", "grade ordinary", {"from": "450"}, {"from": "440"}),
        ("ceiling = 25", "ceiling = 30", "dimension good", {"points": "0 to 25"}, {"points": "0 to 30"}),
        ("ceiling = 20", "ceiling = 30", "indicator giving", {"points": "0 to 20"}, {"points": "0 to 30"}),
        ("[12, 50]", "[12, 60]", "indicator giving", {"age": "100 %, from 12 months 50 %, from 24 months 0 %"},
         {"age": "100 %, from 12 months 60 %, from 24 months 0 %"}),
        ("centipoints = 733", "centipoints = 800", "item donation", {"worth": "+7.33"}, {"worth": "+8.00"}),
        ("retention_months = 24", "retention_months = 12", "item book", {"kept": "24 months"}, {"kept": "12 months"}),
        ('"serious"\nbasis_zh = "处罚决定书"', '"serious"\nbasis_zh = "决定"', "item penalty",
         {"basis": "处罚决定书 / The decision"}, {"basis": "决定 / The decision"}),
        ('reason_zh = "只用于认人"', 'reason_zh = "不计分"', "dimension identity",
         {"why": "只用于认人 / Only tells people apart"}, {"why": "不计分 / Only tells people apart"}),
    ],
)  # fmt: skip
def test_one_change_is_told_with_before_and_after(
    old: str, new: str, part: str, before: dict[str, str], after: dict[str, str]
) -> None:
    (change,) = changed(old, new)
    assert (change.part, change.before, change.after) == (part, before, after)


def test_what_is_new_and_what_is_gone_are_told_whole() -> None:
    new, gone = changed('code = "book"', 'code = "novel"')
    assert (new.part, new.before, gone.part, gone.after) == ("item novel", None, "item book", None)
    assert new.after
    assert (new.after["worth"], new.after["sent by"], new.after["indicator"]) == ("+1.50", "library", "books")


def test_a_part_that_is_scored_no_more_says_why() -> None:
    start = TINY.index("floor = 0\nceiling = 10")
    end = TINY.index("[[dimensions]]", start)
    new = parse_pack(TINY[:start] + 'scored = false\nreason_zh = "不计"\nreason_en = "Not counted"\n' + TINY[end:])
    change, gone = differences(tiny_pack(), new)
    assert change.after == {"points": "not scored", "why": "不计 / Not counted", "age": ""}
    assert change.before == {"points": "0 to 10", "why": "", "age": "100 %"}
    assert gone.part == "item book"


@pytest.mark.parametrize(("centipoints", "shown"), [(733, "+7.33"), (-4001, "-40.01"), (5, "+0.05"), (-5, "-0.05")])
def test_points_are_shown_with_their_sign(centipoints: int, shown: str) -> None:
    assert points(centipoints) == shown

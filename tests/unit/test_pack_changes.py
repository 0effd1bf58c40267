"""What a new version changes for people: everything that may move a score, and nothing else."""

from __future__ import annotations

from app.domain.pack_changes import CODES, rule_changes
from app.domain.pack_file import parse_pack
from tests.support.packs import TINY, tiny_pack


def changes(*said: tuple[str, str]) -> list[tuple[str, str, int | None, int | None]]:
    text = TINY
    for old, new in said:
        assert old in text
        text = text.replace(old, new, 1)
    return [(each.what, each.name.zh, each.before, each.after) for each in rule_changes(tiny_pack(), parse_pack(text))]


def test_the_same_rules_under_another_number_change_nothing() -> None:
    assert changes(("version = 1", "version = 2")) == []
    assert changes(('name_en = "Books"', 'name_en = "Reading"')) == []


def test_each_kind_of_change_is_told_in_hundredths_of_a_point() -> None:
    assert changes(("centipoints = 733", "centipoints = 800")) == [("worth", "无偿献血", 733, 800)]
    assert changes(("base = 500", "base = 550")) == [("base", "小样分", 50_000, 55_000)]
    assert changes(("from_points = 450", "from_points = 400")) == [("grade", "一般", 45_000, 40_000)]
    assert changes(("floor = 0\nceiling = 20", "floor = 0\nceiling = 15")) == [("ceiling", "奉献", 2_000, 1_500)]
    assert changes(("[12, 50]", "[12, 60]")) == [("age", "奉献", None, None)]


def test_what_is_gone_and_what_is_new_is_told() -> None:
    assert changes(('code = "book"', 'code = "volume"')) == [
        ("worth", "按期归还", 150, None),
        ("worth", "按期归还", None, 150),
    ]
    assert {what for what, *_ in changes(("max = 1000", "max = 900"))} <= set(CODES)

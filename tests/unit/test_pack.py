"""A pack loads whole, or says everything that is wrong with it and where."""

from __future__ import annotations

import pytest

from app.domain.pack import Kind, LegalClass, PackError, catalogue_of
from app.domain.pack_file import parse_pack
from tests.support.packs import TINY, tiny_pack

SCORED = 'indicators = [{code = "a", name_zh = "b", name_en = "c", floor = 0, ceiling = 5, age = [[0, 100]]}]'


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(PackError) as refused:
        parse_pack(text)
    return refused.value.problems


def changed(old: str, new: str) -> str:
    assert old in TINY
    return TINY.replace(old, new, 1)


def test_a_pack_is_read_whole() -> None:
    pack = tiny_pack()
    assert (pack.code, pack.version, pack.city, pack.illustrative) == ("tiny", 1, "tinytown", True)
    assert (pack.base, pack.min, pack.max) == (500, 0, 1000)
    assert [item.code for item in pack.items()] == ["donation", "book", "penalty"]
    assert pack.dimensions[1].indicators[0].age == ((0, 100), (12, 50), (24, 0))
    penalty = pack.item("penalty")
    assert penalty is not None
    assert (penalty.kind, penalty.legal_class) == (Kind.ADVERSE, LegalClass.SERIOUS)


def test_what_is_not_scored_stays_listed_with_its_reason() -> None:
    identity = tiny_pack().dimensions[0]
    assert not identity.scored
    assert identity.reason is not None
    assert identity.reason.zh == "只用于认人"
    assert identity.indicators == ()


@pytest.mark.parametrize(("months", "percent"), [(0, 100), (11, 100), (12, 50), (23, 50), (24, 0), (600, 0)])
def test_an_age_step_holds_until_the_next_begins(months: int, percent: int) -> None:
    assert tiny_pack().dimensions[1].indicators[0].percent(months) == percent


@pytest.mark.parametrize(
    ("score", "grade"), [(0, "starting"), (449, "starting"), (450, "ordinary"), (1000, "ordinary")]
)
def test_a_band_begins_at_its_first_point(score: int, grade: str) -> None:
    assert tiny_pack().grade(score).code == grade


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("base = 500", "base = 500.0", "base: must be a whole number"),
        ("base = 500", "base = true", "base: must be a whole number"),
        ("base = 500", "", "base: must be a whole number"),
        ("base = 500", "base = 1001", "base: must lie between min and max"),
        ("min = 0", "min = -1", "base: must lie between min and max, and min not below 0"),
        ("version = 1", "version = 0", "version: starts at 1"),
        ("illustrative = true", 'illustrative = "yes"', "illustrative: must be true or false"),
        ('name_zh = "小样分"', 'name_zh = "  "', "name_zh: must be a text"),
        ('name_zh = "小样分"', 'name_zh = "小样分"\nowner = "me"', "owner: is not known here"),
        ('code = "tiny"', 'code = "Tiny Score"', "is not a code"),
        ("from_points = 0", "from_points = 1", "grades: must rise from min"),
        ("from_points = 450", "from_points = 0", "grades: must rise from min"),
        ("from_points = 450", "from_points = 1001", "grades: must rise from min and stay within max"),
        ("from_points = 450", "from_points = 501", "base: must not lie in the lowest grade"),
        ('name_zh = "起步"', 'name_zh = "失信"', "grades[0].name: is not neutral"),
        ('name_en = "Starting"', 'name_en = "High risk"', "grades[0].name: is not neutral"),
        ("ceiling = 25", "ceiling = -5", "dimensions[1].floor: floor and ceiling must enclose 0"),
        ("floor = 0\nceiling = 20", "floor = 5\nceiling = 20", "dimensions[1].indicators[0].floor: floor and ceiling"),
        ("[[0, 100], [12, 50], [24, 0]]", "[[1, 100]]", "indicators[0].age: steps must start at 0 months"),
        ("[[0, 100], [12, 50], [24, 0]]", "[[0, 100], [0, 50]]", "indicators[0].age: steps must start at 0 months"),
        ("[[0, 100], [12, 50], [24, 0]]", "[[0, 101]]", "indicators[0].age: percents go from 0 to 100"),
        ("[[0, 100], [12, 50], [24, 0]]", "[[0, 99.5]]", "indicators[0].age: must be a list of"),
        ("[[0, 100], [12, 50], [24, 0]]", "[]", "indicators[0].age: must be a list of"),
        ("centipoints = 733", "centipoints = -733", "items[0].centipoints: positive facts add"),
        ("centipoints = 733", "centipoints = 0", "items[0].centipoints: positive facts add"),
        ("centipoints = -4001", "centipoints = 4001", "items[0].centipoints: positive facts add"),
        ('legal_class = "serious"', 'legal_class = "minor"', "items[0].legal_class: must be one of general, serious"),
        ('legal_class = "serious"', "", "items[0].legal_class: must be one of general, serious"),
        ('legal_class = "serious"', 'legal_class = "general"', "items[0].retention_months: must be from 1 to 12"),
        ("retention_months = 60", "retention_months = 61", "items[0].retention_months: must be from 1 to 60"),
        ('kind = "positive"', 'kind = "neutral"', "items[0].kind: must be one of positive, adverse"),
        ('sources = ["library"]', "sources = []", "items[0].sources: must be a list of codes"),
        ('disclosure = "authorised"', 'disclosure = "everyone"', "items[0].disclosure: must be one of"),
        ('code = "book"', 'code = "donation"', "item 'donation' stands 2 times"),
        ('code = "books"', 'code = "giving"', "indicator 'giving' stands 2 times"),
        ('code = "law"', 'code = "good"', "dimension 'good' stands 2 times"),
        ('code = "ordinary"', 'code = "starting"', "grade 'starting' stands 2 times"),
        ('reason_zh = "只用于认人"', "", "dimensions[0].reason_zh: must be a text"),
        ("scored = false", "scored = false\nceiling = 5", "dimensions[0].ceiling: is not known here"),
        ("scored = false", f"scored = false\n{SCORED}", "dimensions[0].indicators[0].scored: must be false"),
        ("[[grades]]", "[[", "not TOML"),
    ],
)
def test_a_broken_pack_says_what_is_wrong_and_where(old: str, new: str, problem: str) -> None:
    assert any(problem in said for said in problems_of(changed(old, new)))


def test_all_problems_are_said_at_once() -> None:
    text = TINY.replace("version = 1", "").replace("centipoints = 150", 'centipoints = "many"')
    problems = problems_of(text)
    assert any(problem.startswith("version:") for problem in problems)
    assert any(problem.startswith("dimensions[1].indicators[1].items[0].centipoints:") for problem in problems)


def test_two_packs_may_not_describe_one_fact_differently() -> None:
    other = parse_pack(TINY.replace('"tiny"', '"other"').replace("retention_months = 24", "retention_months = 12"))
    with pytest.raises(PackError, match="item book is described differently"):
        catalogue_of({"tiny": tiny_pack(), "other": other})

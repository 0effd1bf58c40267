"""A city's pack extends a base: it says its own points, and what the base says it need not say again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.pack import Pack, PackError
from app.domain.pack_file import extended_by, parse_pack
from app.domain.pack_fit import misfits
from app.packs import FOLDER, load_packs
from tests.support.packs import TINY

BASE = parse_pack(
    TINY.replace('code = "tiny"', 'code = "base"').replace('city = "tinytown"', 'city = "nowhere"')
    + """
[[dimensions.indicators]]
code = "exams"
name_zh = "守时"
name_en = "Punctuality"
scored = false
reason_zh = "不在目录内"
reason_en = "Not in the catalogue"

[[catalogue]]
code = "ride"
name_zh = "乘车按时付费"
name_en = "Ride paid"
kind = "positive"
basis_zh = "本人授权"
basis_en = "The holder's consent"
sources = ["transport"]
disclosure = "authorised"
retention_months = 24
unit_zh = "次"
unit_en = "rides"
min_quantity = 1
"""
)
CITY = """
code = "city"
extends = "base"
version = 1
name_zh = "城分"
name_en = "City score"
city = "somewhere"
city_name_zh = "某市"
city_name_en = "Somewhere"
illustrative = true
base = 500
min = 0
max = 1000
grades = [
    { code = "starting", name_zh = "起步", name_en = "Starting", from_points = 0 },
    { code = "ordinary", name_zh = "一般", name_en = "Ordinary", from_points = 450, seed = "S0 t.1" },
]

[[dimensions]]
code = "good"
name_zh = "守信正向"
name_en = "Good conduct"
seed = "S0 t.1"
floor = 0
ceiling = 100

[[dimensions.indicators]]
code = "donations"
name_zh = "献血"
name_en = "Donations"
common = "giving"
seed = "S0 t.2 no. 26"
floor = 0
ceiling = 30
age = [[0, 100]]
items = [{ code = "donation", centipoints = 1000 }]

[[dimensions.indicators]]
code = "rides"
name_zh = "乘车"
name_en = "Rides"
floor = 0
ceiling = 30
age = [[0, 100]]
items = [{ code = "ride", centipoints = 20 }]
"""


def city(old: str = "", new: str = "") -> Pack:
    assert old in CITY
    return parse_pack(CITY.replace(old, new, 1), {"base": BASE})


def problems(old: str, new: str) -> str:
    with pytest.raises(PackError) as refused:
        city(old, new)
    return "\n".join(refused.value.problems)


def test_an_item_takes_its_facts_from_the_base_and_its_points_from_the_city() -> None:
    known, item = BASE.item("donation"), city().item("donation")
    assert known
    assert item
    assert (item.name, item.basis, item.sources, item.retention_months) == (
        known.name, known.basis, known.sources, known.retention_months)  # fmt: skip
    assert (known.centipoints, item.centipoints) == (733, 1000)


def test_a_fact_that_the_base_only_describes_is_a_citys_to_score() -> None:
    ride = city().item("ride")
    assert ride
    assert (ride.centipoints, ride.min_quantity, ride.unit and ride.unit.en) == (20, 1, "rides")
    assert BASE.item("ride") is None


def test_indicators_say_which_common_one_they_stand_for_and_where_they_come_from() -> None:
    donations, rides = city().dimensions[0].indicators
    assert (donations.common, donations.seed, rides.common, rides.seed) == ("giving", "S0 t.2 no. 26", None, None)
    assert [grade.seed for grade in city().grades] == [None, "S0 t.1"]
    assert (city().extends, city().dimensions[0].seed) == ("base", "S0 t.1")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('extends = "base"', 'extends = "bass"', "extends: 'bass' is no pack here"),
        ('extends = "base"', 'extends = "city"', "extends: a pack does not extend itself"),
        ('extends = "base"', "", "dimensions[0].indicators[0]: indicator 'donations': common 'giving' is no indicator"),
        ('extends = "base"', "", "dimensions[0].indicators[0].items[0].kind: must be one of"),
        ('common = "giving"', 'common = "taking"', "common 'taking' is no indicator of its base"),
        ('common = "giving"', 'common = "exams"', "common '守时' is not scored in the base: Not in the catalogue"),
        ('common = "giving"', "", "'donation': counts towards 'giving' in the base"),
        ('common = "giving"', 'common = "books"', "'donation': counts towards 'giving' in the base"),
        ('name_zh = "乘车"', 'name_zh = "守 时"', "'rides': the base lists '守时' and does not score it"),
        ('name_en = "Rides"', 'name_en = "PUNCTUALITY!"', "'rides': the base lists '守时' and does not score it"),
        ('code = "rides"', 'code = "exams"', "'exams': the base lists '守时' and does not score it"),
        ('"ride", ', '"ride", retention_months = 12, ', "items[0].code: ride is described differently in the base"),
        ('"ride", ', '"ride", sources = ["police"], ', "items[0].code: ride is described differently in the base"),
        ('"ride", ', '"ride", kind = "adverse", ', "items[0].legal_class: must be one of"),
        ('"ride", ', '"rode", ', "dimensions[0].indicators[1].items[0].basis_zh: must be a text"),
        (
            "centipoints = 20 ",
            "centipoints = 0.2 ",
            "dimensions[0].indicators[1].items[0].centipoints: must be a whole number",
        ),
    ],
)
def test_what_does_not_fit_the_base_is_said_with_its_place(old: str, new: str, problem: str) -> None:
    assert problem in problems(old, new)


def test_a_city_may_name_an_item_in_its_own_words() -> None:
    item = city('"ride", ', '"ride", name_zh = "公交付费", ').item("ride")
    assert item
    assert (item.name.zh, item.name.en) == ("公交付费", "Ride paid")


def test_a_base_cannot_leave_those_that_extend_it() -> None:
    """A new version that drops or no longer scores what a city's indicator stands for, or describes a fact anew."""
    packs = {"base": BASE, "city": city()}
    gone = replace(BASE, dimensions=BASE.dimensions[:1], catalogue=(*BASE.items(), *BASE.catalogue))
    assert misfits(gone, packs) == (
        "pack city: dimensions[0].indicators[0]: indicator 'donations': common 'giving' is no indicator of its base",
    )


def test_a_base_keeps_what_is_left_to_it_and_stays_a_base() -> None:
    packs = {"base": BASE, "city": city()}
    gone = "pack city: item ride is left to 'base', which does not describe it"
    assert misfits(replace(BASE, catalogue=()), packs) == (gone,)
    anew = tuple(replace(item, retention_months=7) for item in BASE.catalogue if item.code == "ride")
    assert misfits(replace(BASE, catalogue=anew), packs) == ("pack city: item ride is described differently in 'base'",)
    assert "extends another pack itself" in misfits(replace(BASE, extends="other"), packs)[0]


def test_what_a_city_describes_itself_is_not_left_to_its_base() -> None:
    ride = BASE.described()["ride"]
    said = (
        f'name_zh = "{ride.name.zh}", name_en = "{ride.name.en}", kind = "{ride.kind}", basis_zh = "{ride.basis.zh}", '
        f'basis_en = "{ride.basis.en}", sources = ["{ride.sources[0]}"], disclosure = "{ride.disclosure}", '
        f'retention_months = {ride.retention_months}, unit_zh = "次", unit_en = "rides", min_quantity = 1, '
    )
    assert ("ride" in city().inherits, "ride" in city('"ride", ', f'"ride", {said}').inherits) == (True, False)


def test_nothing_that_fits_is_a_misfit_and_history_needs_its_successor() -> None:
    packs = load_packs()
    assert not any(misfits(pack, packs) for pack in packs.values())
    itself = replace(packs["zizai"], superseded_by="zizai")
    assert misfits(itself, packs) == ("superseded_by: 'zizai' is no pack that took the place of 'zizai' there",)


def test_a_base_extends_no_other() -> None:
    with pytest.raises(PackError, match="extends another pack itself"):
        parse_pack(CITY.replace('"base"', '"city"').replace('code = "city"', 'code = "town"', 1), {"city": city()})


def test_a_file_says_which_base_it_needs() -> None:
    assert (extended_by(CITY), extended_by(TINY)) == ("base", None)
    with pytest.raises(PackError, match="not TOML"):
        extended_by("[[")


def folder_with(tmp_path: Path, name: str, old: str, new: str) -> Path:
    for path in FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    text = (tmp_path / name).read_text("utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("huixin.toml", 'superseded_by = "qianjiang"', "", "huixin: city: 'hangzhou' has the pack 'qianjiang'"),
        (
            "huixin.toml",
            'superseded_by = "qianjiang"',
            'superseded_by = "zizai"',
            "superseded_by: 'zizai' is no pack that took the place of 'huixin' there",
        ),
        ("zizai.toml", 'city = "zhoushan"', 'city = "xiamen"', "zizai: city: 'xiamen' has the pack 'egret'"),
        ("zizai.toml", 'code = "zizai"', 'code = "egret"', "zizai.toml: code: 'egret' is another pack's too"),
        ("national.toml", 'code = "national"', 'code = "nation"', "zizai.toml: extends: 'national' is no pack here"),
        ("national.toml", "[[dimensions]]", "[[", "national.toml: not TOML"),
    ],
)
def test_packs_that_do_not_fit_together_are_refused(
    tmp_path: Path, name: str, old: str, new: str, problem: str
) -> None:
    with pytest.raises(PackError) as refused:
        load_packs(folder_with(tmp_path, name, old, new))
    assert any(problem in said for said in refused.value.problems)

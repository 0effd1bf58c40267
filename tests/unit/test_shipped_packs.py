"""The ten packs of scoring.md: what the seeds print of each, and that any of their cities can be run from it."""

from __future__ import annotations

import pytest

from app.domain.pack import Kind, Pack, catalogue_of, pack_of_city
from app.domain.wording import HARSH
from app.packs import load_packs

PACKS = load_packs()
PRINTED = {
    "egret": "基础信息 守信正向 失信违约 信用修复 用信行为",
    "qianjiang": "基本信息 遵纪守法 社会用信 商业用信 亲社会行为",
    "zizai": "身份特质 履约能力 遵纪守法 经济行为 社会公德",
    "osmanthus": "基础信息 稳定信息 品德信息 资产信息 其他信息",
    "jasmine": "个人基本信息 个人社会信用 个人职业信用 个人经济信用 个人行政信用 个人司法信用",
    "xichu": "自然人基本信息 商务信用信息 社会管理信用信息 司法信用信息 荣誉信息 其他信息",
    "rongcheng": "基本信息 商务领域 社会管理 政务领域 司法领域",
    "seashell": "个人基本信息 个人良好信息 个人不良信息",
    "huixin": "社会关系 公益服务 遵纪守法 用信活动 公共缴费 职业违规",
    "national": "身份特质 品德素养 遵纪守法 诚信守约 社会贡献",
}
"""S0 table 1 and 2; S4:605-662, 703-760."""

NATIONAL = """
户籍 年龄 婚姻状况 教育背景 工作居住时间 职称和技能等级 科研资质和荣誉 文明交通
公共文明行为 网络文明行为 家庭美德 职业道德 低碳出行 绿色生活 刑事犯罪记录 行政处罚记录
治安处罚记录 民事违法记录 欠税 骗补贴 考试作弊 守法经营 公共事业缴费记录 房屋租赁履约记录
信贷违约记录 无偿献血 见义勇为 慈善捐赠 志愿者服务 社保缴纳记录 社区服务 公益活动
"""
"""S0 table 2, in its printed order."""

SCORED = (8, 9, 13, 14, 16, 23, 24, 26, 27, 28, 29, 31, 32)
"""Those of the 32 that may be scored (domain.md 3.1)."""

every_pack = pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.code)


def test_ten_packs_ship_with_the_dimensions_that_the_seeds_print() -> None:
    assert {code: " ".join(each.name.zh for each in pack.dimensions) for code, pack in PACKS.items()} == PRINTED


def test_the_base_set_lists_all_32_indicators_in_their_printed_order() -> None:
    listed = [each for dimension in PACKS["national"].dimensions for each in dimension.indicators]
    assert [each.name.zh for each in listed] == NATIONAL.split()
    assert [each.seed for each in listed] == [f"S0 t.2 no. {number}" for number in range(1, 33)]
    assert tuple(number for number, each in enumerate(listed, 1) if each.scored) == SCORED
    assert [len(dimension.indicators) for dimension in PACKS["national"].dimensions] == [7, 7, 4, 7, 7]


@every_pack
def test_a_pack_says_where_its_dimensions_come_from(pack: Pack) -> None:
    assert pack.seed
    assert all(dimension.seed for dimension in pack.dimensions)
    assert pack.illustrative, "no seed gives points"


@every_pack
def test_every_item_has_class_source_term_and_disclosure(pack: Pack) -> None:
    for item in pack.items():
        assert item.sources
        assert item.disclosure
        assert (item.legal_class is not None) == (item.kind is Kind.ADVERSE)
        assert 1 <= item.retention_months <= 60


@every_pack
def test_no_band_judges(pack: Pack) -> None:
    said = [text for grade in pack.grades for text in (grade.name.zh, grade.name.en)]
    assert not [text for text in said if any(word in text.lower() for word in HARSH)]


@every_pack
def test_every_citys_pack_extends_the_base_and_says_nothing_of_an_item_twice(pack: Pack) -> None:
    if pack.code == "national":
        assert pack.extends is None
        return
    known = {item.code for item in PACKS["national"].catalogue}
    assert pack.extends == "national"
    assert {item.code for item in pack.items()} <= known
    assert not pack.catalogue


def test_bands_are_where_a_source_puts_them() -> None:
    edges = {code: [grade.from_points for grade in PACKS[code].grades] for code in PACKS}
    assert edges["qianjiang"] == [0, 550, 600, 700, 751]
    assert {800, 820, 850} <= set(edges["zizai"])
    assert [grade.name.zh for grade in PACKS["qianjiang"].grades][1:] == ["一般", "良好", "优秀", "极好"]
    letters = {code: [grade.name.zh for grade in reversed(PACKS[code].grades)] for code in ("xichu", "rongcheng")}
    assert letters["xichu"] == ["AAA级", "AA级", "A级", "BBB级", "BB级", "B级", "C级", "D级"]
    assert letters["rongcheng"] == ["AAA级", "AA级", "A级", "B级", "C级", "D级"]
    assert PACKS["xichu"].base == PACKS["rongcheng"].base == 1000


def test_the_published_lines_can_be_reached() -> None:
    """Every line of the seeds lies between a newcomer's score and the most that good conduct can bring."""
    lines = {"qianjiang": (573, 700), "zizai": (800, 820, 850)}
    for code, thresholds in lines.items():
        pack = PACKS[code]
        most = pack.base + sum(dimension.ceiling for dimension in pack.dimensions)
        assert all(pack.base < line <= min(most, pack.max) for line in thresholds)


@every_pack
def test_the_best_band_can_be_reached(pack: Pack) -> None:
    most = pack.base + sum(dimension.ceiling for dimension in pack.dimensions)
    assert pack.grades[-1].from_points <= min(most, pack.max)


def test_every_home_city_finds_its_pack() -> None:
    found = {pack.city: pack.code for pack in PACKS.values() if pack_of_city(PACKS, pack.city) is pack}
    assert found == {
        "xiamen": "egret", "hangzhou": "qianjiang", "zhoushan": "zizai", "suzhou": "osmanthus", "fuzhou": "jasmine",
        "suqian": "xichu", "rongcheng": "rongcheng", "weihai": "seashell", "national": "national",
    }  # fmt: skip
    assert pack_of_city(PACKS, "atlantis") is None


def test_history_is_kept_and_scores_nobody() -> None:
    assert PACKS["huixin"].superseded_by == "qianjiang"
    assert pack_of_city(PACKS, "hangzhou") is PACKS["qianjiang"]


def test_one_fact_is_described_alike_everywhere() -> None:
    assert {item.code for item in PACKS["national"].catalogue} == set(catalogue_of(PACKS))


def test_suzhous_assets_stay_empty_with_the_reason() -> None:
    assets = next(each for each in PACKS["osmanthus"].dimensions if each.code == "assets")
    assert (assets.scored, assets.indicators) == (False, ())
    assert assets.reason
    assert "第十四条" in assets.reason.zh

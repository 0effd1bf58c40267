"""Guardrail 6: a pack that scores a protected attribute, under any usual name, does not load."""

from __future__ import annotations

import pytest

from app.domain.pack import PackError
from app.domain.pack_file import parse_pack
from app.domain.protected import attribute_in
from app.packs import load_packs
from tests.support.packs import TINY

NAMES = """
户籍 户口所在地 戶籍 本地户口加分 籍贯 年龄 周岁 性别 民族 汉族 宗教信仰 婚姻状况 婚·姻 婚_姻 已婚 离婚次数 配偶信用
家庭美德 子女数 健康状况 病史 血型 残疾等级 党员身份 政治面貌 學歷 文化程度 教育背景 职业 职称和技能等级 工作居住时间
月收入 工资 社保缴纳 公积金 资产信息 房产 信贷违约 社交好友 人脉关系 行踪轨迹 网络文明行为 舆情 发帖
hukou HUKOU ｈｕｋｏｕ hu_ji household_registration residence_years age applicant_age birth_date sex Gender ethnicity
ethnic_group race religion religious marital_status maritalStatus marriage spouse_score divorced family_size children
health disease blood_type disability disabled party_member partyMembership political_views education diploma occupation
job_title employer income salary assets property net_worth social_graph friends contacts location_trail trajectory
whereabouts speech social_media_posts bank_balance loan_default
"""
"""`_` stands for a space."""


@pytest.mark.parametrize("name", NAMES.split())
@pytest.mark.parametrize("place", ["Good conduct", "Giving", "Blood donation", "守信正向", "奉献", "无偿献血"])
def test_a_pack_that_scores_it_fails_to_load_with_the_reason(name: str, place: str) -> None:
    """As the name of a dimension, an indicator or an item, in either language's field."""
    with pytest.raises(PackError, match=r"which is never scored \(guardrail 6\)"):
        parse_pack(TINY.replace(f'"{place}"', f'"{name.replace("_", " ")}"'))


def test_its_code_is_looked_at_too() -> None:
    for code in ("donation", "giving", "good"):
        with pytest.raises(PackError, match="guardrail 6"):
            parse_pack(TINY.replace(f'code = "{code}"', 'code = "marital_status"'))


def test_it_may_be_listed_unscored_with_a_reason() -> None:
    text = TINY.replace('code = "identity"', 'code = "hukou"').replace('name_zh = "身份"', 'name_zh = "户籍"')
    assert parse_pack(text).dimensions[0].name.zh == "户籍"
    with pytest.raises(PackError, match="reason_en"):
        parse_pack(text.replace('reason_en = "Only tells people apart"', ""))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "无偿献血",
            "志愿服务",
            "行政处罚",
            "守信履约",
            "先乘后付",
            "图书按期归还",
            "慈善捐赠",
            "见义勇为",
            "公共事业按期缴费",
        ),
        *("blood donation", "volunteer service", "average", "courage", "third party orders", "library", "kept promise"),
    ],
)
def test_lawful_facts_keep_their_names(name: str) -> None:
    assert attribute_in(name) is None


def test_the_shipped_packs_score_none_and_list_identity_empty() -> None:
    for pack in load_packs().values():
        identity = [dimension for dimension in pack.dimensions if not dimension.scored]
        assert [dimension.code for dimension in identity] in (["basic"], ["identity"])
        assert all(dimension.reason and not dimension.indicators for dimension in identity)

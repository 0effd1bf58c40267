"""Guardrail 6: a pack that scores a protected attribute, under any usual name, does not load."""

from __future__ import annotations

import pytest

from app.domain.pack import Pack, PackError
from app.domain.pack_file import parse_pack
from app.domain.protected import attribute_in, attribute_of_unit
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
戶口性質 性別 年齡 婚姻狀況 離婚 黨員 學歷 職業 財產 貸款 社會關係 行蹤 ⼥性 婚​姻 妇女 配_偶 党_龄 信-教 单身 独生子女
孕妇 农民工 公务员 学籍 高考成绩 薪酬 低保 有房 信用卡逾期 花呗 朋友圈 通讯录 行程码 手机定位 信访 聊天记录 犯罪前科
治安拘留 民事诉讼 被执行 欠税 欠费 考试作弊 守法经营 人脸 疫苗 精神障碍 盲人
hù_kǒu hu_ji xing_bie hun_yin_zhuang_kuang zheng_zhi_mian_mao wen_hua_cheng_du gong_zi nian_ling minzu dang_yuan
a_g_e s.e.x D.O.B date_of_birth AgeBand âge GENDER-CODE husband unmarried lgbt skin_colour minority muslim faith2
bmi hiv dna vaccination wheelchair CCP_member youth_league degree school phd GPA career seniority payroll pension
welfare_benefits mortgage credit_card purchases followers address_book gps hotel_stays chat_logs petitions
criminal_record convictions public_security_detention lawsuits tax_arrears unpaid_bills overdue exam_cheating
老人 ⽼⼈ 高龄 女 男 同性 住房 房屋面积 车辆 汽车 车牌 教师 军人 公职人员 农民 農民
大学 研究生 文化水平 群众 支部 残 视障 听障 兄弟姐妹
Elders Advanced_years Boys Girls Gay is_gay House Car Vehicle Teachers Soldiers Public_officials Farmers Students
Masters Cultural_level Party Party_branch Young Blind Deaf Single Kids Funds
hujidi hukouxingzhi hukouleixing localhukou nianlingduan xingbienan zhengzhi gongqingtuan zhonggongdangyuan fumu haizi
juzhudi zhufang haschildren hasChildren annualincome totalassets userage agerange jobtype fulltimejob isstudent
ismarried statusmarital customergender isdisabled houseownership
"""
"""`_` stands for a space. In traditional characters too, in pinyin with and without tones, spelled out, abbreviated."""


@pytest.mark.parametrize("name", NAMES.split())
@pytest.mark.parametrize("place", ["Good conduct", "Giving", "Blood donation", "守信正向", "奉献", "无偿献血"])
def test_a_pack_that_scores_it_fails_to_load_with_the_reason(name: str, place: str) -> None:
    """As the name of a dimension, an indicator or an item, in either language's field."""
    text = TINY.replace(f'"{place}"', f'"{name.replace("_", " ")}"')
    reason = r"which is never scored \(guardrail 6\)" if name.isprintable() else "that can be printed"
    with pytest.raises(PackError, match=reason):
        parse_pack(text)


UNITS = [
    *(("周岁", "people"), ("歲", "times"), ("元", "times"), ("平方米", "times"), ("次", "years"), ("次", "years old")),
    *(("次", "user_age"), ("次", "RMB"), ("次", "children"), ("次", "аge")),
]


@pytest.mark.parametrize(("zh", "en"), UNITS)
@pytest.mark.parametrize("extending", [False, True])
def test_a_unit_is_held_as_strictly_as_a_name(zh: str, en: str, extending: bool) -> None:
    """At least 60 of 周岁 would score age, whatever the item is called; in a catalogue too."""
    unit = f'unit_zh = "{zh}"\nunit_en = "{en}"\nmin_quantity = 60'
    described = CATALOGUE_ENTRY.replace('"NAME"', '"Something"')
    text = TINY + described + unit if extending else TINY.replace("centipoints = 733", f"centipoints = 733\n{unit}")
    with pytest.raises(PackError, match=r"unit .* \(guardrail 6\)"):
        parse_pack(text)


def test_a_basis_may_cite_a_law_that_names_an_attribute() -> None:
    basis = "残疾人保障法：助残志愿服务记录，经本人授权归集"
    assert parse_pack(TINY.replace("本人授权", basis)).item("donation").basis.zh == basis


@pytest.mark.parametrize("letter", ["аge", "ѕex", "hυkou", "г"])
def test_a_letter_that_only_looks_latin_hides_nothing(letter: str) -> None:
    """Cyrillic а, ѕ and г, Greek υ."""
    with pytest.raises(PackError, match="neither a Chinese nor a Latin letter"):
        parse_pack(TINY.replace('"Giving"', f'"{letter}"'))


def test_each_problem_says_its_place() -> None:
    text = TINY.replace('"Giving"', '"Age"').replace('"按期归还"', '"户口"')
    with pytest.raises(PackError) as refused:
        parse_pack(text)
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "dimensions[1].indicators[0]", "dimensions[1].indicators[1].items[0]"]  # fmt: skip


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
        *(
            "精神文明建设志愿服务",
            "低碳出行",
            "绿色生活",
            "公益活动",
            "文明交通劝导",
            "公共文明行为",
            "社会公德",
            "履约能力",
        ),
        *("public welfare activities", "low-carbon travel", "traffic guidance", "community service", "tenancy kept"),
        *("blood donation", "volunteer service", "average", "courage", "third party orders", "library", "kept promise"),
        *("package", "page", "message", "village", "storage", "coverage", "bandage", "manage", "mandate", "generating"),
        *("bicycle", "card", "care", "carbon", "scarf", "carpool", "taxis", "president", "presidency", "engender"),
        *("espouse", "diplomat", "discrimination", "suspension", "transparency", "community", "essex", "grace", "sage"),
        *("canjia", "xianxueliang", "wuchangxianxue", "gongzixingche", "zhiyuanfuwu", "baohujihua", "jiaoyi", "cishan"),
        *(
            "共享单车按序停放",
            "房屋租赁履约",
            "住房租赁履约",
            "慈善基金会捐赠",
            "碳足迹",
            "义工人数",
            "机动车礼让行人",
            "文明旅游",
            "绿色消费",
        ),
        *(
            "旧物回收",
            "old clothes given",
            "bank of books",
            "deposit-free rental",
            "green shopping",
            "social work hours",
        ),
    ],
)
def test_lawful_facts_keep_their_names(name: str) -> None:
    assert attribute_in(name) is None


PACKS = load_packs()


@pytest.mark.parametrize("pack", [*PACKS.values(), parse_pack(TINY)], ids=lambda pack: pack.code)
def test_every_name_code_and_unit_of_a_lawful_pack_passes(pack: Pack) -> None:
    """The ten shipped packs and the tests' own, looked at text by text, grades and cities with them."""
    parts = [part for dimension in pack.dimensions if dimension.scored
             for part in (dimension, *(each for each in dimension.indicators if each.scored))]  # fmt: skip
    items = [*pack.catalogue, *pack.items()]
    named = [*parts, *items, *pack.grades, pack]
    texts = {text for each in named for text in (each.code, each.name.zh, each.name.en)}
    assert not {text for text in texts if attribute_in(text)}
    units = {text for item in items if item.unit for text in (item.unit.zh, item.unit.en)}
    assert not {
        text for text in units | {"次", "rides", "times", "hours", "天", "days", "公斤"} if attribute_of_unit(text)
    }


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.code)
def test_what_a_shipped_pack_may_not_score_is_listed_empty_with_its_reason(pack: Pack) -> None:
    """Who someone is, what they own and their work are among it; a dimension not scored holds nothing that is."""
    unscored = [dimension for dimension in pack.dimensions if not dimension.scored]
    for dimension in unscored:
        assert dimension.reason
        assert not any(indicator.scored for indicator in dimension.indicators)
    for indicator in (each for dimension in pack.dimensions for each in dimension.indicators if not each.scored):
        assert indicator.reason
        assert not indicator.items
    assert unscored[0] is pack.dimensions[0], "the seeds print who someone is first"


def test_an_attribute_that_a_seed_prints_is_scored_by_no_pack() -> None:
    """What S0 table 1 prints of Suzhou, Fuzhou and Hangzhou's first score."""
    printed = {"户籍", "年龄", "婚姻状况", "文化程度", "社保缴纳", "资产信息", "社会关系", "职业违规", "个人职业信用"}
    parts = [part for pack in PACKS.values() for dimension in pack.dimensions
             for part in (dimension, *dimension.indicators)]  # fmt: skip
    listed = {part.name.zh for part in parts if not part.scored}
    assert printed <= listed
    assert all(attribute_in(name) for name in printed)


@pytest.mark.parametrize("kind", ["dimension", "indicator", "item", "catalogue item"])
def test_a_citys_pack_cannot_score_what_the_base_lists_unscored(kind: str) -> None:
    """Each of the base set's unscored indicators, by its own name or code, wherever a pack might put it."""
    base = PACKS["national"]
    unscored = [each for dimension in base.dimensions for each in dimension.indicators if not each.scored]
    assert len(unscored) == 19
    for indicator in unscored:
        for text in (indicator.code, indicator.name.zh, indicator.name.en):
            with pytest.raises(PackError, match=r"guardrail 6|does not score it"):
                parse_pack(named(kind, text), PACKS)


def named(kind: str, text: str) -> str:
    """The small pack, extending the base set, with one part named `text`."""
    places = {"dimension": "Good conduct", "indicator": "Giving", "item": "Blood donation"}
    extending = TINY.replace('code = "tiny"', 'code = "tiny"\nextends = "national"')
    if kind in places:
        return extending.replace(f'"{places[kind]}"', f'"{text}"')
    return extending + CATALOGUE_ENTRY.replace("NAME", text)


CATALOGUE_ENTRY = """
[[catalogue]]
code = "something"
name_zh = "NAME"
name_en = "NAME"
kind = "positive"
basis_zh = "本人授权"
basis_en = "Consent"
sources = ["library"]
disclosure = "authorised"
retention_months = 12
"""

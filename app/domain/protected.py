"""Attributes of a person that are never an input to a score (guardrail 6), under their usual Chinese and English names.

A name is looked at without its spaces, punctuation and width, in simplified and traditional characters, so that
`maritalStatus`, `婚 姻` and `ＨＵＫＯＵ` are seen for what they are. Over-strict by design: a pack's author can rename
an innocent item.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

CHINESE: dict[str, str] = {
    "household registration": "户籍 户口 戶籍 戶口 籍贯 籍貫 落户 落戶 居住证 居住證 居住时间 居住年限 本地人 外来人口",
    "origin": "出生地 出生於 常住地 国籍 國籍",
    "age": "年龄 年齡 周岁 岁数 歲數 出生日期 出生年 生日",
    "sex": "性别 性別 男性 女性 男女",
    "ethnicity": "民族 种族 種族 族裔 汉族 漢族 少数民族",
    "religion": "宗教 信仰 信教 教徒",
    "marriage": "婚姻 婚否 婚育 结婚 結婚 离婚 離婚 已婚 未婚 配偶",
    "family": "家庭 家族 子女 父母 生育 亲属 親屬 直系亲 家风",
    "health": "健康 疾病 病史 病历 血型 基因 指纹 指紋 体检 體檢 就诊 诊断 献血量",
    "disability": "残疾 殘疾 残障 殘障",
    "party membership": "党员 黨員 党籍 黨籍 党龄 党费 入党 团员 團員 政治面貌 民主党派 中共",
    "education": "学历 學歷 学位 學位 文化程度 受教育 教育背景 教育程度 毕业 畢業 科研资质",
    "occupation": "职业 職業 职务 職務 职称 職稱 技能等级 工作单位 工作时间 就业 就業 失业 在职 用人单位",
    "income": "收入 工资 工資 薪资 薪酬 年薪 纳税额 社保 社会保险 公积金 公積金 缴存",
    "assets": "资产 資產 财产 財產 房产 房產 不动产 存款 储蓄 理财 车产 信贷 信貸 贷款 貸款 负债 負債 财富 消费额",
    "social graph": "社交 社会关系 社會關係 好友 人脉 人脈 亲友 朋友圈 通讯录 通訊錄",
    "movements": "行踪 行蹤 轨迹 軌跡 定位 地理位置 出入境 住宿记录 移动路线",
    "speech": "言论 言論 发帖 發帖 网络文明 舆情 輿情 评论内容 转发 微博",
}
"""What a name in Chinese must not contain."""

ENGLISH: dict[str, str] = {
    "household registration": "hukou huji domicil* household* residen*",
    "origin": "nativeplace birthplace nationality citizenship",
    "age": "age aged birth birthday birthdate nianling",
    "sex": "sex gender male female man woman men women xingbie",
    "ethnicity": "race racial ethnic* minzu",
    "religion": "religio* faith church mosque zongjiao",
    "marriage": "marit* marri* spouse* divorc* wedding hunyin",
    "family": "famil* kin kinship child children parent* relatives fertility",
    "health": "health* disease* illness* sickness diagnos* bloodtype genetic* gene genes fingerprint* biometric*",
    "disability": "disab* handicap*",
    "party membership": "political* politics partymember* partymembership communist* leaguemember* dangyuan",
    "education": "educat* diploma* graduat* schooling academic* university xueli",
    "occupation": "occupation* profession* job jobs employ* unemploy* jobtitle workplace zhiye",
    "income": "income* salar* wage wages earnings pension* socialinsurance socialsecurity taxpaid providentfund shouru",
    "assets": "asset* property properties wealth* savings bankbalance networth realestate homeowner* loan* debt*",
    "social graph": "socialgraph socialnetwork friend* contacts acquaintance* relationship*",
    "movements": "movement* location* whereabouts trajector* geolocation itinerar* trail trails",
    "speech": "speech opinion* posts tweets socialmedia weibo",
}
"""Words that a name in English must not contain; `*` stands for any ending. Two words in a row count as one as well."""


def _compiled(vocabulary: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word).replace(r"\*", "[a-z]*") for word in vocabulary.split()))


_ENGLISH = {attribute: _compiled(vocabulary) for attribute, vocabulary in ENGLISH.items()}
_CHINESE = {attribute: tuple(vocabulary.split()) for attribute, vocabulary in CHINESE.items()}


def attribute_in(name: str) -> str | None:
    """The protected attribute that `name` stands for, in English, or None."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", name) if unicodedata.category(char) != "Cf")
    return _chinese(plain) or _english(plain)


def _chinese(name: str) -> str | None:
    squeezed = "".join(char for char in name if char.isalnum())
    return next((attribute for attribute, words in _CHINESE.items() if any(word in squeezed for word in words)), None)


def _english(name: str) -> str | None:
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    candidates = words + [first + second for first, second in pairwise(words)]
    for attribute, pattern in _ENGLISH.items():
        if any(pattern.fullmatch(candidate) for candidate in candidates):
            return attribute
    return None

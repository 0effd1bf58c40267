"""Words that people read, in Chinese and English, and the rule that they stay neutral (guardrail 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HARSH = (
    *("失信", "黑名单", "老赖", "惩戒", "惩罚", "受限", "限制", "拒绝"),
    *("不良", "低分", "违约", "风险", "不合格", "不符合", "资格不足"),
    *("dishonest", "discredit", "untrustworthy", "blacklist", "punish", "penalt", "sanction", "restrict"),
    *("deny", "denied", "refuse", "reject", "fail", "risk", "low score", "bad credit", "unqualified", "eligible"),
)
"""Judgements of a person; none of them may stand in a text of a scenario."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def filled(self, params: Mapping[str, object]) -> Words:
        """The same text with its `{placeholders}` filled; raises KeyError where one is missing."""
        return Words(zh=self.zh.format_map(params), en=self.en.format_map(params))

    def harsh_word(self) -> str | None:
        """The first word in it that judges a person, or None: what the neutral-words rule looks for."""
        text = f"{self.zh}\n{self.en}".lower()
        return next((word for word in HARSH if word in text), None)

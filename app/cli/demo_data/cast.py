"""The logins made for a purpose. Each is an ordinary person of the city; only what happened to them is chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A login made for a purpose; `habit` names an entry of habits.HABITS, `opened` the conditions they declared.

    `result_only`: they log in by a network identity (网号), so that no one here learns their name and number.
    """

    login: str
    city: str
    name: str
    habit: str
    note: str
    member: bool = True
    opened: tuple[tuple[str, str], ...] = ()
    result_only: bool = False


MEDICAL = (("hz-medical-pay", "service-opened"),)
"""Scenario and condition: pay-later in hospital is opened by one's own choice."""

WAITING = "not opted in, with records waiting at the departments"

CAST = (
    Role("hz-high", "hangzhou", "林晓", "model", "high score: every Hangzhou scenario answers credit", opened=MEDICAL),
    Role(
        "hz-middle", "hangzhou", "周宁", "between", "medical and loans open, transit and card not yet", opened=MEDICAL
    ),
    Role("hz-low", "hangzhou", "何山", "penalised", "low score: the ordinary path everywhere"),
    Role("hz-blank", "hangzhou", "苏青", "blank", "opted in, no records: the score is the pack's base"),
    Role("hz-guest", "hangzhou", "沈舟", "model", WAITING, member=False),
    Role("hz-leaver", "hangzhou", "叶秋", "steady", "for trying out leaving and coming back"),
    Role("hz-card-a", "hangzhou", "陆遥", "diligent", "for exchanging cards with hz-card-b"),
    Role("hz-card-b", "hangzhou", "顾川", "diligent", "for exchanging cards with hz-card-a"),
    Role("hz-order", "hangzhou", "方正", "model", "for opening and paying orders", opened=MEDICAL),
    Role("hz-office", "hangzhou", "秦简", "blank", "an operator of the credit office, who proposes", member=False),
    Role("xm-high", "xiamen", "黄鹭", "model", "high score: every Xiamen scenario answers credit"),
    Role("xm-low", "xiamen", "蔡一鸣", "penalised", "low score: the ordinary path everywhere"),
    Role("xm-blank", "xiamen", "许诺", "blank", "opted in, no records"),
    Role("xm-guest", "xiamen", "曾帆", "model", WAITING, member=False),
    Role("xm-card-a", "xiamen", "郑舒", "diligent", "for exchanging cards with xm-card-b"),
    Role("xm-card-b", "xiamen", "吴桐", "diligent", "for exchanging cards with xm-card-a"),
    Role("zs-high", "zhoushan", "翁海", "model", "high score: every Zhoushan scenario answers credit"),
    Role("zs-middle", "zhoushan", "傅沙洲", "halfway", "transit is open, bikes are not yet"),
    Role("zs-low", "zhoushan", "金塘", "penalised", "low score: the ordinary path everywhere"),
    Role("zs-guest", "zhoushan", "贝岑", "model", WAITING, member=False),
    Role(
        "xm-net",
        "xiamen",
        "白芷",
        "blank",
        "logs in by a network identity (网号): we learn neither name nor number",
        member=False,
        result_only=True,
    ),
    Role("hz-chief", "hangzhou", "文澜", "blank", "an operator of the credit office, who approves", member=False),
    Role("hz-audit", "hangzhou", "钟镜", "blank", "an auditor of the credit office, who reads only", member=False),
)

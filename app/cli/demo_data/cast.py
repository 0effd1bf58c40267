"""The logins made for a purpose. Each is an ordinary person of the city; only what happened to them is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.offer import Offer


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

HANGZHOU = (
    *MEDICAL,
    ("hz-office-equipment", "legal-representative"),
    ("hz-public-housing", "household-member"),
    ("hz-public-housing", "new-or-renewed"),
)
XIAMEN = (("xm-rent-later", "landlord-agrees"), ("xm-approval-pledge", "pledge"))
ZHOUSHAN = (("zs-medical-pay", "service-opened"), ("zs-gift-exchange", "gifts-wanted"))
"""What is asked for before the credit way opens, where anything is: said by those for whom every scenario is open."""

WAITING = "not opted in, with records waiting at the departments"
BY_NETWORK = "logs in by a network identity (网号): we learn neither name nor number"
PROPOSES = "an operator of the credit office, who proposes"
APPROVES = "an operator of the credit office, who approves"
READS = "an auditor of the credit office, who reads only"

CAST = (
    Role("hz-high", "hangzhou", "林晓", "model", "high score: every Hangzhou scenario answers credit", opened=HANGZHOU),
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
    Role("hz-office", "hangzhou", "秦简", "blank", PROPOSES, member=False),
    Role("xm-high", "xiamen", "黄鹭", "model", "high score: every Xiamen scenario answers credit", opened=XIAMEN),
    Role("xm-low", "xiamen", "蔡一鸣", "penalised", "low score: the ordinary path everywhere"),
    Role("xm-blank", "xiamen", "许诺", "blank", "opted in, no records"),
    Role("xm-guest", "xiamen", "曾帆", "model", WAITING, member=False),
    Role("xm-card-a", "xiamen", "郑舒", "diligent", "for exchanging cards with xm-card-b"),
    Role("xm-card-b", "xiamen", "吴桐", "diligent", "for exchanging cards with xm-card-a"),
    Role("zs-high", "zhoushan", "翁海", "model", "high score: every Zhoushan scenario answers credit", opened=ZHOUSHAN),
    Role("zs-middle", "zhoushan", "傅沙洲", "halfway", "transit is open, bikes are not yet"),
    Role("zs-low", "zhoushan", "金塘", "penalised", "low score: the ordinary path everywhere"),
    Role("zs-guest", "zhoushan", "贝岑", "model", WAITING, member=False),
    Role(
        "xm-net",
        "xiamen",
        "白芷",
        "blank",
        BY_NETWORK,
        member=False,
        result_only=True,
    ),
    Role("hz-chief", "hangzhou", "文澜", "blank", APPROVES, member=False),
    Role("hz-audit", "hangzhou", "钟镜", "blank", READS, member=False),
)


def cast_of(prefix: str, city: str, offers: Iterable[Offer]) -> tuple[Role, ...]:
    """The logins made for a purpose of any one city, with what they opened of its offers where opening is needed."""
    opened = tuple(
        (offer.code, condition.code) for offer in offers for condition in offer.conditions
        if condition.needed
    )  # fmt: skip
    return (
        Role(f"{prefix}-high", city, "林晓", "model", "high score: every scenario answers credit", opened=opened),
        Role(f"{prefix}-middle", city, "周宁", "halfway", "some records", opened=opened),
        Role(f"{prefix}-low", city, "何山", "penalised", "low score: the ordinary path everywhere"),
        Role(f"{prefix}-blank", city, "苏青", "blank", "opted in, no records: the score is the pack's base"),
        Role(f"{prefix}-guest", city, "沈舟", "model", WAITING, member=False),
        Role(f"{prefix}-leaver", city, "叶秋", "steady", "for trying out leaving and coming back"),
        Role(f"{prefix}-card-a", city, "陆遥", "diligent", f"for exchanging cards with {prefix}-card-b"),
        Role(f"{prefix}-card-b", city, "顾川", "diligent", f"for exchanging cards with {prefix}-card-a"),
        Role(f"{prefix}-order", city, "方正", "model", "for opening and paying orders", opened=opened),
        Role(f"{prefix}-net", city, "白芷", "blank", BY_NETWORK, member=False, result_only=True),
        Role(f"{prefix}-office", city, "秦简", "blank", PROPOSES, member=False),
        Role(f"{prefix}-chief", city, "文澜", "blank", APPROVES, member=False),
        Role(f"{prefix}-audit", city, "钟镜", "blank", READS, member=False),
    )

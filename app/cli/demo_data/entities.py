"""The legal entities of a demo, and the register that says them; their codes lie in region 990000, which is nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stdnum.cn import uscc as credit_codes

from app.cli.demo_data.people import Person
from app.cli.demo_data.plan import Plan
from app.domain.entity import (
    EntityFacts,
    EntityKind,
    EntityRecord,
    EntityStatus,
    RecordKind,
    organisation_check_digit,
)
from app.domain.pack import LegalClass

REGISTER, REGISTER_NAME = "market_register", "市场监督管理局（登记）"
REGISTER_CLIENT = "dept-market-register"
COMPANY, SHOP = "high", "card-a"
"""The logins, by how they end, that speak for an entity."""


@dataclass(frozen=True, slots=True)
class DemoEntity:
    """A legal entity by its credit code, and what the register says of it."""

    uscc: str
    facts: EntityFacts


def entities_of(cast: list[Person], plan: Plan, today: date, now: datetime) -> Iterator[DemoEntity]:
    """One company and one shop in each home city whose cast has somebody to speak for them, as of `now`."""
    for person in cast:
        home = plan.homes.get(person.city)
        if home is None or person.login not in (f"{home.prefix}-{COMPANY}", f"{home.prefix}-{SHOP}"):
            continue
        shop = person.login.endswith(SHOP)
        kind = EntityKind.INDIVIDUAL_BUSINESS if shop else EntityKind.COMPANY
        facts = EntityFacts(
            name=f"{home.name}清风茶叶店" if shop else f"{home.name}听潮文化创意有限公司",
            kind=kind,
            status=EntityStatus.ACTIVE,
            city=person.city,
            established_on=today - timedelta(days=2_000),
            as_of=now,
            representative=person.id_number,
            records=tuple(_records(home.name, person.number, today, shop=shop)),
        )
        yield DemoEntity(credit_code("92" if shop else "91", person.number), facts)


def credit_code(kind: str, number: int) -> str:
    """The code of entity `number` (0 to 9999999) in region 990000, with both its check digits; `kind` is its start."""
    body = f"9{number:07d}"
    code = f"{kind}990000{body}{organisation_check_digit(body)}"
    return code + str(credit_codes.calc_check_digit(code))


def _records(city: str, number: int, today: date, *, shop: bool) -> Iterator[EntityRecord]:
    issuer = f"{city}市场监督管理局"
    yield EntityRecord(
        RecordKind.PERMIT, f"JY99000{number:06d}", "食品经营许可证" if shop else "营业性演出许可证", issuer,
        today - timedelta(days=700), today + timedelta(days=1_125),
    )  # fmt: skip
    if shop:
        yield EntityRecord(
            RecordKind.PENALTY, f"示例市监罚〔2026〕{number}号", "食品标签不合规定", issuer,
            today - timedelta(days=60), today + timedelta(days=300), LegalClass.GENERAL,
        )  # fmt: skip
    else:
        decided = today - timedelta(days=400)
        yield EntityRecord(
            RecordKind.HONOUR, f"示例表〔2025〕{number}号", "守信经营示范单位", f"{city}市人民政府", decided
        )

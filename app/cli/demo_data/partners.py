"""The partners of a demo and the operators of its credit office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.offer import Offer
from app.domain.wording import Words


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """A merchant; `client_id` is also the name of its key's file."""

    client_id: str
    name_zh: str
    name_en: str
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoOperator:
    """One of the credit office; `name` is what citizens read in their access log: a duty, for logs are not sealed."""

    login: str
    name: str
    roles: tuple[str, ...]


PARTNERS = (
    DemoPartner(
        "hz-library", "杭州图书馆", "Hangzhou Library", ("hz-library-card", "zj-library-loans", "zj-library-late-fee")
    ),
    DemoPartner(
        "hz-citycard",
        "杭州市民卡",
        "Hangzhou City Card",
        ("hz-transit-ride", "hz-medical-pay", "hz-campus-fitness", "hz-broadband-offer"),
    ),
    DemoPartner(
        "hz-rentals",
        "杭州便民租赁",
        "Hangzhou Rentals",
        ("hz-office-equipment", "hz-public-housing", "hz-hotel-stay"),
    ),
    DemoPartner(
        "zs-mobility", "舟山出行", "Zhoushan Mobility", ("zs-transit-ride", "zs-bike-rental", "zs-parking-space")
    ),
    DemoPartner(
        "zs-islands",
        "舟山群岛惠民",
        "Zhoushan Islands",
        (
            *("zs-tour-return", "zs-tour-lane", "zs-campus-gym"),
            *("zs-book-delivery", "zs-gift-exchange", "zs-medical-pay"),
        ),
    ),
    DemoPartner("xm-commons", "厦门共享", "Xiamen Commons", ("xm-bike-rental", "xm-library-loans", "xm-store-later")),
    DemoPartner(
        "xm-services", "厦门便民服务", "Xiamen Services", ("xm-ferry-seat", "xm-rent-later", "xm-approval-pledge")
    ),
)


def partners_of(prefix: str, city: Words, offers: Sequence[Offer]) -> tuple[DemoPartner, ...]:
    """Those of the demo's partners whose scenarios are all in a city; else one for its offers, or none without any."""
    open_here = {offer.code for offer in offers}
    if known := tuple(partner for partner in PARTNERS if open_here.issuperset(partner.scenarios)):
        return known
    name = Words(f"{city.zh}便民服务", f"{city.en} Services")
    return (DemoPartner(f"{prefix}-services", name.zh, name.en, tuple(sorted(open_here))),) if open_here else ()


def operators_of(prefix: str) -> tuple[DemoOperator, ...]:
    """Two who need each other for every risky action, and one who reads only."""
    return (
        DemoOperator(f"{prefix}-office", "信用办 · 经办", ("admin", "office")),
        DemoOperator(f"{prefix}-chief", "信用办 · 主管", ("admin", "office")),
        DemoOperator(f"{prefix}-audit", "信用办 · 监督", ("auditor",)),
    )


OPERATORS = operators_of("hz")

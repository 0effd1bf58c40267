"""The four partners of the demo and the operators of its credit office."""

from __future__ import annotations

from dataclasses import dataclass


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
    DemoPartner("hz-library", "杭州图书馆", "Hangzhou Library", ("hz-library-card", "zj-library-loans")),
    DemoPartner("hz-citycard", "杭州市民卡", "Hangzhou City Card", ("hz-transit-ride", "hz-medical-pay")),
    DemoPartner("zs-mobility", "舟山出行", "Zhoushan Mobility", ("zs-transit-ride", "zs-bike-rental")),
    DemoPartner("xm-commons", "厦门共享", "Xiamen Commons", ("xm-bike-rental", "xm-library-loans")),
)

OPERATORS = (
    DemoOperator("hz-office", "信用办 · 经办", ("admin", "office")),
    DemoOperator("hz-chief", "信用办 · 主管", ("admin", "office")),
    DemoOperator("hz-audit", "信用办 · 监督", ("auditor",)),
)
"""Two who need each other for every risky action, and one who reads only."""

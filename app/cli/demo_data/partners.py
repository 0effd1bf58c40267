"""The four partners of the demo and its one operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """A merchant; `client_id` is also the name of its key's file."""

    client_id: str
    name_zh: str
    name_en: str
    scenarios: tuple[str, ...]


PARTNERS = (
    DemoPartner("hz-library", "杭州图书馆", "Hangzhou Library", ("hz-library-card", "zj-library-loans")),
    DemoPartner("hz-citycard", "杭州市民卡", "Hangzhou City Card", ("hz-transit-ride", "hz-medical-pay")),
    DemoPartner("zs-mobility", "舟山出行", "Zhoushan Mobility", ("zs-transit-ride", "zs-bike-rental")),
    DemoPartner("xm-commons", "厦门共享", "Xiamen Commons", ("xm-bike-rental", "xm-library-loans")),
)

OPERATOR_LOGIN = "hz-office"
OPERATOR_NAME = "信用办 · 示范"
OPERATOR_ROLES = ("admin", "office")

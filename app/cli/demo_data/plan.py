"""Of what a demo is made: its cities, the logins made for a purpose, and those who send, who ask and who look after it.

Without a choice it is three cities; any other city that has a pack is made from its pack's catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.cli.demo_data.cast import CAST, Role, cast_of
from app.cli.demo_data.offices import DEPARTMENTS, Department, departments_of
from app.cli.demo_data.partners import OPERATORS, PARTNERS, DemoOperator, DemoPartner, operators_of, partners_of
from app.cli.demo_data.ways import HABITS, Often, habits_of
from app.domain.offer import Offer
from app.domain.pack import Pack


@dataclass(frozen=True, slots=True)
class Home:
    """A home city: the prefix of its people's logins, its Chinese name, and its share of the people."""

    prefix: str
    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A demo; `habits` says how often what happens in which life, `counted` the least that a counted fact counts."""

    homes: Mapping[str, Home]
    cast: tuple[Role, ...]
    departments: tuple[Department, ...]
    partners: tuple[DemoPartner, ...]
    operators: tuple[DemoOperator, ...]
    habits: Mapping[str, Often]
    counted: Mapping[str, int]


HOMES = {"hangzhou": Home("hz", "杭州", 45), "xiamen": Home("xm", "厦门", 40), "zhoushan": Home("zs", "舟山", 15)}
PREFIXES = {"suzhou": "sz", "suqian": "sq", "fuzhou": "fz", "rongcheng": "rc", "weihai": "wh"}
"""City code → the prefix of its people's logins; another city's own code serves."""

THREE_CITIES = Plan(HOMES, CAST, DEPARTMENTS, PARTNERS, OPERATORS, HABITS, {"volunteer_service": 2})


def plan_of(pack: Pack, offers: Iterable[Offer]) -> Plan:
    """The demo of the one city of `pack`, in which `offers`, few or none, are open."""
    code = pack.city
    prefix = HOMES[code].prefix if code in HOMES else PREFIXES.get(code, code.replace("_", "-"))
    local = tuple(offers)
    return Plan(
        homes={code: Home(prefix, pack.city_name.zh, 1)},
        cast=cast_of(prefix, code, local),
        departments=departments_of(pack),
        partners=partners_of(prefix, pack.city_name, local),
        operators=operators_of(prefix),
        habits=habits_of(pack),
        counted={item.code: item.min_quantity for item in pack.items() if item.min_quantity is not None},
    )

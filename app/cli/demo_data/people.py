"""The fictional people of the demo city.

Person n is the same for every size of city, so that a small city is the start of a large one.

Identity numbers lie in region 990000, which is no place, so that a number can be nobody's; check digits are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.cli.demo_data.plan import THREE_CITIES, Plan

HABIT_WEIGHTS = {"diligent": 20, "steady": 42, "quiet": 20, "blank": 15, "fined": 3}
MEMBERS_PERCENT = 97
PASSWORD = "xinyi-demo"  # noqa: S105 - everyone's in the sandbox, and printed by `make demo`

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁沈任姚"
    "卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文辉晓海燕雪云峰宇欣怡博浩然子轩梓涵诗雨佳思"
    "远嘉成志国庆春梅荣鑫鹏飞龙凤珍莉洁琳璐晨阳东南山川宁安康乐天舒畅青松竹清"
)

FIRST_BIRTHDAY = date(1946, 1, 1)
BIRTHDAYS = 19_997  # a prime number of days, to 2000-10: everyone was an adult when the oldest fact happened
BIRTHDAY_STRIDE = 7_919


@dataclass(frozen=True, slots=True)
class Person:
    """One fictional resident. `habit` names an entry of habits.HABITS; `note` says what a login is made for."""

    number: int
    login: str
    name: str
    id_number: str
    city: str
    assurance_level: str
    habit: str
    member: bool
    note: str
    result_only: bool = False

    def account(self) -> dict[str, str | bool]:
        """Their account at the sandbox real-name platform."""
        return {
            "login": self.login,
            "password": PASSWORD,
            "name": self.name,
            "id_number": self.id_number,
            "city": self.city,
            "assurance_level": self.assurance_level,
            "result_only": self.result_only,
        }


def people(seed: int, count: int, plan: Plan = THREE_CITIES) -> Iterator[Person]:
    """The first `count` people of the city `seed`, one at a time: those made for a purpose, then everyone else."""
    return (person(seed, number, plan) for number in range(count))


def person(seed: int, number: int, plan: Plan) -> Person:
    """Person `number` of the city `seed`."""
    chance = Random(f"{seed}/person/{number}")  # noqa: S311 - repeatable on purpose
    name, identity = full_name(chance), id_number(number, chance)
    if number < len(plan.cast):
        role = plan.cast[number]
        made = (role.habit, role.member, role.note, role.result_only)
        return Person(number, role.login, role.name, identity, role.city, "al2", *made)
    city = chance.choices(list(plan.homes), [home.weight for home in plan.homes.values()])[0]
    habit = chance.choices(list(HABIT_WEIGHTS), list(HABIT_WEIGHTS.values()))[0]
    level = "al3" if chance.random() < 0.1 else "al2"
    member = chance.randrange(100) < MEMBERS_PERCENT
    return Person(number, f"{plan.homes[city].prefix}-{number:06d}", name, identity, city, level, habit, member, "")


def opened(person: Person, plan: Plan = THREE_CITIES) -> tuple[tuple[str, str], ...]:
    """The scenarios and conditions that someone declared (see cast.Role)."""
    return plan.cast[person.number].opened if person.number < len(plan.cast) else ()


def full_name(chance: Random) -> str:
    """A surname and one or two given characters."""
    return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))


def id_number(number: int, chance: Random) -> str:
    """An identity number of 18 characters that no other `number` below 9,000,000 has; GB 11643 (ISO 7064 MOD 11-2)."""
    birthday = FIRST_BIRTHDAY + timedelta(days=number * BIRTHDAY_STRIDE % BIRTHDAYS)
    sequence = 2 * (number // BIRTHDAYS) + 1 + chance.randrange(2)
    body = f"990000{birthday:%Y%m%d}{sequence:03d}"
    remainder = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body)) % 11
    return body + "10X98765432"[remainder]

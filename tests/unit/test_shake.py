"""Squares of about a hundred metres, who meets whom in them, and what a nickname may not be."""

from __future__ import annotations

from math import cos, radians
from random import Random

import pytest

from app.domain import shake
from app.domain.errors import Refusal
from app.domain.shake import CELL_METRES, NUMBERS, REACH_METRES, coarse, free_number, in_reach, metres

TOWNS = {"xiamen": (24.48, 118.09), "hangzhou": (30.27, 120.15), "harbin": (45.8, 126.5), "sanya": (18.25, 109.5)}


def moved(point: tuple[float, float], north: float, east: float) -> tuple[float, float]:
    return point[0] + north / 111_195, point[1] + east / (111_195 * cos(radians(point[0])))


@pytest.mark.parametrize("town", TOWNS)
def test_a_square_tells_no_more_than_about_a_hundred_metres(town: str) -> None:
    dice = Random(town)
    points = [moved(TOWNS[town], dice.uniform(0, 40), dice.uniform(0, 40)) for _ in range(200)]
    assert len({coarse(point) for point in points}) <= 4, "forty metres are within four squares at most"
    assert all(metres(point, coarse(point)) <= CELL_METRES * 0.75 for point in points)


@pytest.mark.parametrize("town", TOWNS)
def test_the_middle_of_a_square_is_its_own_middle(town: str) -> None:
    dice = Random(town)
    for _ in range(300):
        middle = coarse(moved(TOWNS[town], dice.uniform(-50_000, 50_000), dice.uniform(-50_000, 50_000)))
        assert coarse(middle) == middle


@pytest.mark.parametrize("town", TOWNS)
def test_two_in_one_room_meet_wherever_the_squares_lie(town: str) -> None:
    dice = Random(town)
    for _ in range(500):
        one = moved(TOWNS[town], dice.uniform(0, 2000), dice.uniform(0, 2000))
        other = moved(one, dice.uniform(-30, 30), dice.uniform(-30, 30))
        assert in_reach(coarse(one), coarse(other))


def test_nobody_meets_from_three_hundred_metres() -> None:
    dice = Random(1)
    for _ in range(500):
        one = moved(TOWNS["xiamen"], dice.uniform(0, 2000), dice.uniform(0, 2000))
        assert not in_reach(coarse(one), coarse(moved(one, 301, 0)))
        assert not in_reach(coarse(one), coarse(moved(one, 0, 301)))


@pytest.mark.parametrize("point", [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0), (24.9999999, 118.0), (-0.0001, -0.0001)])
def test_the_ends_of_the_earth_have_squares_too(point: tuple[float, float]) -> None:
    assert coarse(coarse(point)) == coarse(point)
    assert in_reach(coarse(point), coarse(point))


def test_the_reach_is_as_the_rules_say() -> None:
    assert REACH_METRES == 150
    assert CELL_METRES * 2**0.5 < REACH_METRES < 2 * CELL_METRES, "a square and the eight around it, and no other"


def test_numbers_are_free_until_all_are_taken() -> None:
    assert free_number(set(NUMBERS) - {47}) == 47
    assert free_number(NUMBERS) is None
    assert len({free_number(()) for _ in range(400)}) > 50, "nobody can foretell one"


@pytest.mark.parametrize("nickname", ["晓雨47", "４７", "晓雨 4️⃣7️⃣", "①", "Ⅳ", "٤٧", "½", "🔟", "x²", "㉑", "𝟜𝟟"])
def test_a_nickname_cannot_pass_for_a_number(nickname: str) -> None:
    with pytest.raises(Refusal, match="nickname-with-number"):
        shake.check_nickname(nickname)


@pytest.mark.parametrize("nickname", ["晓雨", "张三", "👩‍🏫 Lin", "Ána"])
def test_any_other_name_will_do(nickname: str) -> None:
    shake.check_nickname(nickname)

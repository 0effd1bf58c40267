"""Whole calendar months and the day on which so many of them are full: one is the other's mirror."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import latest_with_months, months_between

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("months", "day", "latest"),
    [
        (0, date(2026, 2, 28), date(2026, 2, 28)),
        (1, date(2026, 2, 28), date(2026, 1, 31)),
        (12, date(2025, 2, 28), date(2024, 2, 29)),
        (12, date(2024, 2, 28), date(2023, 2, 28)),
        (6, date(2026, 2, 27), date(2025, 8, 27)),
        (1, date(2026, 3, 31), date(2026, 2, 28)),
        (60, date(2026, 6, 30), date(2021, 6, 30)),
        (1, date(2026, 6, 30), date(2026, 5, 31)),
    ],
)
def test_the_latest_day_from_which_so_many_months_are_full(months: int, day: date, latest: date) -> None:
    assert latest_with_months(months, day) == latest


@given(DAYS, DAYS, st.integers(0, 130))
def test_so_many_months_are_full_on_that_day_and_before_and_never_after(earlier: date, day: date, months: int) -> None:
    assert (months_between(earlier, day) >= months) == (earlier <= latest_with_months(months, day))

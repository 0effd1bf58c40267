"""The resident identity number (公民身份号码, GB 11643-1999): shape, check digit, day of birth, and the 18 gate."""

from __future__ import annotations

import re
from datetime import date

from app.domain.calendar import add_months

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def birth_date(number: str) -> date | None:
    """The day of birth in a valid number, None for one that is not valid. Any region is taken, so that 990000 is."""
    if not _SHAPE.fullmatch(number) or _CHECK[_sum(number) % 11] != number[17]:
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _sum(number: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))


def adult_on(born: date, day: date) -> bool:
    """Whether someone is 18 or older on `day`: the one use of age (guardrail 6)."""
    return day >= add_months(born, 18 * 12)

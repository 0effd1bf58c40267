"""What a calculation says beside the points, for many people at once, in SQL that DuckDB and PostgreSQL both run.

The plain definitions are `changes_on` in `app.domain.score` and `Pack.grade`; tests hold both to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.domain.calendar import latest_with_months
from app.domain.pack import Pack
from app.domain.record import LONGEST_KEPT_MONTHS, Status


def next_change(pack: Pack, as_of: date) -> str:
    """The first day after `as_of` on which a record may count for more or less, or null: `changes_on` of one record."""
    items = [item.code for item in pack.items()]
    if not items:
        return "cast(null as date)"
    days = ", ".join([*_dates(as_of), _step(pack, as_of)])
    return f"case when status = {_text(Status.ACTIVE)} and item in ({_list(items)}) then least({days}) end"


def grade(pack: Pack, score: str) -> str:
    """The code of the band in which the points of the column `score` lie."""
    bands = sorted(pack.grades, key=lambda band: band.from_points, reverse=True)
    return f"case {' '.join(f'when {score} >= {band.from_points} then {_text(band.code)}' for band in bands)} end"


def _dates(as_of: date) -> Iterator[str]:
    """The days that a record names itself, those that are still to come."""
    day = _day(as_of)
    yield f"case when greatest(effective_on, event_on) > {day} then greatest(effective_on, event_on) end"
    yield f"case when expires_on > {day} then expires_on end"
    gone = _day(latest_with_months(LONGEST_KEPT_MONTHS, as_of))
    yield f"case when ended_on > {gone} then {_later('ended_on', LONGEST_KEPT_MONTHS)} end"


def _step(pack: Pack, as_of: date) -> str:
    """The day of the next step of age: that of the first step which the record has not reached on `as_of`."""
    items: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for dimension in pack.dimensions:
        for indicator in dimension.indicators:
            items.setdefault(indicator.age, []).extend(item.code for item in indicator.items)
    whens = [f"when item in ({_list(codes)}) then {_first(age, as_of)}" for age, codes in items.items() if codes]
    return f"case {' '.join(whens)} end"


def _first(age: tuple[tuple[int, int], ...], as_of: date) -> str:
    steps = [months for months, _ in age if months <= (as_of.year - 1) * 12]
    whens = [f"when event_on > {_day(latest_with_months(months, as_of))} then {_later('event_on', months)}"
             for months in steps]  # fmt: skip
    return f"case {' '.join(whens)} end" if whens else "cast(null as date)"


def _later(column: str, months: int) -> str:
    return f"cast({column} + interval '{months} months' as date)"


def _day(day: date) -> str:
    return f"date '{day.isoformat()}'"


def _text(code: str) -> str:
    return "'" + code.replace("'", "''") + "'"


def _list(codes: list[str]) -> str:
    return ", ".join(map(_text, codes))

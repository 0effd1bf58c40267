"""Calendar days of Asia/Shanghai and whole calendar months (scoring.md)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one offset without summer time since 1991; no record here is older."""


def day_of(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai at an aware moment."""
    return moment.astimezone(SHANGHAI).date()


def after_working_days(moment: datetime, days: int) -> datetime:
    """The midnight in Asia/Shanghai at which so many whole working days have passed since `moment`.

    Monday to Friday: the State Council's yearly list of holidays is not known to us ahead.

    >>> after_working_days(datetime(2026, 11, 20, 12, tzinfo=SHANGHAI), 1).isoformat()
    '2026-11-24T00:00:00+08:00'
    """
    day = day_of(moment)
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def add_months(day: date, months: int) -> date:
    """`day` moved by whole calendar months; the 31st falls on a shorter month's last day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def months_between(earlier: date, later: date) -> int:
    """Whole calendar months from `earlier` to `later`; negative where `later` comes first.

    >>> months_between(date(2025, 1, 31), date(2025, 2, 28))
    1
    """
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months if add_months(earlier, months) <= later else months - 1


def latest_with_months(months: int, day: date) -> date:
    """The latest day from which `months` whole calendar months have passed on `day`.

    So `months_between(earlier, day) >= months` where, and only where, `earlier <= latest_with_months(months, day)`.

    >>> latest_with_months(1, date(2025, 2, 28))
    datetime.date(2025, 1, 31)
    """
    latest = add_months(day, -months)
    longest = latest.replace(day=monthrange(latest.year, latest.month)[1])
    return longest if add_months(longest, months) <= day else latest

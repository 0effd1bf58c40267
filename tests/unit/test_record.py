"""On which days a record counts."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import add_months
from app.domain.record import LONGEST_KEPT_MONTHS, Record, Status

DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(DAYS, DAYS, DAYS)
def test_it_counts_from_its_first_day_until_the_day_before_its_last(
    event_on: date, expires_on: date, day: date
) -> None:
    record = Record("rec_1", "penalty", event_on, event_on, expires_on)
    assert record.counts_on(day) == (event_on <= day < expires_on)


@given(DAYS, DAYS)
def test_an_adverse_one_never_outlives_five_years_after_the_act(ended_on: date, day: date) -> None:
    record = Record("rec_1", "penalty", date(2000, 1, 1), date(2000, 1, 1), None, ended_on)
    assert record.counts_on(day) == (day < add_months(ended_on, LONGEST_KEPT_MONTHS))


@given(DAYS, st.sampled_from(list(Status)))
def test_only_an_active_one_counts(day: date, status: Status) -> None:
    record = Record("rec_1", "book", day, day, day + timedelta(days=1), status=status)
    assert record.counts_on(day) == (status is Status.ACTIVE)

"""What a new version of an offer does to people, as figures: whole tables of 20 or more, or none (guardrail 14)."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from app.domain.cohorts import groups_by_attribute
from app.domain.offer_changes import changed_fields, offer_changes
from app.domain.offer_simulation import OfferSimulation, Reached, Ways, measure_reach, measured_on
from tests.support.shop import BIKE

DAY, SOON, LATE = date(2026, 11, 21), date(2026, 12, 1), date(2027, 1, 1)
OLD = scenarios.load().offer(BIKE)
NEW = replace(OLD, version=2, threshold=600)


def figures(people: list[Reached]) -> OfferSimulation:
    return measure_reach(OLD, NEW, people, members=len(people), as_of=DAY)


def crowd(gain: int = 0, lose: int = 0, keep: int = 0, neither: int = 0, **cohorts: str) -> list[Reached]:
    counted = ((False, True, gain), (True, False, lose), (True, True, keep), (False, False, neither))
    return [Reached(before, after, cohorts) for before, after, count in counted for _ in range(count)]


def test_gain_and_lose_are_told_in_all_and_by_cohort() -> None:
    people = crowd(gain=60, keep=40, sex="male") + crowd(lose=20, neither=20, sex="female")
    found = figures(people)
    assert found.ways == Ways(gain=60, lose=20, keep=40, neither=20)
    assert [(each.name, each.people, each.ways.gain, each.ways.lose) for each in found.cohorts] == [
        ("female", 40, 0, 20),
        ("male", 100, 60, 0),
    ]
    assert found.as_json()["hidden"] == {"ways": 0, "cohorts": 0}


@pytest.mark.parametrize("few", [1, 19])
def test_a_few_hide_the_whole_table(few: int) -> None:
    found = figures(crowd(gain=few, keep=100, sex="male") + crowd(keep=100, sex="female"))
    assert (found.ways, found.cohorts, found.hidden) == (None, (), {"ways": 1, "cohorts": 1})


def test_whoever_lacks_an_attribute_is_a_group_like_any_other() -> None:
    found = figures(crowd(keep=30, sex="male") + crowd(keep=19))
    assert (found.ways, found.cohorts) == (Ways(0, 0, 40, 0), ())


def test_fewer_than_twenty_people_are_nobody() -> None:
    found = figures(crowd(keep=19, sex="male"))
    assert (found.people, found.members, found.ways, found.cohorts) == (None, None, None, ())


people = st.builds(
    lambda ways, cohorts: crowd(*ways, **cohorts),
    st.tuples(*[st.sampled_from([0, 0, 7, 20, 33])] * 4),
    st.fixed_dictionaries({}, optional={"sex": st.sampled_from(["male", "female"]), "age_band": st.just("18-29")}),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(people, max_size=6))
def test_no_sum_or_difference_of_its_numbers_is_of_a_few_people(groups: list[list[Reached]]) -> None:
    """Whatever is added to or taken from another number, of this simulation or the next, is whole twenties."""
    found = figures([one for group in groups for one in group])
    if found.people is None:
        assert not found.cohorts
        return
    counts = [count for each in found.cohorts for count in (each.people, *astuple(each.ways))]
    assert all(count % 20 == 0 for count in (found.people, *counts, *(astuple(found.ways) if found.ways else ())))
    assert found.ways or not found.cohorts, "what its groups add up to is told as well"
    counted = Counter((one.before, one.after) for group in groups for one in group)
    assert found.ways is None or all(count >= 20 for count in counted.values())
    for each in found.cohorts:
        group = groups_by_attribute([one for some in groups for one in some])[each.attribute][each.name]
        cells = Counter((one.before, one.after) for one in group)
        assert all(count >= 20 for count in cells.values()), "so is what they leave of each other, before rounding"


def test_a_threshold_moved_by_a_point_does_not_tell_the_three_between() -> None:
    assert figures(crowd(gain=120, neither=80)).ways == figures(crowd(gain=117, neither=83)).ways


def test_an_end_is_measured_on_its_day_and_a_later_end_today() -> None:
    ending = replace(NEW, valid_until=SOON)
    assert measured_on(OLD, NEW, DAY) == DAY
    assert measured_on(OLD, ending, DAY) == SOON
    assert measured_on(ending, replace(ending, version=3, valid_until=LATE), DAY) == DAY
    assert measured_on(None, ending, DAY) == DAY, "a new offer for a while gives something first"
    assert measured_on(None, replace(NEW, valid_from=SOON), DAY) == SOON
    assert measured_on(OLD, replace(NEW, valid_until=date(2026, 1, 1)), DAY) == DAY


def test_what_differs_is_named() -> None:
    other = replace(NEW, valid_until=SOON, limits=replace(OLD.limits, open_orders=9), source="elsewhere")
    assert changed_fields(OLD, other) == ("threshold", "limits", "valid_until")
    changes = {change.field: (change.before, change.after) for change in offer_changes(OLD, other)}
    assert changes["valid_until"] == (None, "2026-12-01")
    assert changes["limits.open_orders"] == (str(OLD.limits.open_orders), "9")
    assert offer_changes(OLD, OLD) == ()

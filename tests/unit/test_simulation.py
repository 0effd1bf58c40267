"""A simulation's figures: exact, of 20 people or more, the same for whoever comes first, and grades that fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cohorts import audit_cohorts
from app.domain.hangzhou_rules import Mark
from app.domain.shape import mean, shape_of, suggested_cuts
from app.domain.simulation import Measured, Simulation, exact
from app.domain.statistics import LEAST
from tests.support.packs import tiny_pack
from tests.support.people import id_number

DAY = date(2026, 11, 20)
PACK = tiny_pack()
NEXT = replace(PACK, version=2)


def figures(people: list[Measured]) -> Simulation:
    return exact(PACK, NEXT, people, members=len(people), as_of=DAY)


def mark(found: Simulation, code: str) -> Mark:
    return next(rule.mark for rule in found.rules if rule.code == code)


member = st.builds(
    Measured,
    before=st.integers(0, 1000),
    after=st.integers(0, 1000),
    cohorts=st.fixed_dictionaries({}, optional={"sex": st.sampled_from(["male", "female"])}),
    good=st.booleans(),
    adverse=st.booleans(),
    serious=st.booleans(),
)
crowd = st.lists(member, max_size=120)


@given(crowd, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(people, chance):
    shuffled = list(people)
    chance.shuffle(shuffled)
    assert figures(shuffled) == figures(people)


@given(crowd)
def test_no_count_is_of_fewer_than_20_people(people):
    found = figures(people)
    counts = [count for each in found.bins for count in (each.before, each.after)]
    counts += [found.people, found.members, found.up, found.down, found.same]
    counts += [each.people for each in (*found.moves, *found.cohorts)]
    assert all(count is None or count >= LEAST for count in counts)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=200))
def test_the_same_rules_move_nobody(scores):
    found = figures([Measured(score, score, {}) for score in scores])
    assert (found.up, found.down) == (None, None)
    assert all(move.before == move.after for move in found.moves)
    assert found.shape_before == found.shape_after
    assert [each.before for each in found.bins] == [each.after for each in found.bins]


@given(st.lists(st.integers(0, 1000), max_size=400), st.integers(2, 8), st.integers(0, 1000))
def test_suggested_grades_rise_and_leave_the_base_out_of_the_lowest(scores, grades, base):
    cuts = suggested_cuts(scores, grades, low=0, high=1000, base=base)
    if cuts:
        assert len(cuts) == grades
        assert list(cuts) == sorted(set(cuts))
        assert cuts[0] == 0
        assert cuts[1] <= base
        assert cuts[-1] <= 1000


def test_a_mean_and_a_shape_by_hand():
    assert mean([1, 2]) == 200
    assert mean([1, 1, 2]) == 100
    scores = [400] * 10 + [600] * 10
    shape = shape_of(scores, scores)
    assert (shape.mean, shape.deviation, shape.skewness, shape.kurtosis) == (50_000, 10_000, 0, -200)
    assert shape_of([400] * 19, []) is None
    assert shape_of([400] * 20, []).skewness is None


def test_deciles_have_20_people_between_them():
    assert shape_of(list(range(400, 599)), list(range(400, 599))).deciles == ()
    assert shape_of(list(range(400, 600)), list(range(400, 600))).deciles == (
        420,
        440,
        460,
        480,
        500,
        520,
        540,
        560,
        580,
    )


def test_suggested_grades_by_hand():
    # 400 to 599, three grades: cut at half a deviation on either side of the middle, 30.85 % and 69.15 % of 200 people
    assert suggested_cuts(list(range(400, 600)), 3, low=0, high=1000, base=600) == (0, 460, 535)
    assert suggested_cuts(list(range(400, 600)), 3, low=0, high=1000, base=430) == (0, 430, 535)
    assert suggested_cuts([500] * 59, 3, low=0, high=1000, base=600) == ()


def test_movement_between_grades_and_what_is_too_small_to_tell():
    people = [Measured(500, 500, {})] * 40 + [Measured(400, 400, {})] * 30 + [Measured(500, 400, {})] * 25
    found = figures(people)
    assert [(move.before, move.after, move.people) for move in found.moves] == [
        ("starting", "starting", 30),
        ("ordinary", "starting", 25),
        ("ordinary", "ordinary", 40),
    ]
    assert (found.same, found.up, found.down) == (70, None, 25)
    found = figures([*people, *[Measured(400, 500, {})] * 3])
    assert (found.moves, found.hidden["moves"]) == ((), 4), "the others and the bins would betray the three"
    assert (found.same, found.up, found.down) == (None, None, None)


def test_bins_are_20_points_wide_where_20_people_lie_in_them_and_else_reach_further():
    def bins(*scores: int) -> list[tuple[int, int, int | None]]:
        found = figures([Measured(score, score, {}) for score in scores])
        return [(each.from_points, each.to_points, each.after) for each in found.bins]

    assert bins(*[500] * 30) == [(0, 450, None), (450, 490, None), (490, 510, 30), (510, 1001, None)]
    assert bins(*[500, 520, 540] * 10) == [(0, 450, None), (450, 1001, 30)]
    assert bins(*[500, 520, 540] * 20) == [
        *((0, 450, None), (450, 490, None)),
        *((490, 510, 20), (510, 530, 20), (530, 550, 20), (550, 1001, None)),
    ]
    assert bins(*[500] * 19) == []


def test_deciles_and_suggested_grades_say_no_more_than_the_bins():
    tight = figures([Measured(450 + 2 * (nth % 5), 450 + 2 * (nth % 5), {}) for nth in range(300)])
    spread_out = figures([Measured(450 + 4 * (nth % 5), 450 + 4 * (nth % 5), {}) for nth in range(300)])
    assert tight.bins == spread_out.bins
    assert tight.shape_after.deciles == spread_out.shape_after.deciles
    assert tight.cuts == spread_out.cuts


def test_a_skewed_curve_is_a_concern():
    bell = [
        500 + step * 10
        for step, count in zip(range(-3, 4), (5, 15, 30, 40, 30, 15, 5), strict=True)
        for _ in range(count)
    ]
    assert mark(figures([Measured(score, score, {}) for score in bell]), "near_normal") is Mark.FINE
    skewed = [500] * 100 + [980] * 4
    assert mark(figures([Measured(score, score, {}) for score in skewed]), "near_normal") is Mark.CONCERN
    assert mark(figures([Measured(500, 500, {})] * 30), "near_normal") is Mark.UNKNOWN


def test_cohorts_that_drift_apart_are_a_concern():
    def city(gap_before: int, gap_after: int) -> Simulation:
        men = [Measured(500, 500, {"sex": "male"})] * 30
        return figures(men + [Measured(500 + gap_before, 500 + gap_after, {"sex": "female"})] * 30)

    assert mark(city(0, 0), "no_discrimination") is Mark.FINE
    assert mark(city(0, 10), "no_discrimination") is Mark.FINE
    assert mark(city(0, 11), "no_discrimination") is Mark.CONCERN
    assert mark(city(15, 20), "no_discrimination") is Mark.FINE
    assert mark(city(21, 21), "no_discrimination") is Mark.CONCERN
    assert mark(figures([Measured(500, 500, {})] * 60), "no_discrimination") is Mark.UNKNOWN


def test_good_conduct_and_heavy_default_are_measured_where_enough_people_show_them():
    plain = [Measured(500, 500, {})] * 20
    good = [Measured(500, 520, {}, good=True)] * 20
    serious = [Measured(500, 479, {}, adverse=True, serious=True)] * 20
    found = figures(plain + good + serious)
    told = {rule.code: rule for rule in found.rules}
    assert (told["good_conduct"].mark, told["good_conduct"].figures["measured"]) == (Mark.FINE, 2_000)
    assert (told["heavy_default"].mark, told["heavy_default"].figures["measured"]) == (Mark.FINE, 3_100)
    small = {rule.code: rule for rule in figures(plain).rules}
    assert small["heavy_default"].figures == {"measured": None, "one_record": 4_001}
    assert small["heavy_default"].mark is Mark.FINE, "by the pack's own numbers: 40.01 points of a range of 1000"
    assert small["good_conduct"].figures == {"measured": None, "all_good": 2_500}
    alike = plain + [Measured(500, 509, {}, good=True)] * 20
    assert mark(figures(alike), "good_conduct") is Mark.CONCERN


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("20081120", "18-29"),
        ("19961121", "18-29"),
        ("19961120", "30-44"),
        ("19000101", "60+"),
    ],
)
def test_an_age_band_begins_on_a_birthday(born, band):
    assert audit_cohorts(id_number(1, born), DAY)["age_band"] == band


def test_an_odd_17th_digit_is_male_and_a_wrong_number_is_in_no_cohort():
    assert {audit_cohorts(id_number(serial), DAY)["sex"] for serial in (1, 2)} == {"male", "female"}
    assert audit_cohorts("990000190001010000", DAY) == {}
    assert audit_cohorts("", DAY) == {}

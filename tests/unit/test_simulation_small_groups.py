"""Guardrail 14 in a simulation: whoever adds and subtracts its tables finds nobody, or 20 people or more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.cohorts import UNKNOWN
from app.domain.simulation import Measured, Simulation, exact, measure
from app.domain.statistics import LEAST
from app.packs import load_packs
from app.services.pack_picture import picture

DAY = date(2026, 11, 21)
EGRET = load_packs()["egret"]

Pair = tuple[int, int]
People = frozenset[Pair]
"""A group by its rule: the places (before, after), in parts of the range, at which somebody would belong to it."""


def figures(people: list[Measured]) -> Simulation:
    return exact(EGRET, EGRET, people, members=len(people), as_of=DAY)


def crowd(*groups: tuple[int, int, int], **cohorts: str) -> list[Measured]:
    """Groups of (before, after, how many)."""
    return [Measured(before, after, cohorts) for before, after, count in groups for _ in range(count)]


score = st.one_of(st.integers(470, 530), st.integers(600, 780), st.integers(0, 1000))
group = st.tuples(score, st.one_of(st.just(0), st.integers(-60, 60)), st.integers(1, 70))
anybody = st.fixed_dictionaries({}, optional={"sex": st.sampled_from(["male", "female"]), "age_band": st.just("18-29")})


@st.composite
def cities(draw: st.DrawFn) -> list[Measured]:
    """Up to twelve groups of one kind each, so that tables are shown and small groups lie between."""
    way = draw(st.sampled_from([-1, 0, 1]))
    people = []
    for before, move, count in draw(st.lists(group, min_size=1, max_size=12)):
        after = min(max(before + (way * abs(move) if way else move), EGRET.min), EGRET.max)
        people += [Measured(max(before, EGRET.min), after, draw(anybody))] * count
    return people


@settings(max_examples=50, deadline=None)
@given(cities())
def test_no_sum_or_difference_of_its_tables_is_of_a_few_people(people: list[Measured]) -> None:
    """Every published group less every published group within it, and less any two: bins, grades, moves, ways, all."""
    told = published(figures(people))
    for (whole, count), (part, less) in product(told.items(), told.items()):
        if part < whole:
            assert_many(count - less)
    nested = [(whole, part) for whole, part in product(told, told) if part < whole]
    for whole in {whole for whole, _ in nested}:
        parts = [part for outer, part in nested if outer == whole]
        for one, other in combinations(parts[:40], 2):
            if not one & other:
                assert_many(told[whole] - told[one] - told[other])


@settings(max_examples=50, deadline=None)
@given(cities())
def test_what_is_told_is_whole_twenties_so_that_two_versions_tell_of_no_few(people: list[Measured]) -> None:
    told = measure(EGRET, EGRET, people, members=len(people), as_of=DAY)
    counts = [count for each in told.bins for count in (each.before, each.after)]
    counts += [told.people, told.members, told.up, told.down, told.same]
    counts += [each.people for each in (*told.moves, *told.cohorts)]
    assert all(count is None or count % LEAST == 0 for count in counts)


@settings(max_examples=100, deadline=None)
@given(cities())
def test_where_no_score_fell_the_bins_tell_of_no_few_who_rose(people: list[Measured]) -> None:
    found = figures(people)
    below = {"before": 0, "after": 0}
    if any(each.before for each in found.bins):
        for each in found.bins:
            below = {way: count + (getattr(each, way) or 0) for way, count in below.items()}
            rose = abs(below["before"] - below["after"])
            assert_many(rose)
            if (found.up is None) != (found.down is None):
                assert_many((found.up or found.down or 0) - rose)


@settings(max_examples=100, deadline=None)
@given(cities())
def test_an_attributes_groups_are_all_shown_or_none(people: list[Measured]) -> None:
    found = figures(people)
    for attribute in {each.attribute for each in found.cohorts}:
        groups = [each for each in found.cohorts if each.attribute == attribute]
        assert sum(each.people for each in groups) == len(people)
        assert all(each.people >= LEAST for each in groups)
    means = [value for each in found.cohorts for value in (each.before, each.after)]
    means += [shape.mean for shape in (found.shape_before, found.shape_after) if shape]
    assert all(value % 100 == 0 for value in means)


def test_one_person_without_a_cohort_is_not_left_over() -> None:
    men, women = (crowd((600, 610, 60), sex=sex) for sex in ("male", "female"))
    found = figures([*men, *women, *crowd((637, 412, 1))])
    assert (found.cohorts, found.hidden["cohorts"]) == ((), 1)
    found = figures([*men, *women, *crowd((637, 412, 20))])
    assert [(each.name, each.people) for each in found.cohorts] == [("female", 60), ("male", 60), (UNKNOWN, 20)]


def test_bins_and_grades_leave_no_few_between_them() -> None:
    """60 and 3 in one grade, 60 and 18 in another."""
    found = figures(crowd((505, 505, 60), (525, 525, 3), (705, 705, 60), (725, 725, 18)))
    assert [each.before for each in found.bins if each.before] == [63, 78]
    assert [each.people for each in found.moves] == [63, 78]


def test_few_who_moved_leave_the_distribution_after_to_be_seen() -> None:
    people = crowd(*((step, step, 30) for step in range(510, 700, 20)), (510, 690, 3))
    found = figures(people)
    assert not any(each.before for each in found.bins)
    assert sum(each.after or 0 for each in found.bins) == len(people)
    assert (found.hidden["bins"], found.up, found.moves) == (1, None, ())
    assert "fewer than 20 people moved" in picture(found.as_json())


def test_a_small_city_shows_why_it_shows_nothing() -> None:
    found = figures(crowd((500, 510, 19)))
    assert (found.bins, found.moves, found.up, found.shape_after, found.people) == ((), (), None, None, None)
    assert "hidden: fewer than 20 people" in picture(found.as_json())
    assert "fewer than" not in picture(figures(crowd((500, 540, 40))).as_json())


def assert_many(count: int) -> None:
    assert count == 0 or count >= LEAST


def published(found: Simulation) -> dict[People, int]:
    """What a reader can count, by the groups' rules: runs of bins, moves, the grades they add up to, the ways, all."""
    low, high = EGRET.min, EGRET.max + 1
    edges = sorted({low, high, *(g.from_points for g in EGRET.grades), *(b.from_points for b in found.bins)})
    places = list(product(range(len(edges) - 1), repeat=2))
    told: dict[People, int] = {frozenset(places): found.people} if found.people else {}
    for at, way in enumerate(("before", "after")):
        counts = [getattr(each, way) or 0 for each in found.bins]
        for first, last in combinations(range(len(counts) + 1), 2) if any(counts) else ():
            start = found.bins[first].from_points
            end = found.bins[last].from_points if last < len(counts) else high
            told[frozenset(each for each in places if start <= edges[each[at]] < end)] = sum(counts[first:last])
    spans = dict(zip((g.code for g in EGRET.grades),
                     pairwise([low, *(g.from_points for g in EGRET.grades[1:]), high]), strict=True))  # fmt: skip
    cells = {frozenset(inside(places, edges, spans[m.before], spans[m.after])): m.people for m in found.moves}
    told |= cells
    told |= {one | other: cells[one] + cells[other] for one, other in combinations(cells, 2)}
    if cells:
        told[frozenset().union(*cells)] = sum(cells.values())
    for way, rises in (("up", True), ("down", False)):
        crossing = [n for cell, n in cells.items() if over(cell, edges, rises)]
        for less in (*crossing, sum(crossing)) if getattr(found, way) else ():
            assert_many(getattr(found, way) - less)
    return told


def over(cell: People, edges: list[int], rises: bool) -> bool:
    """Whether a move between two grades can go one way alone."""
    befores, afters = {edges[one] for one, _ in cell}, {edges[other] for _, other in cell}
    return min(afters) > max(befores) if rises else max(afters) < min(befores)


def inside(places: list[Pair], edges: list[int], before: Pair, after: Pair) -> Iterator[Pair]:
    """The places from one grade to another."""
    for one, other in places:
        if before[0] <= edges[one] < before[1] and after[0] <= edges[other] < after[1]:
            yield one, other

"""What holds of every score, whatever the records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.pack import Kind, Pack
from app.domain.record import Record, Status
from app.domain.score import POINT, Explanation, changes_on, digest, explain, what_if
from app.domain.score_change import RULES, Move, Place, change
from app.packs import load_packs
from tests.support.packs import tiny_pack

PACKS = [tiny_pack(), *load_packs().values()]
"""Every pack that we ship, and one whose numbers are small."""
DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
TODAY = date(2026, 6, 15)


@st.composite
def records(draw: st.DrawFn, pack: Pack, most: int = 30) -> list[Record]:
    """Any records, most of them of the pack's items."""
    codes = [item.code for item in pack.items()] + ["unknown"]
    drawn = []
    for number in range(draw(st.integers(0, most))):
        event_on = draw(DAYS)
        drawn.append(
            Record(
                id=f"rec_{number}",
                item=draw(st.sampled_from(codes)),
                event_on=event_on,
                effective_on=event_on + timedelta(days=draw(st.integers(0, 40))),
                expires_on=draw(st.none() | DAYS),
                ended_on=draw(st.none() | DAYS),
                status=draw(st.sampled_from([Status.ACTIVE] * 5 + list(Status))),
            )
        )
    return drawn


packs_and_records = st.sampled_from(PACKS).flatmap(lambda pack: st.tuples(st.just(pack), records(pack)))


def added_up(explanation: Explanation) -> int:
    """Base, every contribution and every cut, as the citizen would add them."""
    total = explanation.base_units
    for dimension in explanation.dimensions:
        for indicator in dimension.indicators:
            total += sum(contribution.units for contribution in indicator.contributions) - indicator.cut_units
        total -= dimension.cut_units
    return total - explanation.range_cut_units - explanation.floor_cut_units


@given(packs_and_records, DAYS)
def test_the_items_add_up_to_the_score_exactly(drawn: tuple[Pack, list[Record]], as_of: date) -> None:
    explanation = explain(*drawn, as_of)
    assert added_up(explanation) == explanation.score * POINT


@given(packs_and_records, DAYS)
def test_a_score_is_a_whole_number_in_its_range_and_band(drawn: tuple[Pack, list[Record]], as_of: date) -> None:
    pack, given_records = drawn
    explanation = explain(pack, given_records, as_of)
    assert type(explanation.score) is int
    assert pack.min <= explanation.score <= pack.max
    assert explanation.grade == pack.grade(explanation.score)
    assert 0 <= explanation.floor_cut_units < POINT


@given(packs_and_records, DAYS)
def test_every_record_is_in_the_explanation_once(drawn: tuple[Pack, list[Record]], as_of: date) -> None:
    explanation = explain(*drawn, as_of)
    counted = [c.record_id for d in explanation.dimensions for i in d.indicators for c in i.contributions]
    left_out = [record.record_id for record in explanation.left_out]
    assert sorted(counted + left_out) == sorted(record.id for record in drawn[1])


@given(packs_and_records, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(drawn: tuple[Pack, list[Record]], random: Random) -> None:
    pack, given_records = drawn
    shuffled = list(given_records)
    random.shuffle(shuffled)
    assert explain(pack, given_records, TODAY) == explain(pack, shuffled, TODAY)


@given(packs_and_records)
def test_a_good_fact_never_lowers_and_an_adverse_one_never_raises(drawn: tuple[Pack, list[Record]]) -> None:
    pack, given_records = drawn
    before = explain(pack, given_records, TODAY).score
    for item in pack.items():
        after = explain(pack, [*given_records, Record("rec_new", item.code, TODAY, TODAY)], TODAY).score
        assert after >= before if item.kind is Kind.POSITIVE else after <= before


@given(packs_and_records)
def test_what_does_not_count_can_be_left_away(drawn: tuple[Pack, list[Record]]) -> None:
    pack, given_records = drawn
    counting = [record for record in given_records if record.counts_on(TODAY)]
    assert explain(pack, counting, TODAY).score == explain(pack, given_records, TODAY).score


@given(packs_and_records, DAYS)
def test_no_sum_passes_its_limits(drawn: tuple[Pack, list[Record]], as_of: date) -> None:
    pack, given_records = drawn
    for dimension, part in zip(pack.dimensions, explain(pack, given_records, as_of).dimensions, strict=True):
        assert dimension.floor * POINT <= part.total_units <= dimension.ceiling * POINT
        assert part.sum_units == sum(inner.total_units for inner in part.indicators)
        for indicator, inner in zip(dimension.indicators, part.indicators, strict=True):
            assert indicator.floor * POINT <= inner.total_units <= indicator.ceiling * POINT
            assert inner.sum_units == sum(each.units for each in inner.contributions)


@given(packs_and_records, st.sampled_from([status for status in Status if status is not Status.ACTIVE]), DAYS)
def test_a_record_that_is_disputed_or_settled_equals_its_absence(
    drawn: tuple[Pack, list[Record]], status: Status, as_of: date
) -> None:
    pack, given_records = drawn
    for record in given_records[:5]:
        absent = explain(pack, what_if(given_records, remove=[record.id]), as_of)
        silent = explain(pack, what_if(given_records, settle={record.id: status}), as_of)
        assert (silent.score, silent.dimensions) == (absent.score, absent.dimensions)


@given(packs_and_records, st.randoms(use_true_random=False), DAYS)
def test_a_past_calculation_comes_out_the_same_again(
    drawn: tuple[Pack, list[Record]], random: Random, as_of: date
) -> None:
    """From copies of the same record versions in any order: same digest, same score; from others, another digest."""
    pack, given_records = drawn
    copies = [replace(record) for record in given_records]
    random.shuffle(copies)
    assert digest(copies) == digest(given_records)
    assert explain(pack, copies, as_of) == explain(pack, given_records, as_of)
    for record in copies[:3]:
        assert digest(replace(each, version=2) if each is record else each for each in copies) != digest(copies)
        assert digest(each for each in copies if each is not record) != digest(copies)


def summed(moves: list[Move]) -> int:
    return sum(move.units for move in moves)


@given(packs_and_records, st.data(), DAYS, DAYS)
def test_what_moved_adds_up_to_the_change_exactly(
    drawn: tuple[Pack, list[Record]], data: st.DataObject, day: date, later: date
) -> None:
    """Whatever happens to the records between two days: some come, some go, some are settled, all grow older."""
    pack, now = drawn
    was = [record for record in data.draw(records(pack)) if record.id not in {each.id for each in now[::2]}]
    before, after = explain(pack, was, day), explain(pack, now, later)
    moved = change(before, pack, pack, now, later)
    assert summed(moved) == (after.score - before.score) * POINT
    assert all(move.units for move in moved)
    assert summed(change(None, None, pack, now, later)) == after.score * POINT


@given(packs_and_records, st.sampled_from(PACKS), DAYS, DAYS)
def test_what_new_rules_moved_is_told_apart_from_what_happened(
    drawn: tuple[Pack, list[Record]], other: Pack, day: date, later: date
) -> None:
    pack, given_records = drawn
    before, after = explain(pack, given_records, day), explain(other, given_records, later)
    moved = change(before, pack, other, given_records, later)
    assert summed(moved) == (after.score - before.score) * POINT
    happened = [move for move in moved if move.because != RULES]
    assert summed(happened) == (explain(pack, given_records, later).score - before.score) * POINT


@given(packs_and_records, DAYS)
def test_a_record_moves_by_its_points_and_says_why(drawn: tuple[Pack, list[Record]], as_of: date) -> None:
    pack, given_records = drawn
    before = explain(pack, given_records, as_of)
    units = {c.record_id: c.units for d in before.dimensions for i in d.indicators for c in i.contributions}
    for record in given_records[:5]:
        disputed = what_if(given_records, settle={record.id: Status.DISPUTED})
        own = [move for move in change(before, pack, pack, disputed, as_of) if move.place is Place.RECORD]
        gone = units.get(record.id, 0)
        assert [(move.record_id, move.units, move.because) for move in own] == (
            [(record.id, -gone, "disputed")] if gone else []
        )


@given(st.sampled_from(PACKS).flatmap(lambda pack: st.tuples(st.just(pack), records(pack, most=8))))
def test_an_adverse_fact_only_fades(drawn: tuple[Pack, list[Record]]) -> None:
    """With adverse facts alone, waiting never lowers a score once all of them are in effect."""
    pack, given_records = drawn
    adverse = {item.code for item in pack.items() if item.kind is Kind.ADVERSE}
    mine = [r for r in given_records if r.item in adverse and max(r.effective_on, r.event_on) <= TODAY]
    scores = [explain(pack, mine, TODAY + timedelta(days=30 * n)).score for n in range(0, 40, 5)]
    assert scores == sorted(scores)


@given(packs_and_records)
def test_nothing_changes_before_the_day_that_says_so(drawn: tuple[Pack, list[Record]]) -> None:
    pack, given_records = drawn
    today = explain(pack, given_records, TODAY).score
    change = changes_on(pack, given_records, TODAY) or date(2034, 1, 1)
    for days in (0, (change - TODAY).days // 2, (change - TODAY).days - 1):
        assert explain(pack, given_records, TODAY + timedelta(days=days)).score == today

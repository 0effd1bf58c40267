"""What holds of every score, whatever the records."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.pack import Kind, Pack
from app.domain.record import Record, Status
from app.domain.score import POINT, Explanation, changes_on, explain
from app.packs import load_packs
from tests.support.packs import tiny_pack

PACKS = [tiny_pack(), *load_packs().values()]
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

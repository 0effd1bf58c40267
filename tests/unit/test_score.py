"""The calculation of scoring.md, added up by hand."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.record import Record, Status
from app.domain.score import POINT, LeftOut, changes_on, digest, explain, what_if
from tests.support.packs import a_record, tiny_pack

TODAY = date(2026, 6, 15)
PACK = tiny_pack()


def test_without_facts_the_score_is_the_base() -> None:
    explanation = explain(PACK, [], TODAY)
    assert (explanation.score, explanation.grade.code) == (500, "ordinary")
    assert explanation.raw_units == explanation.base_units == 500 * POINT


def test_one_donation_this_year_is_worth_seven_points_and_a_third() -> None:
    explanation = explain(PACK, [a_record(1, "donation", date(2026, 1, 10))], TODAY)
    contribution = explanation.dimensions[1].indicators[0].contributions[0]
    assert (contribution.months, contribution.percent) == (5, 100)
    assert (contribution.before_age_units, contribution.units) == (73_300, 73_300)
    assert explanation.raw_units == 5_073_300
    assert (explanation.score, explanation.floor_cut_units) == (507, 3_300)


def test_age_weakens_by_whole_months() -> None:
    older = a_record(1, "donation", date(2025, 6, 15))
    younger = a_record(2, "donation", date(2025, 6, 16))
    giving = explain(PACK, [older, younger], TODAY).dimensions[1].indicators[0]
    parts = {part.record_id: part for part in giving.contributions}
    assert (parts["rec_1"].months, parts["rec_1"].percent, parts["rec_1"].units) == (12, 50, 36_650)
    assert (parts["rec_2"].months, parts["rec_2"].percent, parts["rec_2"].units) == (11, 100, 73_300)


def test_the_31st_falls_on_a_shorter_months_last_day() -> None:
    penalty = a_record(1, "penalty", date(2025, 8, 31))
    assert explain(PACK, [penalty], date(2026, 2, 27)).dimensions[2].total_units == -400_100
    assert explain(PACK, [penalty], date(2026, 2, 28)).dimensions[2].total_units == -132_033


def test_caps_cut_and_say_by_how_much() -> None:
    """Four donations are 29.32, cut to 20; eight books are 12.00, cut to 10; both are 30, cut to 25."""
    records = [a_record(n, "donation", date(2026, 3, n)) for n in range(1, 5)]
    records += [a_record(n, "book", date(2026, 4, n)) for n in range(11, 19)]
    good = explain(PACK, records, TODAY).dimensions[1]
    giving, books = good.indicators
    assert (giving.sum_units, giving.total_units, giving.cut_units) == (293_200, 200_000, 93_200)
    assert (books.sum_units, books.total_units, books.cut_units) == (120_000, 100_000, 20_000)
    assert (good.sum_units, good.total_units, good.cut_units) == (300_000, 250_000, 50_000)


def test_the_range_is_the_last_cut() -> None:
    """Fifteen penalties are -600.15, cut to -600 by the floor, and leave -100, cut to 0 by the range."""
    records = [a_record(n, "penalty", date(2026, 5, n)) for n in range(1, 16)]
    explanation = explain(PACK, records, TODAY)
    assert explanation.dimensions[2].indicators[0].cut_units == -1_500
    assert (explanation.raw_units, explanation.range_cut_units) == (-1_000_000, -1_000_000)
    assert (explanation.score, explanation.grade.code) == (0, "starting")


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"status": Status.DISPUTED}, "disputed"),
        ({"status": Status.REPAIRED}, "repaired"),
        ({"status": Status.CORRECTED}, "corrected"),
        ({"status": Status.WITHDRAWN}, "withdrawn"),
        ({"status": Status.EXPIRED}, "expired"),
        ({"expires_on": TODAY}, "expired"),
        ({"effective_on": date(2026, 6, 16)}, "not-yet-effective"),
        ({"ended_on": date(2021, 6, 15)}, "over-five-years"),
    ],
)
def test_what_does_not_count_is_listed_with_the_reason(said: dict[str, object], because: str) -> None:
    penalty = a_record(1, "penalty", date(2026, 1, 1), **said)
    explanation = explain(PACK, [penalty], TODAY)
    assert explanation.score == 500
    assert explanation.left_out == (LeftOut("rec_1", "penalty", date(2026, 1, 1), because),)


def test_a_record_counts_on_the_day_before_it_expires() -> None:
    penalty = a_record(1, "penalty", date(2026, 1, 1), expires_on=date(2026, 6, 16))
    assert explain(PACK, [penalty], TODAY).score == 459


def test_a_record_counts_on_the_day_before_its_five_years_are_over() -> None:
    penalty = a_record(1, "penalty", date(2026, 1, 1), ended_on=date(2021, 6, 16))
    assert penalty.counts_on(TODAY)
    assert not penalty.counts_on(date(2026, 6, 16))


def test_a_fact_that_the_pack_does_not_list_counts_for_nothing() -> None:
    explanation = explain(PACK, [a_record(1, "moonwalk", date(2026, 1, 1))], TODAY)
    assert (explanation.score, explanation.left_out[0].because) == (500, "not-in-pack")


def test_a_digest_names_the_versions_that_were_read_in_any_order() -> None:
    one, two = a_record(1, "book", TODAY), a_record(2, "book", TODAY)
    assert digest([one, two]) == digest([two, one])
    assert digest([one, two]) != digest([one, a_record(2, "book", TODAY, version=2)])
    assert digest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_what_if_is_an_explanation_of_other_records() -> None:
    mine = [a_record(1, "penalty", date(2026, 5, 1))]
    hoped = what_if(mine, add=[a_record(2, "donation", TODAY)], remove=["rec_1"])
    assert (explain(PACK, mine, TODAY).score, explain(PACK, hoped, TODAY).score) == (459, 507)


@pytest.mark.parametrize(
    ("record", "day"),
    [
        (a_record(1, "donation", date(2026, 1, 31)), date(2027, 1, 31)),
        (a_record(1, "donation", date(2024, 7, 1)), date(2026, 7, 1)),
        (a_record(1, "donation", date(2024, 6, 1)), None),
        (a_record(1, "book", date(2026, 1, 1)), None),
        (a_record(1, "book", date(2026, 1, 1), expires_on=date(2028, 1, 1)), date(2028, 1, 1)),
        (a_record(1, "book", date(2026, 1, 1), effective_on=date(2026, 7, 1)), date(2026, 7, 1)),
        (a_record(1, "penalty", date(2025, 1, 1), ended_on=date(2021, 7, 1)), date(2026, 7, 1)),
        (a_record(1, "donation", date(2026, 1, 31), status=Status.DISPUTED), None),
        (a_record(1, "moonwalk", date(2026, 1, 31), expires_on=date(2028, 1, 1)), None),
    ],
)
def test_the_next_day_on_which_time_alone_may_change_a_score(record: Record, day: date | None) -> None:
    assert changes_on(PACK, [record], TODAY) == day

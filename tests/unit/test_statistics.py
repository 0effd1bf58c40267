"""Statistics show no one: guardrail 14 as arithmetic."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.statistics import LEAST, publish

COUNTS = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(min_value=0, max_value=60), max_size=8)


def test_large_cells_are_shown_as_they_are():
    assert publish({"a": 20, "b": 4000}).counts == {"a": 20, "b": 4000}


def test_a_small_cell_takes_the_next_smallest_with_it_so_that_the_total_betrays_nothing():
    published = publish({"a": 3, "b": 40, "c": 900})
    assert (published.counts, published.suppressed) == ({"c": 900}, 2)


def test_nothing_is_shown_of_a_single_small_cell():
    assert publish({"a": 19}).counts == {}


@given(COUNTS)
def test_whatever_is_hidden_counts_20_people_or_is_everything(counts):
    published = publish(counts)
    people = {name: count for name, count in counts.items() if count}
    hidden = [count for name, count in people.items() if name not in published.counts]
    assert all(count >= LEAST for count in published.counts.values())
    assert published.suppressed == len(hidden)
    assert not hidden or not published.counts or (sum(hidden) >= LEAST and len(hidden) >= 2)

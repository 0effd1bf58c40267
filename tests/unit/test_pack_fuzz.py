"""Whatever a file says, it is a pack or a list of problems: nothing else comes out, and what comes out can score."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.pack import PackError
from app.domain.pack_file import parse_pack
from app.domain.record import Record
from app.domain.score import explain
from tests.support.packs import TINY
from tests.unit.test_pack_base import BASE, CITY

ODD = (
    '""', '"\\u0000"', '"\\u202e"', '"' + "长" * 501 + '"', "0", "-1", "9" * 30, "9" * 5000, "1.5", "nan", "inf",
    "true", "2026-01-01", "[]", "[[]]", "[[0, 100], []]", "[[0, 1e9]]", "{}", "[{}]", "[{code = 1}]", "[1, 2]",
    '["a", 1]', '["A b"]', "[" * 3000 + "]" * 3000, '"national"', '"base"', '"city"', '"tiny"',
)  # fmt: skip
LINES = st.sampled_from([TINY, CITY]).flatmap(
    lambda text: st.tuples(
        st.just(text.splitlines()),
        st.lists(st.tuples(st.integers(0, len(text.splitlines()) - 1), st.sampled_from(ODD)), min_size=1, max_size=3),
    )
)


def score_or_problems(text: str) -> None:
    try:
        pack = parse_pack(text, {"base": BASE})
    except PackError:
        return
    records = [Record(f"rec_{item.code}", item.code, date(2026, 1, 31), date(2026, 1, 31)) for item in pack.items()]
    assert pack.min <= explain(pack, records, date(2026, 6, 30)).score <= pack.max


@settings(max_examples=300)
@given(LINES)
def test_odd_values_anywhere_are_told_as_problems(drawn: tuple[list[str], list[tuple[int, str]]]) -> None:
    lines, changes = list(drawn[0]), drawn[1]
    for number, odd in changes:
        name = lines[number].split(" =")[0]
        lines[number] = f"{name} = {odd}" if "=" in lines[number] else odd
    score_or_problems("\n".join(lines))


@settings(max_examples=100)
@given(st.sampled_from([TINY, CITY]), st.data())
def test_a_file_cut_and_pasted_anyhow_is_told_as_problems(text: str, data: st.DataObject) -> None:
    lines = text.splitlines()
    order = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=len(lines)))
    score_or_problems("\n".join(lines[number] for number in sorted(order)))


@pytest.mark.parametrize(
    "text", ["", "\ufeff" + TINY, "\x00", "=", "[[dimensions]]", "a = [" * 2000, "x = " + "9" * 5000]
)
def test_what_is_no_pack_at_all_is_told(text: str) -> None:
    with pytest.raises(PackError):
        parse_pack(text)

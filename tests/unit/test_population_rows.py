"""The next day of change and the band, in SQL, are those of the plain definition, whatever the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from datetime import date

import duckdb
import pytest
from hypothesis import given, settings

from app.domain.pack import Pack
from app.domain.record import Record
from app.domain.score import changes_on
from app.population.rows import grade, next_change
from tests.unit.test_score_laws import DAYS, PACKS, packs_and_records

COLUMNS = (
    "id text, item text, event_on date, effective_on date, expires_on date, ended_on date, status text, version int"
)


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as duck:
        duck.execute(f"create table records ({COLUMNS})")
        yield duck


@settings(max_examples=40, deadline=None)
@given(packs_and_records, DAYS)
def test_the_first_day_on_which_a_record_may_count_differently(
    duck: duckdb.DuckDBPyConnection, drawn: tuple[Pack, list[Record]], as_of: date
) -> None:
    pack, records = drawn
    duck.execute("delete from records")
    if records:
        values = [[*map(_plain, astuple(record))] for record in records]
        duck.executemany("insert into records values (?, ?, ?, ?, ?, ?, ?, ?)", values)
    found = duck.execute(f"select min({next_change(pack, as_of)}) from records").fetchone()
    assert found == (changes_on(pack, records, as_of),)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value


def test_the_band_of_every_score(duck: duckdb.DuckDBPyConnection) -> None:
    for pack in PACKS:
        points = range(pack.min, pack.max + 1)
        said = duck.execute(f"select {grade(pack, 'score')} from range({pack.min}, {pack.max + 1}) as points(score)")
        assert [row[0] for row in said.fetchall()] == [pack.grade(point).code for point in points], pack.code

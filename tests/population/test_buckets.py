"""A population is scored bucket by bucket: what is there stays, what is missing is made, nothing is half there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.population.duck import score_parquet
from app.population.layout import Layout, score_layout, write_bucket
from tests.support.packs import a_record, tiny_pack
from tests.support.populations import Population

TODAY = date(2026, 6, 15)
DONATION, PENALTY = a_record(1, "donation", TODAY), a_record(2, "penalty", TODAY)
PEOPLE = Population(tiny_pack(), TODAY, ((DONATION,), (), (PENALTY,), (DONATION, PENALTY), ()))
SCORES = {0: 507, 1: 500, 2: 459, 3: 467, 4: 500}
BUCKETS = ((0, 1), (2, 3), (4,))

Score = Callable[..., None]


@pytest.fixture
def from_plain(tmp_path: Path) -> Score:
    """Score what left PostgreSQL: the last bucket has citizens and no file of records."""
    records = PEOPLE.records()
    for bucket, citizens in enumerate(BUCKETS):
        rows = [row for row, citizen in enumerate(records["citizen"].to_pylist()) if citizen in citizens]
        pq.write_table(pa.table({"citizen": pa.array(citizens, pa.int64())}), tmp_path / f"citizens-{bucket}.parquet")
        if rows:
            pq.write_table(records.take(rows), tmp_path / f"records-{bucket}.parquet")
    globs = [str(tmp_path / f"{name}-{{bucket}}.parquet") for name in ("records", "citizens")]
    return lambda out, **said: score_parquet(PEOPLE.pack, TODAY, *globs, out, buckets=len(BUCKETS), **said)


@pytest.fixture
def from_layout(tmp_path: Path) -> Score:
    layout = Layout(tmp_path, citizens=len(PEOPLE.citizens), buckets=len(BUCKETS))
    with duckdb.connect() as duck:
        duck.register("records", PEOPLE.records())
        for bucket, citizens in enumerate(BUCKETS):
            assert tuple(layout.numbers(bucket)) == citizens
            write_bucket(duck, PEOPLE.pack, layout, bucket, f"select * from records where citizen in {(*citizens, -1)}")
    return lambda out, **said: score_layout(PEOPLE.pack, TODAY, layout, out, **said)


@pytest.fixture(params=["from_plain", "from_layout"])
def score(request: pytest.FixtureRequest) -> Score:
    found: Score = request.getfixturevalue(request.param)
    return found


def scores_in(out: Path) -> dict[int, int]:
    rows = pq.read_table(sorted(out.glob("bucket=*.parquet"))).to_pylist()
    return {row["citizen"]: row["score"] for row in rows}


def test_everyone_is_scored_once_and_who_has_no_records_has_the_base(score: Score, tmp_path: Path) -> None:
    score(tmp_path / "out")
    assert scores_in(tmp_path / "out") == SCORES
    assert {citizen: points for citizen, (_, points) in PEOPLE.plain().items()} == SCORES


def test_progress_is_told_after_each_bucket(score: Score, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    score(tmp_path / "out", progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_stopped_run_goes_on_where_it_was(score: Score, tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score(tmp_path / "out", progress=stop, threads=1)
    first = tmp_path / "out" / "bucket=0.parquet"
    made = first.stat().st_mtime_ns
    score(tmp_path / "out")
    assert scores_in(tmp_path / "out") == SCORES
    assert first.stat().st_mtime_ns == made


def test_a_bucket_that_cannot_be_read_leaves_no_scores_and_no_other_bucket_is_harmed(
    score: Score, tmp_path: Path
) -> None:
    broken = tmp_path / "records-1.parquet"
    whole = broken.read_bytes()
    broken.write_bytes(b"not Parquet")
    with pytest.raises((duckdb.Error, pa.ArrowException)):
        score(tmp_path / "out")
    assert not (tmp_path / "out" / "bucket=1.parquet").exists()
    broken.write_bytes(whole)
    score(tmp_path / "out")
    assert scores_in(tmp_path / "out") == SCORES


def test_more_buckets_than_citizens_are_empty_ones(tmp_path: Path) -> None:
    layout = Layout(tmp_path, citizens=1, buckets=3)
    with duckdb.connect() as duck:
        duck.register("records", PEOPLE.records())
        for bucket in range(3):
            write_bucket(duck, PEOPLE.pack, layout, bucket, f"select * from records where citizen = 0 and {bucket} = 0")
    score_layout(PEOPLE.pack, TODAY, layout, tmp_path / "out")
    assert scores_in(tmp_path / "out") == {0: 507}


def test_citizens_in_many_blocks_each_get_their_own(tmp_path: Path) -> None:
    """Blocks of a bucket hold 16,384 citizens; one in a thousand gave blood today."""
    layout = Layout(tmp_path, citizens=100_000, buckets=2)
    with duckdb.connect() as duck:
        for bucket in range(2):
            mine = layout.numbers(bucket)
            given = f"from range({mine.start}, {mine.stop}) where range % 1000 = 7"
            source = f"select range as citizen, 'donation' as item, date '{TODAY}' as event_on {given}"
            write_bucket(duck, PEOPLE.pack, layout, bucket, source)
    score_layout(PEOPLE.pack, TODAY, layout, tmp_path / "out")
    found = scores_in(tmp_path / "out")
    assert len(found) == 100_000
    assert {citizen for citizen, points in found.items() if points == 507} == set(range(7, 100_000, 1_000))

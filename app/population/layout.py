"""The fast layout of a population's records: Parquet in buckets of consecutive citizens, sorted by citizen.

Citizens are numbered 0, 1, 2 … without gaps, in any fixed order (their ids', say); the buckets hold the same number of
them each, the last fewer. Of a record only what the calculation needs is there, and only records that count on the
as-of day (`expression.counted`): `citizen` (number), `item` (its place in `pack.items()`) and `event_on`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from app.domain.pack import Pack
from app.population.dense import Points, Table, arrow, column, compile_table, scores
from app.population.scored import Progress, score_buckets

BUCKETS = 162
"""Served a province of 42 million well: a quarter of a million citizens in each."""

RECORDS = ibis.schema({"citizen": "int32", "item": "uint16", "event_on": "date"})

BLOCK = 16_384
"""Citizens added up at once: their sums stay in the processor's own cache, where neighbours do not slow them."""
NOBODY: Points = np.empty(0, np.int32)

PARQUET = "(format parquet, parquet_version v2, compression lz4_raw)"
"""Version 2 writes sorted numbers as their small differences."""

SCORES = pa.schema([pa.field("citizen", pa.int32(), nullable=False), pa.field("score", pa.int32(), nullable=False)])


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the records of `citizens` people lie, in `buckets` files below `folder`."""

    folder: Path
    citizens: int
    buckets: int = BUCKETS

    def numbers(self, bucket: int) -> range:
        """The citizens of a bucket."""
        size = -(-self.citizens // self.buckets)
        return range(min(bucket * size, self.citizens), min((bucket + 1) * size, self.citizens))

    def records(self, bucket: int) -> Path:
        """The records of a bucket."""
        return self.folder / f"records-{bucket}.parquet"


def write_bucket(duck: duckdb.DuckDBPyConnection, pack: Pack, layout: Layout, bucket: int, source: str) -> None:
    """Write the records of one bucket, wholly or not at all.

    `source` is DuckDB's SQL for records of this bucket's citizens that count: `citizen` (number), `item` (code) and
    `event_on`. Items that the pack does not know are left out.
    """
    places = ", ".join(f"('{item.code}', {place})" for place, item in enumerate(pack.items()))
    items = f"(values {places}) as items (item, place)" if places else "(select '' as item, 0 as place where false)"
    target = layout.records(bucket)
    unfinished = target.with_suffix(".unfinished")
    duck.execute(
        f"copy (select citizen::integer as citizen, place::usmallint as item, event_on"  # noqa: S608 - codes of a pack
        f" from ({source}) as records join {items} using (item) order by citizen) to '{unfinished}' {PARQUET}"
    )
    unfinished.replace(target)


def score_layout(
    pack: Pack,
    as_of: date,
    layout: Layout,
    out_folder: Path,
    *,
    threads: int = 2,
    progress: Progress = lambda done, of: None,
) -> None:
    """Score every citizen of `layout` under `pack` as of a day into `out_folder` (`scored.score_buckets`).

    Columns: citizen (number), score (points), in the order of the numbers. Memory: for each thread some 20 bytes for
    each citizen and each record of a bucket.
    """
    table = compile_table(pack, as_of)

    def work(bucket: int) -> pa.Table:
        citizens = layout.numbers(bucket)
        records = pq.ParquetFile(layout.records(bucket)).read(use_threads=False)
        points = np.concatenate([*_in_blocks(table, records, citizens), NOBODY])
        numbers = np.arange(citizens.start, citizens.stop, dtype=np.int32)
        return pa.Table.from_arrays([arrow(numbers), arrow(points)], schema=SCORES)

    score_buckets(out_folder, layout.buckets, work, threads=threads, progress=progress)


def _in_blocks(table: Table, records: pa.Table, citizens: range) -> Iterator[Points]:
    starts = [*range(citizens.start, citizens.stop, BLOCK), citizens.stop]
    rows = np.searchsorted(column(records, "citizen"), np.array(starts, np.int32)).tolist()
    for (start, stop), (first, last) in zip(pairwise(starts), pairwise(rows), strict=True):
        yield scores(table, records.slice(first, last - first), range(start, stop))

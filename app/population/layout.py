"""The fast layout of a population's records: Parquet in buckets of consecutive citizens, sorted by citizen.

Citizens are numbered 0, 1, 2 … without gaps, in any fixed order (their ids', say); the buckets hold the same number of
them each, the last fewer. Of a record only what the calculation needs is there, and only records that count on the
as-of day (`expression.counted`): `citizen` (number), `item` (its place in `pack.items()`) and `event_on`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
from app.population.dense import Points, Table, column, compile_table, scores

BUCKETS = 162
"""Served a province of 42 million well: a quarter of a million citizens in each."""

RECORDS = ibis.schema({"citizen": "int32", "item": "uint16", "event_on": "date"})

BLOCK = 16_384
"""Citizens added up at once: their sums stay in the processor's own cache, where neighbours do not slow them."""
NOBODY: Points = np.empty(0, np.int32)

PARQUET = "(format parquet, parquet_version v2, compression lz4_raw)"
"""Version 2 writes sorted numbers as their small differences."""

SCORES = pa.schema([pa.field("citizen", pa.int32(), nullable=False), pa.field("score", pa.int32(), nullable=False)])
ENCODINGS = {"citizen": "DELTA_BINARY_PACKED", "score": "PLAIN"}


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
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> None:
    """Score every citizen of `layout` under `pack` as of a day into `out_folder/bucket=N.parquet`, one file a bucket.

    Columns: citizen (number), score (points), in the order of the numbers. A bucket that is there already is not
    scored again, so a stopped run goes on where it was; one is written wholly or not at all. `progress(done, buckets)`
    is called after each. Memory: for each thread some 20 bytes for each citizen and each record of a bucket.
    """
    out_folder.mkdir(parents=True, exist_ok=True)
    table = compile_table(pack, as_of)
    targets = [out_folder / f"bucket={bucket}.parquet" for bucket in range(layout.buckets)]
    with ThreadPoolExecutor(threads) as pool:
        done = pool.map(lambda bucket: _score(table, layout, bucket, targets[bucket]), range(layout.buckets))
        for count, _ in enumerate(done, 1):
            progress(count, layout.buckets)


def _score(table: Table, layout: Layout, bucket: int, target: Path) -> None:
    if target.exists():
        return
    citizens = layout.numbers(bucket)
    records = pq.ParquetFile(layout.records(bucket)).read(use_threads=False)
    _write(citizens, np.concatenate([*_in_blocks(table, records, citizens), NOBODY]), target)


def _in_blocks(table: Table, records: pa.Table, citizens: range) -> Iterator[Points]:
    starts = [*range(citizens.start, citizens.stop, BLOCK), citizens.stop]
    rows = np.searchsorted(column(records, "citizen"), np.array(starts, np.int32)).tolist()
    for (start, stop), (first, last) in zip(pairwise(starts), pairwise(rows), strict=True):
        yield scores(table, records.slice(first, last - first), range(start, stop))


def _write(citizens: range, points: Points, target: Path) -> None:
    numbers = np.arange(citizens.start, citizens.stop, dtype=np.int32)
    columns = [
        pa.Array.from_buffers(pa.int32(), len(citizens), [None, pa.py_buffer(each)]) for each in (numbers, points)
    ]
    unfinished = target.with_suffix(".unfinished")
    pq.write_table(
        pa.Table.from_arrays(columns, schema=SCORES), unfinished,
        compression="none", use_dictionary=False, column_encoding=ENCODINGS, write_statistics=False,
    )  # fmt: skip
    unfinished.replace(target)

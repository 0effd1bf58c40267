"""Scores of a population from Parquet to Parquet, one bucket of citizens at a time: DuckDB reads, arrays add.

DuckDB filters the records and numbers their citizens; a group-by with a sum an indicator costs it twice as much as
the arrays of `dense` (docs/operations.md has the figures).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from glob import glob
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from app.domain.pack import Pack
from app.population.dense import Table, compile_table, scores
from app.population.expression import RECORDS, counted

NUMBERS = ibis.schema({"citizen": "int64", "number": "int32"})
PLACES = ibis.schema({"item": "string", "place": "int32"})


def score_parquet(
    pack: Pack,
    as_of: date,
    records_glob: str,
    citizens_glob: str,
    out_folder: Path,
    *,
    memory: str = "2GB",
    threads: int = 2,
    buckets: int = 162,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> None:
    """Score the citizens of each bucket under `pack` as of a day into `out_folder/bucket=N.parquet`.

    Both globs hold `{bucket}` where its number (0 to buckets - 1) stands: files with the columns of
    `expression.RECORDS` and `CITIZENS`; a bucket without citizens' files is passed over. A bucket that is there
    already is not scored again, so a stopped run goes on where it was; one is written wholly or not at all.
    `progress(done, buckets)` is called after each. Columns: citizen, score (points).
    """
    out_folder.mkdir(parents=True, exist_ok=True)
    table, query = compile_table(pack, as_of), _numbered(as_of)
    with duckdb.connect(
        config={"memory_limit": memory, "threads": threads, "temp_directory": str(out_folder / "spilled")}
    ) as duck:
        duck.register("places", _places(pack))
        for bucket in range(buckets):
            target = out_folder / f"bucket={bucket}.parquet"
            if not target.exists() and (citizens := glob(citizens_glob.format(bucket=bucket))):
                _score(duck, table, query, glob(records_glob.format(bucket=bucket)), citizens, target)
            progress(bucket + 1, buckets)


def _numbered(as_of: date) -> str:
    """DuckDB's SQL for the records that count: number of the citizen, place of the item, day."""
    records, numbers = counted(ibis.table(RECORDS, name="records"), as_of), ibis.table(NUMBERS, name="numbers")
    found = records.join(numbers, "citizen").join(ibis.table(PLACES, name="places"), "item")
    return str(ibis.to_sql(found.select("event_on", citizen=found.number, item=found.place), dialect="duckdb"))


def _places(pack: Pack) -> pa.Table:
    codes = [item.code for item in pack.items()]
    return pa.table({"item": pa.array(codes, pa.string()), "place": pa.array(range(len(codes)), pa.int32())})


def _score(
    duck: duckdb.DuckDBPyConnection, table: Table, query: str, records: list[str], citizens: list[str], target: Path
) -> None:
    people = duck.sql(f"select citizen from read_parquet({citizens!r})").to_arrow_table()  # noqa: S608 - paths of ours
    numbers = range(people.num_rows)
    points = np.full(len(numbers), table.pack.base, np.int32)
    if records:
        duck.register("numbers", people.append_column("number", pa.array(np.arange(len(numbers), dtype=np.int32))))
        duck.execute(f"create or replace temp view records as from read_parquet({records!r})")
        points = scores(table, duck.sql(query).to_arrow_table(), numbers)
    unfinished = target.with_suffix(".unfinished")
    pq.write_table(people.append_column("score", pa.array(points)), unfinished, compression="lz4")
    unfinished.replace(target)

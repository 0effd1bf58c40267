"""Scores of a population from Parquet to Parquet, one bucket of citizens at a time: DuckDB reads, arrays add.

DuckDB filters the records and numbers their citizens; by itself, with a group-by that has a sum for each indicator, it
would take up to twice as long (docs/operations.md has the figures).
"""

from __future__ import annotations

from datetime import date
from glob import glob
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pyarrow as pa

from app.domain.pack import Pack
from app.population.dense import Table, arrow, compile_table, scores
from app.population.expression import RECORDS, counted
from app.population.scored import Progress, score_buckets

NUMBERS = ibis.schema({"citizen": "int64", "number": "int32"})
PLACES = ibis.schema({"item": "string", "place": "int64"})


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
    progress: Progress = lambda done, of: None,
) -> None:
    """Score the citizens of each bucket under `pack` as of a day into `out_folder` (`scored.score_buckets`).

    Both globs hold `{bucket}` where its number (0 to buckets - 1) stands: files with the columns of
    `expression.RECORDS` and `CITIZENS`; a bucket without citizens' files is passed over. Columns: citizen, score
    (points). DuckDB keeps to `memory`; beside it, each thread holds some 150 bytes for each citizen of a bucket.
    Buckets, not parts of one, are what goes side by side: DuckDB itself has one thread for each of them.
    """
    table, query = compile_table(pack, as_of), _numbered(as_of)
    codes = [item.code for item in pack.items()]
    spilled = str(out_folder / "spilled")
    with duckdb.connect(config={"memory_limit": memory, "threads": 1, "temp_directory": spilled}) as duck:
        duck.execute("set disabled_optimizers = 'build_side_probe_side'")  # it would hash the records, not the citizens
        duck.execute("create table places as select unnest($1::text[]) as item, unnest(range($2)) as place",
                     [codes, len(codes)])  # fmt: skip

        def work(bucket: int) -> pa.Table | None:
            citizens, records = (glob(each.format(bucket=bucket)) for each in (citizens_glob, records_glob))
            with duck.cursor() as cursor:
                return _scored(cursor, table, query, citizens, records) if citizens else None

        score_buckets(out_folder, buckets, work, threads=threads, progress=progress)


def _numbered(as_of: date) -> str:
    """DuckDB's SQL for the records that count: number of the citizen, place of the item, day."""
    records, numbers = counted(ibis.table(RECORDS, name="records"), as_of), ibis.table(NUMBERS, name="numbers")
    found = records.join(numbers, "citizen").join(ibis.table(PLACES, name="places"), "item")
    return str(ibis.to_sql(found.select("event_on", citizen=found.number, item=found.place), dialect="duckdb"))


def _scored(
    duck: duckdb.DuckDBPyConnection, table: Table, query: str, citizens: list[str], records: list[str]
) -> pa.Table:
    people = duck.sql(f"select citizen from read_parquet({citizens!r})").to_arrow_table()  # noqa: S608 - paths of ours
    numbers = range(people.num_rows)
    points = np.full(len(numbers), table.pack.base, np.int32)
    if records:
        duck.register("numbers", people.append_column("number", arrow(np.arange(len(numbers), dtype=np.int32))))
        duck.execute(f"create temp view records as from read_parquet({records!r})")
        points = scores(table, duck.sql(query).to_arrow_table(), numbers)
    return people.append_column("score", arrow(points))

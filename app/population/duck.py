"""Scores of a population by DuckDB, embedded, from Parquet to Parquet, one bucket of citizens at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from glob import glob
from pathlib import Path

import duckdb
import ibis

from app.domain.pack import Pack
from app.population.expression import CITIZENS, RECORDS, compile_scores

_TYPES = ("bigint", "text", *["date"] * 4, "text")
NO_RECORDS = "select " + ", ".join(f"null::{kind} as {name}" for name, kind in zip(RECORDS.names, _TYPES, strict=True))


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

    Both globs hold `{bucket}` where its number (0 to buckets - 1) stands; a bucket without citizens' files is passed
    over. A bucket that is there already is not scored again, so a stopped run goes on where it was; one is written
    wholly or not at all. `progress(done, buckets)` is called after each. Columns: citizen, units (raw), score (points).
    """
    out_folder.mkdir(parents=True, exist_ok=True)
    query = ibis.to_sql(
        compile_scores(pack, as_of, ibis.table(RECORDS, name="records"), ibis.table(CITIZENS, name="citizens")),
        dialect="duckdb",
    )
    with duckdb.connect(config={"memory_limit": memory, "threads": threads, "preserve_insertion_order": False}) as duck:
        for bucket in range(buckets):
            target = out_folder / f"bucket={bucket}.parquet"
            if not target.exists() and (citizens := glob(citizens_glob.format(bucket=bucket))):
                _view(duck, "citizens", citizens)
                _view(duck, "records", glob(records_glob.format(bucket=bucket)))
                _write(duck, str(query), target)
            progress(bucket + 1, buckets)


def _view(duck: duckdb.DuckDBPyConnection, name: str, files: list[str]) -> None:
    source = f"from read_parquet({files!r})" if files else f"{NO_RECORDS} where false"
    duck.execute(f"create or replace temp view {name} as {source}")


def _write(duck: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    unfinished = target.with_suffix(".unfinished")
    duck.execute(f"copy ({query}) to '{unfinished}' (format parquet, compression lz4_raw)")
    os.replace(unfinished, target)

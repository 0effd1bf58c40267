"""What PostgreSQL copies out, as Parquet bucketed by citizen, in constant memory.

The files hold personal data: they lie in a folder that only its owner may enter, for as long as a run takes.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Self

import duckdb
import pyarrow as pa

from app.domain.record import Status
from app.population import wire

PER_BUCKET = 262_144
"""Citizens in a bucket: 162 buckets for the 42.33 million adults of Zhejiang."""
KINDS = 1_000
"""Values of a column up to which its Parquet lists them once: items and states, and no ids."""
FLUSHED_ROWS = 32_768
"""Rows of one bucket that wait in memory for their place in a file."""

MEMBERS = {
    "citizen": "bigint", "citizen_id": "varchar", "seen": "bigint", "due": "date", "same_pack": "boolean",
    "score": "integer",
}  # fmt: skip
RECORDS = {
    "citizen": "bigint", "item": "varchar",
    **dict.fromkeys(("event_on", "effective_on", "expires_on", "ended_on"), "date"), "status": "varchar",
}  # fmt: skip
"""The columns of each table, in their order; `citizen` is the key by which records name members."""

Rows = Generator[memoryview, None, None]


class Buckets:
    """Parquet below `folder`, `<table>/bucket=<n>/…`, written and read by one engine within `memory`.

    The engine lives as long as a `with`, and spills into the folder.
    """

    def __init__(self, folder: Path, count: int, *, memory: str, threads: int) -> None:
        self.folder, self.count = folder, count
        self._settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "threads": threads,
            "preserve_insertion_order": False,
            "temp_directory": str(folder / "spilled"),
            "partitioned_write_max_open_files": count + 1,
            "partitioned_write_flush_threshold": FLUSHED_ROWS,
        }

    def __enter__(self) -> Self:
        self._engine = duckdb.connect(config=self._settings)
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()

    def write(self, table: str, columns: Mapping[str, str], rows: Rows, codes: list[str] | None = None) -> None:
        """Write a table from CSV rows, or from active records as `wire` reads them, of items of these `codes`.

        Raises what `rows` raises, and the table is then not whole.
        """
        with self.duck() as duck:
            if codes is None:
                with _pipe(rows) as source:
                    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
                    read = f"read_csv('{source}', header = false, auto_detect = false, columns = {{{kinds}}})"
                    self._partition(duck, table, f"select * from {read}")  # noqa: S608 - names of ours
            else:
                with _reader(rows, codes) as sent:
                    duck.register("sent", sent)
                    self._partition(duck, table, f"select *, '{Status.ACTIVE}' as status from sent")  # noqa: S608 - a constant
            empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
            for bucket in range(self.count):
                place = self.folder / table / f"bucket={bucket}"
                place.mkdir(parents=True, exist_ok=True)
                duck.execute(f"copy (select {empty} where false) to '{place / 'none.parquet'}' (format parquet)")

    def _partition(self, duck: duckdb.DuckDBPyConnection, table: str, query: str) -> None:
        duck.execute(
            f"copy (select *, hash(citizen) % {self.count} as bucket from ({query})) to '{self.folder / table}'"  # noqa: S608 - names of ours
            f" (format parquet, compression lz4_raw, dictionary_size_limit {KINDS}, partition_by (bucket))"
        )

    def glob(self, table: str) -> str:
        """The files of a table, `{bucket}` in place of its number."""
        return f"{self.folder / table}/bucket={{bucket}}/*.parquet"

    def duck(self) -> duckdb.DuckDBPyConnection:
        """A connection to the engine, to be closed after use."""
        return self._engine.cursor()


@contextmanager
def _pipe(rows: Rows) -> Iterator[str]:
    """The path of a pipe through which `rows` run while the block reads it; raises what they raised."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []
    thread = Thread(target=_pour, args=(rows, writing, failures))
    thread.start()
    try:
        yield f"/dev/fd/{reading}"
    except duckdb.Error:
        if not failures:
            raise
    finally:
        os.close(reading)
        thread.join()
    if failures:
        raise failures[0]


@contextmanager
def _reader(rows: Rows, codes: list[str]) -> Iterator[pa.RecordBatchReader]:
    """Records in parts while the block reads them; raises what `rows` raised."""
    failures: list[BaseException] = []
    with closing(rows):
        try:
            yield pa.RecordBatchReader.from_batches(wire.schema(), _noted(wire.batches(rows, codes), failures))
        except duckdb.Error:
            if not failures:
                raise
    if failures:
        raise failures[0]


def _noted(batches: Iterator[pa.RecordBatch], failures: list[BaseException]) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except Exception as failure:  # raised again where the batches are read
        failures.append(failure)
        raise


def _pour(rows: Rows, writing: int, failures: list[BaseException]) -> None:
    try:
        with closing(rows), open(writing, "wb", buffering=1 << 20) as pipe:
            for row in rows:
                pipe.write(row)
    except BaseException as failure:  # raised again where the pipe is read
        failures.append(failure)

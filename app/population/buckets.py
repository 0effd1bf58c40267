"""What PostgreSQL copies out, as Parquet bucketed by citizen, in constant memory.

The files hold personal data: they lie in a folder that only its owner may enter, for as long as a run takes.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

import duckdb

PER_BUCKET = 262_144
"""Citizens in a bucket: 162 buckets for the 42.33 million adults of Zhejiang."""
KINDS = 1_000
"""Values of a column up to which its Parquet lists them once: items and states, and no ids."""
FLUSHED_ROWS = 32_768
"""Rows of one bucket that wait in memory for their place in a file."""

MEMBERS = {"citizen": "varchar", "seen": "bigint", "due": "date", "same_pack": "boolean", "score": "integer"}
RECORDS = {
    **dict.fromkeys(("citizen", "item"), "varchar"),
    **dict.fromkeys(("event_on", "effective_on", "expires_on", "ended_on"), "date"),
    "status": "varchar",
}
"""The columns of each table as they are copied out, in their order."""

Rows = Generator[memoryview, None, None]


class Buckets:
    """Parquet below `folder`, `<table>/bucket=<n>/…`, written and read within `memory`."""

    def __init__(self, folder: Path, count: int, *, memory: str, threads: int) -> None:
        self.folder, self.count, self.memory, self.threads = folder, count, memory, threads

    def write(self, table: str, columns: Mapping[str, str], rows: Rows) -> None:
        """Write a table from CSV rows; raises what `rows` raises, and the table is then not whole."""
        with self.duck() as duck, _pipe(rows) as source:
            kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
            read = f"read_csv('{source}', header = false, auto_detect = false, columns = {{{kinds}}})"
            duck.execute(f"set partitioned_write_max_open_files = {self.count + 1}")
            duck.execute(f"set partitioned_write_flush_threshold = {FLUSHED_ROWS}")
            duck.execute(
                f"copy (select *, hash(citizen) % {self.count} as bucket from {read}) to '{self.folder / table}'"  # noqa: S608 - names of ours
                f" (format parquet, compression lz4_raw, dictionary_size_limit {KINDS}, partition_by (bucket))"
            )
            empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
            for bucket in range(self.count):
                place = self.folder / table / f"bucket={bucket}"
                place.mkdir(parents=True, exist_ok=True)
                duck.execute(f"copy (select {empty} where false) to '{place / 'none.parquet'}' (format parquet)")

    def glob(self, table: str) -> str:
        """The files of a table, `{bucket}` in place of its number."""
        return f"{self.folder / table}/bucket={{bucket}}/*.parquet"

    @contextmanager
    def duck(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """An engine that keeps to the memory, and spills into the folder."""
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": self.memory,
            "threads": self.threads,
            "preserve_insertion_order": False,
            "temp_directory": str(self.folder / "spilled"),
        }
        with duckdb.connect(config=settings) as duck:
            yield duck


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


def _pour(rows: Rows, writing: int, failures: list[BaseException]) -> None:
    try:
        with closing(rows), open(writing, "wb", buffering=1 << 20) as pipe:
            for row in rows:
                pipe.write(row)
    except BaseException as failure:  # raised again where the pipe is read
        failures.append(failure)

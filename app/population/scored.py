"""Buckets of citizens scored side by side into Parquet, each wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Progress = Callable[[int, int], None]
"""Told after each bucket: how many are done, of how many."""


def score_buckets(
    out_folder: Path, buckets: int, work: Callable[[int], pa.Table | None], *, threads: int, progress: Progress
) -> None:
    """Write what `work` makes of each bucket into `out_folder/bucket=N.parquet`; what it raises ends the run.

    A bucket that is there already is not made again, so a stopped run goes on where it was; None makes no file.
    """
    out_folder.mkdir(parents=True, exist_ok=True)

    def make(bucket: int) -> None:
        target = out_folder / f"bucket={bucket}.parquet"
        if not target.exists() and (table := work(bucket)) is not None:
            _write(table, target)

    with ThreadPoolExecutor(threads) as pool:
        try:
            for count, _ in enumerate(pool.map(make, range(buckets)), 1):
                progress(count, buckets)
        finally:
            pool.shutdown(cancel_futures=True)


def _write(table: pa.Table, target: Path) -> None:
    unfinished = target.with_suffix(".unfinished")
    pq.write_table(table, unfinished, compression="none", use_dictionary=False, write_statistics=False)
    unfinished.replace(target)

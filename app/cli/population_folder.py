"""Where a population run keeps its files: one run at a time, and nothing that outlives it for long.

The files are a copy of every member's records, so what a killed run left goes with the next run's start, or within an
hour by the worker (guardrail 12: no data left in any file that we keep).
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Busy(Exception):
    """Another run holds the folder."""


@contextmanager
def folder_of_run(home: Path) -> Iterator[Path]:
    """An empty folder below `home` that only we may enter; it goes when the run ends. Raises Busy."""
    home.mkdir(parents=True, exist_ok=True)
    folder = home / "population"
    with (home / "population.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise Busy from held
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Path) -> int:
    """Remove what a killed run left; nothing is ever left over (0)."""
    if (home / "population").exists():
        with suppress(Busy), folder_of_run(home):
            pass
    return 0

"""A population run: out of PostgreSQL, through DuckDB, and back in one switch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import func, select

from app.cli.population_folder import Busy, folder_of_run
from app.config import SettingsError
from app.domain.pack import Pack
from app.population.buckets import MEMBERS, PER_BUCKET, RECORDS, Buckets
from app.population.changed import blocks, write_changed
from app.population.duck import score_parquet
from app.services import population, runs
from app.services.population import Run
from app.store import population as store
from app.store.base import new_id
from app.store.population import LOCK, Written
from app.web.kit import Kit

Said = Callable[[str, int, int], None]
NOTHING = Written(0, 0, 0, 0)
TABLES = {"members": MEMBERS, "records": RECORDS}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use: memory (DuckDB's spelling) and threads; citizens in a bucket."""

    memory: str = "2GB"
    threads: int = 2
    per_bucket: int = PER_BUCKET


def run_city(
    kit: Kit, pack: Pack, as_of: date, limits: Limits, said: Said = lambda step, done, of: None
) -> tuple[Run, Written]:
    """Score every member of the pack's city as of a day; what was read and written. `said` hears each step's progress.

    A run over nobody is none, and leaves no row.

    Killed at any moment it leaves nothing in the tables but who will be in the next run; its files go with the next
    run's start. Raises SettingsError where another run is under way, or where memory or disk do not suffice.
    """
    with _alone(kit), _folder(kit) as folder:
        started = kit.clock()
        for number, portion in enumerate(_unsettled(kit, pack.city)):
            said("taking in", number, number + 1)
            with kit.sessions.begin() as session:
                runs.settle(session, pack.city, portion, kit.clock())
        try:
            members, files = _calculated(kit, pack, as_of, limits, folder, said)
        except (duckdb.Error, pa.ArrowException, OSError) as failure:
            raise SettingsError(f"the run was given up: {str(failure).splitlines()[0]}") from failure
        run = Run(new_id("run"), pack, as_of, members, started)
        if not members:
            return run, NOTHING
        said("switching", 0, 1)
        if kit.packs.get(pack.code) != pack:
            raise SettingsError("other rules took effect while the run was under way: run it again")
        with kit.sessions.begin() as session:
            return run, population.switch(session, run, chain.from_iterable(map(blocks, files)), kit.clock())


def _calculated(kit: Kit, pack: Pack, as_of: date, limits: Limits, folder: Path, said: Said) -> tuple[int, list[Path]]:
    """How many members were read, and the files of those who changed."""
    codes = [item.code for item in pack.items()]
    with kit.sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        members = store.count(session, pack.city)
        buckets = Buckets(folder, members // limits.per_bucket + 1, memory=limits.memory, threads=limits.threads)
        with buckets:
            for number, (table, columns) in enumerate(TABLES.items()):
                said("reading", number, len(TABLES))
                rows = store.copied_out(session, table, pack, as_of)
                buckets.write(table, columns, rows, codes if table == "records" else None)
    scored = folder / "scored"
    score_parquet(
        pack, as_of, buckets.glob("records"), buckets.glob("members"), scored,
        memory=limits.memory, threads=limits.threads, buckets=buckets.count,
        progress=lambda done, of: said("scoring", done, of),
    )  # fmt: skip
    files = []
    with buckets:
        for bucket in range(buckets.count):
            said("comparing", bucket, buckets.count)
            files.append(write_changed(pack, as_of, buckets, scored, bucket))
    return members, files


def _unsettled(kit: Kit, city: str) -> Iterator[list[str]]:
    with kit.sessions() as session:
        yield from store.unsettled(session, city)


@contextmanager
def _alone(kit: Kit) -> Iterator[None]:
    """Hold the lock of all runs on this database; it goes with its holder."""
    key = func.hashtextextended(LOCK, 0)
    with kit.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(key))):
            raise SettingsError("a population run is under way already")
        try:
            yield
        finally:
            connection.scalar(select(func.pg_advisory_unlock(key)))


@contextmanager
def _folder(kit: Kit) -> Iterator[Path]:
    try:
        with folder_of_run(Path(kit.settings.var_dir)) as folder:
            yield folder
    except Busy as held:
        raise SettingsError("a population run is under way already") from held

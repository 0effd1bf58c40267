"""A province re-scored: how long, how much memory, against DuckDB's plain `group by citizen` sum over the same Parquet.

Both floors and all ways to score run in turns, each in a process of its own, over all buckets one after the other,
with the same threads and memory. Scores are written as Parquet; the floors write nothing.

    python -m bench.population [--size 1m|5m|province] [--rounds 5] [--threads 2] [--memory 2GB] [--keep FOLDER]
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import click
import duckdb
import ibis
from ibis.expr.types import Table

from app.domain.pack import Pack
from app.domain.score import explain
from app.packs import load_packs
from app.population.duck import score_parquet
from app.population.expression import CITIZENS, RECORDS, compile_counted, compile_scores
from app.population.layout import PARQUET, score_layout
from app.population.layout import RECORDS as COMPACT
from bench import population_data
from bench.population_data import AS_OF, Province

SIZES = {"tiny": 5_000, "1m": 1_018_000, "5m": 5_000_000, "province": 42_330_000}
SAMPLE = 2_000


@dataclass(frozen=True)
class Task:
    """What a process is to do."""

    province: Province
    pack: Pack
    threads: int
    memory: str
    out: Path


def floor_plain(task: Task) -> None:
    _sums(task, task.province.plain("records"), "version")


def floor_compact(task: Task) -> None:
    _sums(task, str(task.province.compact.folder / "records-{bucket}.parquet"), "item")


def arrays_plain(task: Task) -> None:
    records, citizens = (task.province.plain(table) for table in ("records", "citizens"))
    buckets, memory, threads = task.province.buckets, task.memory, task.threads
    score_parquet(task.pack, AS_OF, records, citizens, task.out, buckets=buckets, memory=memory, threads=threads)


def arrays_compact(task: Task) -> None:
    score_layout(task.pack, AS_OF, task.province.compact, task.out, threads=task.threads)


def expression_plain(task: Task) -> None:
    query = compile_scores(task.pack, AS_OF, ibis.table(RECORDS, name="records"), ibis.table(CITIZENS, name="citizens"))
    sources = {table: f"from '{task.province.plain(table)}'" for table in ("records", "citizens")}
    _run_expression(task, query, lambda bucket: {name: text.format(bucket=bucket) for name, text in sources.items()})


def expression_compact(task: Task) -> None:
    layout = task.province.compact
    query = compile_counted(
        task.pack, AS_OF, ibis.table(COMPACT, name="records"), ibis.table(CITIZENS, name="citizens")
    )

    def sources(bucket: int) -> dict[str, str]:
        numbers = layout.numbers(bucket)
        citizens = f"select range::integer as citizen from range({numbers.start}, {numbers.stop})"
        return {"records": f"from '{layout.records(bucket)}'", "citizens": citizens}

    _run_expression(task, query, sources)


WAYS: dict[str, dict[str, Callable[[Task], None]]] = {
    "compact": {"floor": floor_compact, "arrays": arrays_compact, "expression": expression_compact},
    "as it leaves PostgreSQL": {"floor": floor_plain, "arrays": arrays_plain, "expression": expression_plain},
}


@contextmanager
def _duck(task: Task) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(
        config={"threads": task.threads, "memory_limit": task.memory, "preserve_insertion_order": False}
    ) as duck:
        yield duck


def _sums(task: Task, files: str, column: str) -> None:
    with _duck(task) as duck:
        for bucket in range(task.province.buckets):
            sums = f"select citizen, sum({column}) as total from '{files}' group by citizen".format(bucket=bucket)
            duck.execute(f"select count(*), sum(total) from ({sums})").fetchall()


def _run_expression(task: Task, query: Table, sources: Callable[[int], dict[str, str]]) -> None:
    text = ibis.to_sql(query.select("citizen", "score"), dialect="duckdb")
    with _duck(task) as duck:
        for bucket in range(task.province.buckets):
            for name, source in sources(bucket).items():
                duck.execute(f"create or replace temp view {name} as {source}")
            duck.execute(f"copy ({text}) to '{task.out}/bucket={bucket}.parquet' {PARQUET}")


@dataclass
class Way:
    """One way to score, or a floor, with its `rounds` as `_once` tells them."""

    layout: str
    name: str
    rounds: list[dict[str, float]] = field(default_factory=list)

    def middle(self, what: str) -> float:
        return median(measured[what] for measured in self.rounds)

    def measure(self, arguments: list[str]) -> None:
        command = [sys.executable, "-m", "bench.population", *arguments, "--only", self.layout, self.name]
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self.rounds.append(json.loads(shown))


@click.command()
@click.option("--size", default="1m", show_default=True, type=click.Choice(list(SIZES)))
@click.option("--pack", "code", default="egret", show_default=True, help="the pack by which to score")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1))
@click.option("--memory", default="2GB", show_default=True, help="DuckDB's limit")
@click.option("--seed", default=1, show_default=True)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="of the data; given, it is kept")
@click.option("--only", nargs=2, hidden=True, help="one way, once: what the bench asks of its own processes")
def main(size: str, code: str, rounds: int, threads: int, memory: str, seed: int, folder: Path | None,
         only: tuple[str, str] | None) -> None:  # fmt: skip
    """Measure, check and print; fails where a score is not the plain definition's, never by the clock."""
    with _kept(folder) as place:
        task = Task(Province(place, SIZES[size]), load_packs()[code], threads, memory, place / "scores")
        if only:
            click.echo(json.dumps(_once(task, WAYS[only[0]][only[1]])))
            return
        _prepare(task, seed)
        ways = [Way(layout, name) for layout, those in WAYS.items() for name in those]
        same = ["--size", size, "--pack", code, "--threads", str(threads), "--memory", memory, "--folder", str(place)]
        expected = _expected(task)
        for number in range(rounds):
            for way in ways[number % len(ways) :] + ways[: number % len(ways)]:
                way.measure(same)
                if way.name != "floor":
                    _check(task, expected)
        click.echo(f"{rounds} rounds, {threads} threads of {os.cpu_count()} cores, each way in a process of its own;")
        click.echo(f"{len(expected) // 2} citizens have the plain definition's scores")
        _report(ways)


@contextmanager
def _kept(folder: Path | None) -> Iterator[Path]:
    """The folder of the data; without a name, one that is removed at the end."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="xinyi-bench-", dir="/var/tmp") as made:
        yield Path(made)


def _once(task: Task, way: Callable[[Task], None]) -> dict[str, float]:
    """What one way takes: seconds by the clock and of the processor, and the most bytes that this process held."""
    shutil.rmtree(task.out, ignore_errors=True)
    task.out.mkdir()
    started, processor = time.perf_counter(), time.process_time()
    way(task)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    return {"seconds": seconds, "processor": processor, "peak": _peak()}


def _peak() -> int:
    """Bytes; `getrusage` would tell what the process that began this one held."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _prepare(task: Task, seed: int) -> None:
    done, started = task.province.folder / "made", time.perf_counter()
    if not done.exists():
        for bucket in population_data.make(task.province, task.pack, seed, task.threads, task.memory):
            click.echo(f"\rmade {bucket + 1} of {task.province.buckets} buckets", nl=False, err=True)
        click.echo(f" in {time.perf_counter() - started:.0f} s", err=True)
        done.touch()
    filed, counting = population_data.filed(task.province)
    click.echo(f"{task.province.citizens:,} citizens in {task.province.buckets} buckets, {filed:,} records filed,")
    click.echo(f"{counting:,} of them count; pack {task.pack.code}, {AS_OF}")


def _expected(task: Task) -> dict[str, int]:
    """The plain definition's scores of a sample, by number and by id."""
    found: dict[str, int] = {}
    for (number, citizen), records in population_data.sample(task.province, SAMPLE).items():
        found[str(number)] = found[citizen] = explain(task.pack, records, AS_OF).score
    return found


def _check(task: Task, expected: dict[str, int]) -> None:
    """Raises where one of the sample has another score, and where not every citizen has one."""
    files = [str(task.out / f"bucket={bucket}.parquet") for bucket in population_data.sampled(task.province)]
    with duckdb.connect() as duck:
        (everyone,) = duck.execute(f"select count(*) from '{task.out}/bucket=*.parquet'").fetchall()[0]
        query = (
            f"select citizen::varchar, score from read_parquet({files!r}) where list_contains($ids, citizen::varchar)"
        )
        found = dict(duck.execute(query, {"ids": list(expected)}).fetchall())
    wrong = {citizen: score for citizen, score in found.items() if expected[citizen] != score}
    if wrong or everyone != task.province.citizens or len(found) * 2 != len(expected):
        raise click.ClickException(f"{everyone} scored, {len(found)} looked at, not the plain definition's: {wrong}")


def _report(ways: list[Way]) -> None:
    for layout, those in WAYS.items():
        mine = {way.name: way for way in ways if way.layout == layout}
        click.echo(f"\n{layout}:")
        for name in those:
            seconds, processor = mine[name].middle("seconds"), mine[name].middle("processor")
            peak = max(measured["peak"] for measured in mine[name].rounds) / 2**30
            ratio = seconds / mine["floor"].middle("seconds")
            click.echo(
                f"  {name:11} {seconds:8.2f} s, {processor:.2f} s of processor, {peak:.2f} GiB, {ratio:.2f} x floor"
            )


if __name__ == "__main__":
    main()

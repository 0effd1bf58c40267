"""A city's scores of a day: out of PostgreSQL, through DuckDB and back, against the same computed inside PostgreSQL.

Both bring the same tables up to a day, for real and with the same durability, in turns. The one inside is least code:
one query of the same pack (compiled by Ibis) with the same next days, written by the same statements in one
transaction, without a guard against who changes meanwhile. It comes twice: with the server's own settings, and with two
workers and much memory. Then the incremental ratio: re-scoring the members that a batch touched, against everyone.

    python -m bench.population_run [--people 1000000] [--records 2500000] [--rounds 3] [--touched 1000]
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import click
import ibis
from sqlalchemy import create_engine, text

from app.cli.population_run import Limits, run_city
from app.config import Settings, load
from app.domain.calendar import SHANGHAI, day_of
from app.domain.pack import Pack, pack_of_city
from app.factory import build_kit
from app.population.changed import query_of
from app.population.expression import CITIZENS, RECORDS, compile_scores
from app.services import scoring
from app.store import embedded, enrolments
from app.store import population as store
from app.web.kit import Kit
from bench.population_city import file_one_each, make_city, settle
from migrations import commands

CITY = "xiamen"
FIRST = datetime(2026, 11, 20, 4, tzinfo=SHANGHAI)
INSIDE = {
    "as the server is set": "select",
    "2 workers, 256 MB": "set local work_mem = '256MB'; set local max_parallel_workers_per_gather = 2",
}
"""The contestants inside PostgreSQL, and their settings."""
VIEWS = """
    create temporary view members as select citizen_id as citizen, citizen_id, 0 as seen, due_on as due,
        (pack, pack_version) = ('{pack}', {version}) as same_pack, score
        from enrolments left join scores using (citizen_id) where in_runs_of = '{city}';
    create temporary view records as
        select citizen_id as citizen, item, event_on, effective_on, expires_on, ended_on, status from public.records
"""


@dataclass
class Bench:
    """A city, its clock and what was measured, in seconds."""

    kit: Kit
    pack: Pack
    limits: Limits
    moment: list[datetime]
    ours: list[float] = field(default_factory=list)
    inside: dict[str, list[float]] = field(default_factory=dict)
    touched: list[float] = field(default_factory=list)

    def day(self) -> date:
        """The next day."""
        self.moment[0] += timedelta(days=1)
        return day_of(self.moment[0])

    def through_duckdb(self) -> None:
        """The run as it is."""
        day, began = self.day(), time.perf_counter()
        _, written = run_city(self.kit, self.pack, day, self.limits)
        self.ours.append(time.perf_counter() - began)
        click.echo(f"  {day} through DuckDB {self.ours[-1]:7.2f} s: {_told(written)}")
        settle(self.kit.engine)

    def inside_postgresql(self, name: str) -> None:
        """The floor: one query there, and the same statements that write."""
        day, began = self.day(), time.perf_counter()
        written = self._inside(day, INSIDE[name])
        taken = self.inside.setdefault(name, [])
        taken.append(time.perf_counter() - began)
        click.echo(f"  {day} in PostgreSQL  {taken[-1]:7.2f} s: {_told(written)}, {name}")
        settle(self.kit.engine)

    def _inside(self, day: date, settings: str) -> store.Written:
        schemas = {"records": {**RECORDS, "citizen": "string"}, "members": {**CITIZENS, "citizen": "string"}}
        tables = [ibis.table(ibis.schema(columns), name=name) for name, columns in schemas.items()]
        scored = str(ibis.to_sql(compile_scores(self.pack, day, *tables), dialect="postgres"))
        values = {"pack": self.pack.code, "version": self.pack.version, "as_of": day, "now": self.moment[0]}
        with self.kit.engine.begin() as connection:
            connection.exec_driver_sql(settings)
            for view in (
                *VIEWS.format(city=CITY, pack=self.pack.code, version=self.pack.version).split(";"),
                f"create temporary view scored as {scored}",
            ):
                connection.exec_driver_sql(view)
            connection.execute(text(store.CHANGED))
            connection.exec_driver_sql(f"insert into changed {query_of(self.pack, day)}")
            connection.exec_driver_sql("drop view members, scored, records; analyze changed")
            statements = (store.RECOUNTED, store.PAST, store.SNAPSHOTS, store.SCORES, store.DAYS)
            _, _, past, scores, days = (connection.execute(text(said), values).rowcount for said in statements)
            return store.Written(scores, past, days, left=0)

    def batch(self, members: int, number: int) -> None:
        """Some members anywhere in the city, of each of whom a batch filed a record, scored again by the worker."""
        with self.kit.sessions.begin() as session:
            ids = file_one_each(session, members, number)
            enrolments.mark_due(session, ids, day_of(self.moment[0]))
        began = time.perf_counter()
        done = 0
        while done < members:
            with self.kit.sessions.begin() as session:
                done += scoring.refresh_due(session, self.kit.packs, self.moment[0])
        self.touched.append(time.perf_counter() - began)


@click.command()
@click.option("--people", default=1_000_000, show_default=True, type=click.IntRange(10))
@click.option("--records", default=2_500_000, show_default=True, type=click.IntRange(10))
@click.option(
    "--rounds", default=3, show_default=True, type=click.IntRange(1), help="days of each, after one to warm up"
)
@click.option("--touched", default=1_000, show_default=True, type=click.IntRange(1), help="members of a batch")
@click.option("--memory", default="2GB", show_default=True, help="of DuckDB")
def main(people: int, records: int, rounds: int, touched: int, memory: str) -> None:
    """Measure, and print all numbers with their ratios; fails where the two differ, never by the clock."""
    with tempfile.TemporaryDirectory(prefix="xinyi-bench-") as folder, _bench(Path(folder), memory) as bench:
        began = time.perf_counter()
        make_city(bench.kit.engine, bench.pack, day_of(FIRST), people, records)
        click.echo(f"{people} members, {records} records, made in {time.perf_counter() - began:.0f} s")
        bench.through_duckdb()
        first = bench.ours.pop()
        for number in range(rounds + 1):
            for name in (None, *INSIDE)[:: 1 if number % 2 else -1]:
                bench.inside_postgresql(name) if name else bench.through_duckdb()
        _, again = run_city(bench.kit, bench.pack, day_of(bench.moment[0]), bench.limits)
        if again.scores or again.days:
            raise click.ClickException(f"the two do not say the same: {again}")
        for number in range(rounds + 1):
            bench.batch(min(touched, people), number)
    _report(bench, first, min(touched, people))


def _report(bench: Bench, first: float, touched: int) -> None:
    ours, batch = median(bench.ours[1:]), median(bench.touched[1:])
    click.echo(f"first run, everybody new: {first:.2f} s")
    click.echo(f"a day's run, through DuckDB and back: {ours:.2f} s")
    for name, taken in bench.inside.items():
        inside = median(taken[1:])
        click.echo(f"ratio to inside PostgreSQL, {name}: {inside:.2f} s, {ours / inside:.2f}")
    click.echo(f"{touched} touched members: {batch:.3f} s, {touched / batch:.0f} a second")
    click.echo(f"ratio touched / a day's run: {batch / ours:.2%}; / the first run: {batch / first:.2%}")


def _told(written: store.Written) -> str:
    return f"{written.history} scores changed, {written.days} next days"


@contextmanager
def _bench(folder: Path, memory: str) -> Iterator[Bench]:
    """A database of our own, as durable as a city's; dropped at the end."""
    given, name = load().database_url, f"xinyi_bench_{os.getpid()}"
    server = None if given else embedded.start(Path(load().var_dir).resolve() / "bench-postgresql")
    maintenance = given or (server.url if server else "")
    moment = [FIRST.astimezone(UTC)]
    try:
        url = embedded.create_database(maintenance, name)
        engine = create_engine(url)
        commands.upgrade(engine)
        kit = build_kit(Settings(var_dir=str(folder)), engine=engine, clock=lambda: moment[0])
        pack = pack_of_city(kit.packs, CITY)
        assert pack is not None
        yield Bench(kit, pack, Limits(memory=memory), moment)
        engine.dispose()
    finally:
        embedded.drop_database(maintenance, name)
        if server and server.started:
            server.stop()


if __name__ == "__main__":
    main()

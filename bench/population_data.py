"""A made-up province for the bench: citizens and records by DuckDB, of a seed, as they leave PostgreSQL and compact.

Few have many records: a quarter of the citizens none, one in two hundred forty. Ages and items are as unequal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import ibis

from app.domain.pack import Pack
from app.domain.record import Record, Status
from app.population.expression import RECORDS, counted
from app.population.layout import PARQUET, Layout, write_bucket

AS_OF = date(2026, 11, 20)
PER_BUCKET = 262_144
SHARES = ((265, 0), (570, 1), (760, 2), (890, 4), (970, 8), (995, 16), (1000, 40))
"""Of a thousand citizens, those below the first number have as many records as the second says: 2.46 on average."""


ID = "'cit_' || md5(range::varchar)"
"""A citizen's id, of the number in the column `range`, as long as ours are."""


@dataclass(frozen=True)
class Province:
    """What lies in a folder: `citizens` people in buckets, ids and all columns below `plain`, the rest in `compact`."""

    folder: Path
    citizens: int

    @property
    def buckets(self) -> int:
        return max(2, -(-self.citizens // PER_BUCKET))

    @property
    def compact(self) -> Layout:
        return Layout(self.folder / "compact", self.citizens, self.buckets)

    def plain(self, table: str) -> str:
        """The files of `citizens` or `records`, `{bucket}` in place of its number."""
        return str(self.folder / "plain" / f"{table}-{{bucket}}.parquet")


def make(province: Province, pack: Pack, seed: int, threads: int, memory: str) -> Iterator[int]:
    """Write everything; yields the number of each bucket that is done. What is there stays."""
    for part in ("plain", "compact"):
        (province.folder / part).mkdir(parents=True, exist_ok=True)
    records = ibis.table(RECORDS, name="records")
    counting = str(ibis.to_sql(counted(records, AS_OF), dialect="duckdb"))
    with duckdb.connect(config={"threads": threads, "memory_limit": memory}) as duck:
        duck.execute(f"create macro draw(a, b) as (hash(a::bigint * 64 + b + {seed} * 1000003) % 1000003) / 1000003.0")
        for bucket in range(province.buckets):
            if province.compact.records(bucket).exists():
                continue  # made before, and written last
            _make_plain(duck, province, bucket, [*(item.code for item in pack.items()), "unheard_of"])
            duck.execute(
                f"create or replace temp view records as from '{province.plain('records')}'".format(bucket=bucket)
            )
            source = (
                f"select citizens.number as citizen, item, event_on from ({counting}) join citizens using (citizen)"
            )
            write_bucket(duck, pack, province.compact, bucket, source)
            yield bucket


def _make_plain(duck: duckdb.DuckDBPyConnection, province: Province, bucket: int, items: list[str]) -> None:
    numbers = province.compact.numbers(bucket)
    shares = " ".join(f"when draw(number, 0) < {below} / 1000.0 then {count}" for below, count in SHARES)
    duck.execute(f"""
        create or replace temp table citizens as
        select range::integer as number, {ID} as citizen
        from range({numbers.start}, {numbers.stop})
    """)
    duck.execute(f"""
        create or replace temp table filed as
        with one as (
            select number, citizen, unnest(range(case {shares} end)) + 1 as nth from citizens
        ), day as (
            select *, date '{AS_OF}' - (power(draw(number, nth), 1.5) * 1800)::integer as event_on from one
        )
        select citizen, item[1 + (power(draw(number, nth + 100), 1.6) * len(item))::integer % len(item)] as item,
            event_on, event_on + (nth % 3)::integer as effective_on,
            case when draw(number, nth + 200) < 0.6 then event_on + 1825 end as expires_on,
            case when draw(number, nth + 300) < 0.2 then event_on - 3 end as ended_on,
            case when draw(number, nth + 400) < 0.98 then 'active' else 'disputed' end as status, 1 as version
        from day, (select {items!r} as item)
    """)
    for table, query in (("citizens", "select citizen from citizens"), ("records", "from filed")):
        target = province.plain(table).format(bucket=bucket)
        duck.execute(f"copy ({query} order by citizen) to '{target}' {PARQUET}")


def filed(province: Province) -> tuple[int, int]:
    """How many records there are, and how many of them count and are known to the pack."""
    places = province.plain("records").format(bucket="*"), str(province.compact.folder / "records-*.parquet")
    with duckdb.connect() as duck:
        found = [duck.execute(f"select count(*) from read_parquet('{place}')").fetchall()[0][0] for place in places]
    return found[0], found[1]


def sampled(province: Province) -> list[int]:
    """The buckets from which a sample is taken: the first, the middle and the last."""
    return sorted({0, province.buckets // 2, province.buckets - 1})


def sample(province: Province, size: int) -> dict[tuple[int, str], list[Record]]:
    """About `size` citizens, by number and id, with their records."""
    people: dict[str, tuple[int, list[Record]]] = {}
    with duckdb.connect() as duck:
        for bucket in sampled(province):
            numbers = province.compact.numbers(bucket)
            chosen = numbers[:: max(1, 3 * len(numbers) // size)]
            query = f"select {ID}, range from range({chosen.start}, {chosen.stop}, {chosen.step})"
            people |= {citizen: (number, []) for citizen, number in duck.execute(query).fetchall()}
            columns = f"citizen, {', '.join(RECORDS.names[1:])}"
            query = f"select {columns} from '{province.plain('records')}' where list_contains($ids, citizen)"
            for nth, row in enumerate(duck.execute(query.format(bucket=bucket), {"ids": list(people)}).fetchall()):
                people[row[0]][1].append(Record(f"rec_{nth}", row[1], row[2], row[3], row[4], row[5], Status(row[6])))
    return {(number, citizen): records for citizen, (number, records) in people.items()}

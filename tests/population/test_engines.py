"""One definition of the score: plain Python, the expression on three engines and the arrays give the same integers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import ibis
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.packs import load_packs
from app.population.duck import score_parquet
from app.population.expression import CITIZENS, RECORDS, compile_scores, counted
from app.population.layout import Layout, score_layout, write_bucket
from tests.support.populations import Population, random_pack, random_population

Found = dict[int, tuple[int, int]]
PACKS = load_packs()
NO_SPARK = "Spark is not held to the others here: it needs pyspark (make spark) and a Java"


def the_query(population: Population, dialect: str) -> str:
    records, citizens = ibis.table(RECORDS, name="records"), ibis.table(CITIZENS, name="citizens")
    scores = compile_scores(population.pack, population.as_of, records, citizens)
    return str(ibis.to_sql(scores.select("citizen", "units", "score"), dialect=dialect))


def by_duckdb(population: Population) -> Found:
    with duckdb.connect() as duck:
        duck.register("records", population.records())
        duck.register("citizens", population.numbers())
        return {
            citizen: (units, score) for citizen, units, score in duck.sql(the_query(population, "duckdb")).fetchall()
        }


def by_arrays(population: Population, folder: Path, buckets: int = 3) -> dict[int, int]:
    """From Parquet as it leaves PostgreSQL, citizens in buckets by remainder."""
    records, citizens = population.records(), population.numbers()
    for bucket in range(buckets):
        for name, table in (("records", records), ("citizens", citizens)):
            rows = [row for row, number in enumerate(table["citizen"].to_pylist()) if number % buckets == bucket]
            pq.write_table(table.take(pa.array(rows, pa.int64())), folder / f"{name}-{bucket}.parquet")
    globs = (str(folder / f"{name}-{{bucket}}.parquet") for name in ("records", "citizens"))
    score_parquet(population.pack, population.as_of, *globs, folder / "scores", buckets=buckets)
    return scores_below(folder / "scores")


def by_layout(population: Population, folder: Path) -> dict[int, int]:
    """From the compact layout, which is filled by the expression's own filter."""
    layout = Layout(folder, citizens=len(population.citizens), buckets=2)
    with duckdb.connect() as duck:
        duck.register("records", population.records())
        counting = str(ibis.to_sql(counted(ibis.table(RECORDS, name="records"), population.as_of), dialect="duckdb"))
        for bucket in range(layout.buckets):
            mine = layout.numbers(bucket)
            source = f"select * from ({counting}) where citizen >= {mine.start} and citizen < {mine.stop}"
            write_bucket(duck, population.pack, layout, bucket, source)
    score_layout(population.pack, population.as_of, layout, folder / "scores")
    return scores_below(folder / "scores")


def scores_below(folder: Path) -> dict[int, int]:
    rows = pq.read_table(sorted(folder.glob("bucket=*.parquet"))).to_pylist()
    assert len(rows) == len({row["citizen"] for row in rows})
    return {row["citizen"]: row["score"] for row in rows}


@pytest.fixture(scope="module")
def by_postgresql(db: Engine) -> Iterator[Callable[[Population], Found]]:
    kinds = dict(zip(RECORDS.names, ("bigint", "text", *["date"] * 4, "text"), strict=True))
    with psycopg.connect(db.url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute(f"create temp table records ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
        connection.execute("create temp table citizens (citizen bigint)")

        def run(population: Population) -> Found:
            connection.execute("truncate records, citizens")
            with connection.cursor() as cursor:
                with cursor.copy("copy records from stdin") as copy:
                    for row in population.rows():
                        copy.write_row(row)
                with cursor.copy("copy citizens from stdin") as copy:
                    for number in range(len(population.citizens)):
                        copy.write_row((number,))
            return {row[0]: (row[1], row[2]) for row in connection.execute(the_query(population, "postgres").encode())}

        yield run


def hold(population: Population, by_postgresql: Callable[[Population], Found]) -> None:
    plain = population.plain()
    assert by_duckdb(population) == plain
    assert by_postgresql(population) == plain
    points = {citizen: score for citizen, (_, score) in plain.items()}
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        assert by_arrays(population, Path(first)) == points
        assert by_layout(population, Path(second)) == points


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_every_engine_gives_the_same_integers_for_any_pack(
    seed: int, by_postgresql: Callable[[Population], Found]
) -> None:
    random = Random(seed)
    hold(random_population(random, random_pack(random)), by_postgresql)


@pytest.mark.parametrize("code", PACKS)
def test_every_engine_gives_the_same_integers_for_the_packs_that_we_ship(
    code: str, by_postgresql: Callable[[Population], Found]
) -> None:
    hold(random_population(Random(code), PACKS[code], citizens=60), by_postgresql)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sessions = pytest.importorskip("pyspark.sql", reason=NO_SPARK)
    quiet = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.sql.adaptive.enabled": "false"}
    quiet |= {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
    quiet |= {"spark.ui.showConsoleProgress": "false", "spark.driver.bindAddress": "127.0.0.1"}
    quiet |= {"spark.driver.host": "127.0.0.1", "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1"}
    builder = sessions.SparkSession.builder.master("local[1]").appName("xinyi")
    for name, value in quiet.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore::FutureWarning:pyspark")
@pytest.mark.skipif(shutil.which("java") is None or find_spec("pyspark") is None, reason=NO_SPARK)
def test_spark_gives_the_same_integers(spark: Any) -> None:
    """Many packs, each over its own part of one table: making a table costs Spark more than scoring it."""
    random = Random(20260615)
    cases = [random_population(random, pack, 8) for pack in [*PACKS.values(), *(random_pack(random) for _ in range(6))]]
    everyone = [(case, number) for case, one in enumerate(cases) for number in range(len(one.citizens))]
    rows = [(case, *row) for case, one in enumerate(cases) for row in one.rows()]
    spark.createDataFrame(rows, "part int, citizen long, item string, event_on date, effective_on date,"
                                " expires_on date, ended_on date, status string").createTempView("records")  # fmt: skip
    spark.createDataFrame(everyone, "part int, citizen long").createTempView("citizens")
    records = ibis.table({"part": "int32", **dict(RECORDS)}, name="records")
    citizens = ibis.table({"part": "int32", **dict(CITIZENS)}, name="citizens")
    for case, one in enumerate(cases):
        tables = records.filter(records.part == case), citizens.filter(citizens.part == case)
        query = compile_scores(one.pack, one.as_of, *tables).select("citizen", "units", "score")
        found = spark.sql(str(ibis.to_sql(query, dialect="pyspark"))).collect()
        assert {row.citizen: (row.units, row.score) for row in found} == one.plain()

"""Migrations: up from nothing, down to nothing, up again, and the tables are those of the code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.domain.access import SYSTEM
from app.store import access_log, embedded
from migrations import commands
from migrations.house.ledgers import PARTITIONS, REFUSED
from tests.support.databases import own_name


@pytest.fixture
def empty(server: str) -> Iterator[Engine]:
    """An empty database of this test's own."""
    engine = create_engine(embedded.create_database(server, own_name("migrations")), poolclass=NullPool)
    yield engine
    engine.dispose()
    embedded.drop_database(server, own_name("migrations"))


def left_in(engine: Engine) -> set[str]:
    """Everything in the database but alembic's own table."""
    with engine.connect() as connection:
        functions = connection.scalars(text("select proname from pg_proc where pronamespace = 'public'::regnamespace"))
        return set(inspect(engine).get_table_names()) - {"alembic_version"} | set(functions)


def test_up_down_and_up_again_ends_where_the_code_is(empty: Engine) -> None:
    commands.upgrade(empty)
    assert commands.current(empty) == commands.head()
    assert commands.drift(empty) == []
    commands.downgrade(empty, "base")
    assert (commands.current(empty), left_in(empty)) == (None, set())
    commands.upgrade(empty)
    assert commands.drift(empty) == []


def test_a_second_upgrade_finds_nothing_to_do(empty: Engine) -> None:
    commands.upgrade(empty)
    before = left_in(empty)
    commands.upgrade(empty)
    assert left_in(empty) == before


def test_drift_is_seen(empty: Engine) -> None:
    commands.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("alter table partners drop column name_zh"))
        connection.execute(text("create table left_over (id text primary key)"))
    assert len(commands.drift(empty)) == 2


def test_a_failed_migration_leaves_nothing_behind(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("create table scores (id text primary key)"))
    with pytest.raises(Exception, match="scores"):
        commands.upgrade(empty)
    assert left_in(empty) == {"scores"}


def test_the_head_is_written_down() -> None:
    """Two branches that each add a migration meet in this file, not in a city's database."""
    assert commands.HEAD_FILE.read_text(encoding="utf-8").strip() == commands.head()


def test_the_tests_run_on_migrated_databases(db: Engine) -> None:
    assert commands.current(db) == commands.head()


@pytest.mark.parametrize("table", REFUSED)
def test_a_ledger_is_guarded_by_a_trigger(session: Session, table: str) -> None:
    query = text("select event_manipulation from information_schema.triggers where event_object_table = :table")
    refused = {event.lower() for event in session.scalars(query, {"table": table})}
    assert refused == set(REFUSED[table].split(" or "))


@pytest.mark.parametrize("change", ["update access_chain set number = 9", "delete from access_chain"])
def test_a_ledger_refuses_to_be_rewritten(session: Session, change: str) -> None:
    access_log.append(session, "cit_1", now=datetime.now(UTC), actor=SYSTEM, action="scored", purpose="test")
    with pytest.raises(IntegrityError, match="access_chain is append-only"):
        session.execute(text(change))


def test_the_access_log_is_spread_by_citizen(empty: Engine) -> None:
    commands.upgrade(empty)
    with empty.connect() as connection:
        parts = connection.scalars(text("select inhrelid::regclass::text from pg_inherits")).all()
    assert sum(name.startswith("access_log_part_") for name in parts if "pkey" not in name) == PARTITIONS


def test_what_is_short_lived_is_not_written_to_the_log_of_the_database(session: Session) -> None:
    query = text("select relname from pg_class where relpersistence = 'u' and relkind = 'r'")
    assert "used_tokens" in set(session.scalars(query))

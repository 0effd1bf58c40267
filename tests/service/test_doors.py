"""Statements at the door have connections of their own: alive when lent, few, and closed with the engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from app.store.direct import Doors, ask

ME = "select pg_backend_pid()"
END = "select pg_terminate_backend(pg_backend_pid())"


@pytest.fixture
def doors(real_db: Engine) -> Doors:
    return Doors(real_db)


def me(doors: Doors) -> int:
    with doors() as connection:
        return int(ask(connection, ME, {})[0][0])


def test_a_connection_is_lent_again(doors: Doors) -> None:
    assert me(doors) == me(doors)


def test_what_was_said_is_committed_at_once(doors: Doors, real_db: Engine) -> None:
    with doors() as connection, real_db.connect() as other:
        ask(connection, "insert into used_tokens (digest, expires_at) values ('x', now()) returning digest", {})
        assert other.scalar(text("select count(*) from used_tokens")) == 1


def test_one_that_the_server_ended_is_replaced_before_anyone_uses_it(doors: Doors, real_db: Engine) -> None:
    ended = me(doors)
    with real_db.connect() as other:
        assert other.scalar(text("select pg_terminate_backend(:pid, 5000)"), {"pid": ended})
    assert me(doors) != ended


def test_one_that_ends_in_the_midst_says_so_and_is_never_lent_again(doors: Doors) -> None:
    ended = me(doors)
    with pytest.raises(OperationalError), doors() as connection:
        ask(connection, END, {})
    assert me(doors) != ended


def test_a_statement_that_fails_leaves_the_connection_to_the_next(doors: Doors) -> None:
    before = me(doors)
    with pytest.raises(Exception, match="division by zero"), doors() as connection:
        ask(connection, "select 1 / 0", {})
    assert me(doors) == before


def test_there_are_as_many_as_are_lent_at_once(doors: Doors) -> None:
    together = Barrier(3)

    def hold(_: int) -> int:
        with doors() as connection:
            together.wait(60)
            return int(ask(connection, ME, {})[0][0])

    with ThreadPoolExecutor(3) as pool:
        first = set(pool.map(hold, range(3)))
        again = set(pool.map(hold, range(3)))
    assert len(first) == 3
    assert again == first


def test_they_are_closed_with_the_engine(doors: Doors, real_db: Engine) -> None:
    with doors() as connection:
        ask(connection, ME, {})
    real_db.dispose()
    assert isinstance(connection, psycopg.Connection)
    assert connection.closed

"""The counters of the abuse limits: exact under parallel workers, one round trip, over when they said."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from functools import partial

import pytest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.services.cleaning import clean
from app.store import limits
from app.store.direct import Doors
from app.store.limits import Counters, LimitCounter, Limiter
from app.web.kit import Kit

TWO, NINE = RateLimitItemPerMinute(2), RateLimitItemPerHour(9)


@pytest.fixture
def limiter(kit: Kit) -> Limiter:
    return kit.limiter


@pytest.fixture
def asked(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the counters say to the database."""
    said: list[str] = []
    usual = limits.ask

    def note(connection: PoolProxiedConnection, statement: str, values: dict[str, object]) -> object:
        said.append(statement)
        return usual(connection, statement, values)

    monkeypatch.setattr(limits, "ask", note)
    return said


def test_the_librarys_own_strategy_counts_on_it(limiter: Limiter, at: Callable[..., object]) -> None:
    assert limiter.test(TWO, "lin")
    assert [limiter.hit(TWO, "lin") for _ in range(3)] == [True, True, False]
    assert limiter.hit(TWO, "wang")
    assert not limiter.test(TWO, "lin")
    stats = limiter.get_window_stats(TWO, "lin")
    assert (stats.remaining, stats.reset_time - limiter.counters.clock().timestamp()) == (0, 60)
    at(seconds=60)
    assert limiter.hit(TWO, "lin")
    limiter.clear(TWO, "lin")
    assert limiter.get_window_stats(TWO, "lin").remaining == 2
    assert limiter.storage.check()
    assert limiter.storage.reset() >= 1
    assert limiter.storage.get(NINE.key_for("lin")) == limiter.storage.reset() == 0


def test_several_quotas_are_one_statement(limiter: Limiter, asked: list[str]) -> None:
    windows = limiter.hit_all([(NINE, "b"), (TWO, "a"), (NINE, "c")])
    assert (len(asked), [window.hits for window in windows]) == (1, [1, 1, 1])
    assert [window.hits for window in limiter.hit_all([(TWO, "a"), (NINE, "d")])] == [2, 1]


def test_who_is_over_the_limit_costs_no_statement(
    limiter: Limiter, asked: list[str], at: Callable[..., object]
) -> None:
    for _ in range(3):
        limiter.hit_all([(TWO, "a")])
    assert [bool(window) for window in limiter.used_up([(TWO, "a"), (TWO, "b")])] == [True, False]
    assert len(asked) == 3
    at(seconds=60)
    assert limiter.used_up([(TWO, "a")]) == [None]


def test_a_database_that_went_away_is_said_as_by_everyone_else(kit: Kit) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    counting = Limiter(Counters(Doors(nowhere), kit.clock, kit.pii.keyed_hash))
    with pytest.raises(OperationalError):
        counting.hit_all([(NINE, "a")])


def test_a_process_remembers_only_so_many(limiter: Limiter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 4)
    for who in range(20):
        limiter.hit_all([(TWO, str(who))], cost=3)
    assert len(limiter._used_up) <= 4
    assert limiter.used_up([(TWO, "19")]) != [None]


def test_a_clock_that_jumped_back_locks_no_one_for_longer_than_a_window(
    limiter: Limiter, at: Callable[..., object]
) -> None:
    limiter.hit_all([(TWO, "a")], cost=3)
    at(hours=-5)
    assert limiter.used_up([(TWO, "a")]) == [None]
    assert limiter.hit_all([(TWO, "a")])[0] == (1, limiter.counters.clock() + timedelta(minutes=1))


def test_workers_whose_clocks_differ_a_little_share_a_window(
    kit: Kit, connection: Connection, limiter: Limiter
) -> None:
    behind = Counters(
        partial(nullcontext, connection.connection), lambda: kit.clock() - timedelta(seconds=2), kit.pii.keyed_hash
    )
    limiter.hit_all([(TWO, "a")])
    assert Limiter(behind).hit_all([(TWO, "a")])[0].hits == 2


def test_twenty_threads_of_two_workers_are_counted_one_by_one(real_db: Engine, kit: Kit) -> None:
    workers = [Limiter(Counters(Doors(real_db), kit.clock, kit.pii.keyed_hash)) for _ in range(2)]
    with ThreadPoolExecutor(20) as pool:
        quotas = [(NINE, "a"), (NINE, "b")]
        found = list(pool.map(lambda n: workers[n % 2].hit_all(quotas if n % 3 else quotas[::-1])[0].hits, range(60)))
    assert max(found) == 60
    assert {window.hits for window in workers[0].hit_all(quotas)} == {61}


def test_the_worker_forgets_what_is_over(
    kit: Kit, limiter: Limiter, session: Session, at: Callable[..., object], clock: Callable[[], object]
) -> None:
    limiter.hit_all([(TWO, "a"), (NINE, "b")])
    at(minutes=2)
    clean(session, clock())
    kept = set(session.scalars(select(LimitCounter.key)))
    over, running = (kit.pii.keyed_hash(item.key_for(who)) for item, who in ((TWO, "a"), (NINE, "b")))
    assert (over in kept, running in kept) == (False, True)

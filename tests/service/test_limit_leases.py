"""Hits taken ahead: fewer statements, and never one request more than the quota."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from sqlalchemy import Engine

from app.store import limits
from app.store.direct import Doors
from app.store.limit_leases import HELD, Leases, Window
from app.store.limits import Counters, Limiter
from app.web.kit import Kit

ROOMY, WIDE = RateLimitItemPerMinute(1_000), RateLimitItemPerHour(2_000)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    usual = limits.ask
    monkeypatch.setattr(limits, "ask", lambda *args: (said.append(args[1]), usual(*args))[1])
    return said


def test_a_busy_client_costs_one_statement_in_ten_and_sees_each_hit(kit: Kit, asked: list[str]) -> None:
    seen = [kit.limiter.hit_all([(ROOMY, "a")])[0].hits for _ in range(100)]
    assert seen == list(range(1, 101))
    assert len(asked) == 11


def test_the_second_half_of_a_quota_is_counted_one_by_one(kit: Kit, asked: list[str]) -> None:
    for _ in range(600):
        kit.limiter.hit_all([(ROOMY, "a")])
    assert len(asked) > 100


def test_a_new_window_begins_at_one(kit: Kit, at: Callable[..., object]) -> None:
    for _ in range(15):
        kit.limiter.hit_all([(ROOMY, "a")])
    at(seconds=61)
    assert kit.limiter.hit_all([(ROOMY, "a")])[0].hits == 1


def test_workers_together_let_no_more_through_than_the_quota(real_db: Engine, kit: Kit) -> None:
    workers = [Limiter(Counters(Doors(real_db), kit.clock, kit.pii.keyed_hash)) for _ in range(2)]

    def let_through(number: int) -> bool:
        return workers[number % 2].hit_all([(ROOMY, "a"), (WIDE, "b")])[0].hits <= 1_000

    with ThreadPoolExecutor(8) as pool:
        passed = sum(pool.map(let_through, range(1_200)))
    assert 950 <= passed <= 1_000


def test_one_thread_at_a_time_takes_ahead(kit: Kit) -> None:
    leases = Leases()
    leases.keep("a", Window(1, kit.clock().replace(year=2099)), 1)
    assert [leases.ahead("a", 1_000, kit.clock()) for _ in range(3)] == [10, 1, 1]


def test_a_small_quota_is_never_taken_ahead(kit: Kit, asked: list[str]) -> None:
    limiter: Limiter = kit.limiter
    assert [limiter.hit_all([(RateLimitItemPerMinute(100), "a")])[0].hits for _ in range(5)] == [1, 2, 3, 4, 5]
    assert len(asked) == 5


def test_a_process_holds_only_so_many(kit: Kit) -> None:
    leases = Leases()
    for number in range(HELD + 5):
        leases.keep(str(number), Window(1, kit.clock()), 1)
    assert len(leases._held) <= HELD

"""The counters of the abuse limits: a storage of the library `limits` on PostgreSQL, shared by all workers.

Each hit is one statement in a transaction of its own, so that a request that is rolled back has counted, and several
quotas of one request are one round trip. Windows are fixed and begin with their first hit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import BigInteger, delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment
from app.store.direct import Statements, ask
from app.store.limit_leases import Leases, Window

REMEMBERED = 10_000
"""How many used-up windows a process keeps in mind."""

_COUNT = """
insert into limit_counters as kept (key, hits, ends_at) values {rows}
on conflict (key) do update set
  hits = excluded.hits + case when {running} then kept.hits else 0 end,
  ends_at = case when {running} then kept.ends_at else excluded.ends_at end
returning key, hits, ends_at
"""
_RUNNING = "kept.ends_at > %(now)s and kept.ends_at <= excluded.ends_at + interval '1 minute'"
"""A window that ends later than one begun now (and a minute) was begun by a clock that has jumped; it would lock
someone out for longer than its length."""


@cache
def _count_of(keys: int) -> str:
    rows = (f"(%(key{n})s, %(amount{n})s, %(end{n})s)" for n in range(keys))
    return _COUNT.format(rows=", ".join(rows), running=_RUNNING)


class LimitCounter(Base):
    """How often something was done in the window that ends at `ends_at`; `key` is a keyed hash and names nobody.

    Unlogged: after a crash of PostgreSQL everyone starts anew.
    """

    __tablename__ = "limit_counters"
    __table_args__ = ({"prefixes": ["UNLOGGED"], "postgresql_with": {"fillfactor": "50"}},)
    key: Mapped[Id] = mapped_column(primary_key=True)
    hits: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[Moment] = mapped_column(index=True)


class Take(NamedTuple):
    """What to take from a quota: how many hits, and the seconds that a new window of it lasts."""

    amount: int
    seconds: int


class Counters(Storage):
    """The table as a storage of `limits`. Keys reach it as keyed hashes only; expiries are whole seconds."""

    STORAGE_SCHEME = None

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Statements]],
        clock: Callable[[], datetime],
        keyed_hash: Callable[[str], str],
    ) -> None:
        """`connect` gives a connection on which each statement commits by itself."""
        super().__init__()
        self._connect, self.clock, self._hash = connect, clock, keyed_hash

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database raises."""
        return SQLAlchemyError

    def count(self, takes: Mapping[str, Take]) -> dict[str, Window]:
        """Take from each key in one round trip; where they then stand."""
        now = self.clock()
        hashed = {self._hash(key): key for key in takes}
        values: dict[str, object] = {"now": now}
        for n, digest in enumerate(sorted(hashed)):  # in one order, so that two requests never wait for each other
            amount, seconds = takes[hashed[digest]]
            values |= {f"key{n}": digest, f"amount{n}": amount, f"end{n}": now + timedelta(seconds=seconds)}
        rows = self._ask(_count_of(len(hashed)), values)
        return {hashed[key]: Window(hits, ends_at) for key, hits, ends_at in rows}

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to one key; what its window then holds."""
        return self.count({key: Take(amount, expiry)})[key].hits

    def get(self, key: str) -> int:
        """What the key's window holds, 0 where none is open."""
        window = self._window(key)
        return window.hits if window else 0

    def get_expiry(self, key: str) -> float:
        """When the key's window ends, in seconds since 1970; now where none is open."""
        window = self._window(key)
        return (window.ends_at if window else self.clock()).timestamp()

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            return self._ask("select 1", {}) == [(1,)]
        except SQLAlchemyError:
            return False

    def reset(self) -> int:
        """Forget everything; how many windows there were."""
        return len(self._ask("delete from limit_counters returning key", {}))

    def clear(self, key: str) -> None:
        """Forget one key."""
        self._ask("delete from limit_counters where key = %(key)s returning key", {"key": self._hash(key)})

    def _window(self, key: str) -> Window | None:
        found = "select hits, ends_at from limit_counters where key = %(key)s and ends_at > %(now)s"
        rows = self._ask(found, {"key": self._hash(key), "now": self.clock()})
        return Window(*rows[0]) if rows else None

    def _ask(self, statement: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        with self._connect() as connection:
            return ask(connection, statement, values)


class Limiter(FixedWindowRateLimiter):
    """The library's fixed windows, for several quotas at once; a window that is used up is kept in mind until it ends.

    So a flood costs a process one look into its memory, and no statement.
    """

    def __init__(self, counters: Counters) -> None:
        super().__init__(counters)
        self.counters = counters
        self._used_up: dict[str, Window] = {}
        self._leases = Leases()

    def hit_all(self, quotas: Sequence[tuple[RateLimitItem, str]], cost: int = 1) -> list[Window]:
        """Take `cost` from each quota of its identifier; where each then stands. One round trip, or none (leases)."""
        items = {item.key_for(who): item for item, who in quotas}
        windows = self._one_of_each(items) if cost == 1 else self._count(items, dict.fromkeys(items, cost))
        for key, item in items.items():
            if windows[key].hits > item.amount:
                self._keep_in_mind(key, windows[key])
        return [windows[key] for key in items]

    def _one_of_each(self, items: Mapping[str, RateLimitItem]) -> dict[str, Window]:
        now = self.counters.clock()
        windows = {key: window for key in items if (window := self._leases.spend(key, now))}
        wanting = {key: item for key, item in items.items() if key not in windows}
        if wanting:
            amounts = {key: self._leases.ahead(key, item.amount, now) for key, item in wanting.items()}
            counted = self._count(wanting, amounts)
            windows |= {key: self._leases.keep(key, window, amounts[key]) for key, window in counted.items()}
        return windows

    def _count(self, items: Mapping[str, RateLimitItem], amounts: Mapping[str, int]) -> dict[str, Window]:
        return self.counters.count({key: Take(amounts[key], item.get_expiry()) for key, item in items.items()})

    def used_up(self, quotas: Sequence[tuple[RateLimitItem, str]]) -> list[Window | None]:
        """The windows of these quotas that this process knows to be used up, without asking the database."""
        if not self._used_up:
            return [None] * len(quotas)
        now = self.counters.clock()
        return [self._remembered(item.key_for(who), item, now) for item, who in quotas]

    def _remembered(self, key: str, item: RateLimitItem, now: datetime) -> Window | None:
        window = self._used_up.get(key)
        running = window is not None and now < window.ends_at <= now + timedelta(seconds=item.get_expiry() + 60)
        return window if running else None

    def _keep_in_mind(self, key: str, window: Window) -> None:
        if len(self._used_up) >= REMEMBERED:
            now = self.counters.clock()
            live = [(kept, found) for kept, found in list(self._used_up.items()) if found.ends_at > now]
            self._used_up = dict(live[-REMEMBERED // 2 :])
        self._used_up[key] = window


def prune(session: Session, now: datetime) -> None:
    """Forget the windows that are over."""
    session.execute(delete(LimitCounter).where(LimitCounter.ends_at < now))

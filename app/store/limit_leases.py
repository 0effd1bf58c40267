"""Hits taken ahead: where a quota is far from used up, a process takes several at once and spends them by itself.

It never lets more through than the quota, as what is taken counts as spent, by this process or by none. So a busy
client costs the database one statement in many requests, and not all wait for the row of a busy address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import NamedTuple

MOST = 20
SHARE = 100
"""At most this part of a quota at once, so a quota below 200 is counted one by one."""
HELD = 10_000


class Window(NamedTuple):
    """One quota's present window: how much of it is used, and when it ends."""

    hits: int
    ends_at: datetime


@dataclass(slots=True)
class _Lease:
    spent: int
    taken: int
    ends_at: datetime
    renewing: bool = False


class Leases:
    """What a process has taken ahead, by key."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, _Lease] = {}

    def spend(self, key: str, now: datetime) -> Window | None:
        """Spend one hit that was taken ahead; None where none is left in a window that still runs."""
        with self._lock:
            lease = self._held.get(key)
            if lease is None or lease.spent >= lease.taken or now >= lease.ends_at:
                return None
            lease.spent += 1
            return Window(lease.spent, lease.ends_at)

    def ahead(self, key: str, quota: int, now: datetime) -> int:
        """How many hits to take: several, for one thread at a time, where less than half of the quota is used."""
        several = min(MOST, quota // SHARE)
        with self._lock:
            lease = self._held.get(key)
            if lease is None or lease.renewing or several < 2 or now >= lease.ends_at:
                return 1
            if lease.taken + several > quota // 2:
                return 1
            lease.renewing = True
            return several

    def keep(self, key: str, window: Window, taken: int) -> Window:
        """Keep what `window` says was taken now; the window as the first of these hits sees it."""
        first = window.hits - taken + 1
        with self._lock:
            lease = self._held.get(key)
            if taken > 1 or lease is None or lease.ends_at < window.ends_at:
                self._held = self._held if len(self._held) < HELD else {}
                self._held[key] = _Lease(first, window.hits, window.ends_at)
        return Window(first, window.ends_at)

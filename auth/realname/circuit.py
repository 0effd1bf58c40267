"""A circuit between us and the real-name platform: its outage holds up logins, and nothing else of ours.

Few threads wait for it at a time, and after failures in a row none does for a while; then one tries again (Nygard,
"Release It!": bulkhead and circuit breaker).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock

from auth.realname.provider import ProviderAway

AT_ONCE = 2
IN_LINE = 1
"""How many more threads wait for a seat; the rest of a process's four are for everything else."""
WAIT_SECONDS = 1.0
FAILURES_MOST = 3
REST_SECONDS = 15.0


@contextmanager
def _held(places: BoundedSemaphore, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise ProviderAway("too many wait for it")
    try:
        yield
    finally:
        places.release()


@dataclass(slots=True)
class Circuit:
    """`monotonic` tells the time in seconds; the state is this process's own."""

    monotonic: Callable[[], float]
    _failures: int = 0
    _rests_until: float = 0.0
    _lock: Lock = field(default_factory=Lock)
    _seats: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))
    _places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE + IN_LINE))

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Around one call; a ProviderAway inside is a failure. Raises ProviderAway instead of calling while it rests.

        Also where no seat is free within WAIT_SECONDS, and at once where IN_LINE others wait for one.
        """
        self._pass()
        with _held(self._places, 0), _held(self._seats, WAIT_SECONDS):
            try:
                yield
                self._failures = 0
            except ProviderAway:
                self._fail()
                raise

    def _pass(self) -> None:
        with self._lock:
            if self._failures < FAILURES_MOST:
                return
            if self.monotonic() < self._rests_until:
                raise ProviderAway("not asked again yet")
            self._rests_until = self.monotonic() + REST_SECONDS

    def _fail(self) -> None:
        with self._lock:
            self._failures += 1
            self._rests_until = self.monotonic() + REST_SECONDS

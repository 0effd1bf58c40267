"""A value of the database that a process keeps for some seconds, so that a change is seen soon and costs little."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

KEPT_SECONDS = 5.0
AGAIN_SECONDS = 1.0

T = TypeVar("T")


class Kept(Generic[T]):
    """What `read` gave, at most KEPT_SECONDS ago. One thread reads, while the others go on with what they had."""

    def __init__(self, read: Callable[[], T], ticks: Callable[[], float] = time.monotonic) -> None:
        """`ticks` is a clock that is never set back, in seconds."""
        self._read, self._ticks, self._lock = read, ticks, Lock()
        self._value: tuple[T, float] | None = None

    def get(self) -> T:
        """The value; read where it is not known yet or too old."""
        known = self._value
        if known is not None and self._ticks() - known[1] <= KEPT_SECONDS:
            return known[0]
        if not self._lock.acquire(blocking=known is None) and known is not None:
            return known[0]
        try:
            if self._value is known:
                self._renew()
            return self._known()
        finally:
            self._lock.release()

    def again(self) -> T:
        """The value, read anew, unless that was done within AGAIN_SECONDS: strangers cannot make us read at will."""
        with self._lock:
            if self._value is None or self._ticks() - self._value[1] > AGAIN_SECONDS:
                self._renew()
            return self._known()

    def renew(self) -> T:
        """The value, read now: for one who knows that it changed."""
        with self._lock:
            self._renew()
            return self._known()

    def _renew(self) -> None:
        began = self._ticks()
        self._value = self._read(), began

    def _known(self) -> T:
        if self._value is None:
            raise LookupError("nothing was read")
        return self._value[0]

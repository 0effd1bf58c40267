"""A shelf: which version of everything of a kind is in force on a day, the same one in each process at one midnight.

The published versions are looked up at most once a minute and at each change of day; where the database is away, what
was known stays in force.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.exc import OperationalError

from app.domain.calendar import day_of
from app.store.direct import Statements
from app.store.versions import Published

log = logging.getLogger(__name__)

RENEWED_EVERY = timedelta(minutes=1)
Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class _Seen(Generic[Held]):
    """What was in force on `day` by what the database said at `at`."""

    at: datetime
    day: date
    versions: Sequence[Published]
    held: Held

    def fresh(self, now: datetime) -> bool:
        return self.day == day_of(now) and abs(now - self.at) < RENEWED_EVERY


class VersionShelf(ABC, Generic[Held]):
    """What is in force of one kind of thing; safe for threads."""

    def __init__(self) -> None:
        self._seen: _Seen[Held] | None = None
        self._lock = Lock()

    @abstractmethod
    def _look_up(self, connection: Statements) -> Sequence[Published]:
        """Every published version, each new one read; raises OperationalError where the database is away."""

    @abstractmethod
    def _held(self, versions: Sequence[Published], day: date) -> Held:
        """What is in force on a day by these versions."""

    def __call__(self, statements: Callable[[], AbstractContextManager[Statements]], now: datetime) -> Held:
        """What is in force at `now`; raises OperationalError where the database was away from the beginning."""
        seen = self._seen
        if seen is not None and seen.fresh(now):
            return seen.held
        if seen is None:
            self._lock.acquire()
        elif not self._lock.acquire(blocking=seen.day != day_of(now)):
            return seen.held
        try:
            current = self._seen
            if current is None or not current.fresh(now):
                current = self._renewed(statements, now)
            self._seen = current
            return current.held
        finally:
            self._lock.release()

    def _renewed(self, statements: Callable[[], AbstractContextManager[Statements]], now: datetime) -> _Seen[Held]:
        try:
            with statements() as connection:
                versions = self._look_up(connection)
        except OperationalError:
            if self._seen is None:
                raise
            log.error("%s: published versions could not be looked up; those known hold", type(self).__name__)
            versions = self._seen.versions
        return _Seen(now, day_of(now), versions, self._held(versions, day_of(now)))


def by_first_day(versions: Sequence[Published]) -> list[Published]:
    """The versions as they take effect."""
    return sorted(versions, key=lambda each: (each.effective_on, each.id))

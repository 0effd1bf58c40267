"""The shelf: which version of every pack is in force on a day, the same one in each process at the same midnight.

A release ships a first version of each pack; every further one is published through the desk and read from the
database. The versions are looked up at most once a minute and at each change of day; where the database is away, what
was known stays in force. A text that can no longer be read is logged and left out: the version before it holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from sqlalchemy.exc import OperationalError

from app.domain.calendar import day_of
from app.domain.pack import Pack, PackError
from app.domain.pack_file import parse_pack
from app.domain.packs import Packs
from app.store import packs as store
from app.store.direct import Statements
from app.store.packs import Published

log = logging.getLogger(__name__)

RENEWED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was in force on `day` by what the database said at `at`."""

    at: datetime
    day: date
    packs: Packs


class Shelf:
    """The packs that a release ships, and those that were published since; safe for threads."""

    def __init__(self, shipped: Mapping[str, Pack]) -> None:
        self.shipped = shipped
        self._read: dict[str, Pack | None] = {}
        self._seen: _Seen | None = None
        self._lock = Lock()

    def __call__(self, statements: Callable[[], AbstractContextManager[Statements]], now: datetime) -> Packs:
        """The packs in force at `now`; raises OperationalError where the database was away from the beginning."""
        seen, day = self._seen, day_of(now)
        if seen is not None and seen.day == day and abs(now - seen.at) < RENEWED_EVERY:
            return seen.packs
        if not self._lock.acquire(blocking=seen is None or seen.day != day):
            return seen.packs if seen else Packs(self.shipped)
        try:
            if self._seen is seen:
                self._seen = self._renewed(statements, now)
            return self._seen.packs if self._seen else Packs(self.shipped)
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Look again at the next question."""
        self._seen = None

    def _renewed(self, statements: Callable[[], AbstractContextManager[Statements]], now: datetime) -> _Seen:
        try:
            with statements() as connection:
                versions = store.published(connection)
                self._read_new(connection, versions)
        except OperationalError:
            if self._seen is None:
                raise
            log.error("the packs' versions could not be looked up; those known stay in force")
            return _Seen(now, self._seen.day, self._seen.packs)
        return _Seen(now, day_of(now), self._packs(versions, day_of(now)))

    def _read_new(self, connection: Statements, versions: Sequence[Published]) -> None:
        for version_id, text in store.texts(
            connection, [each.id for each in versions if each.id not in self._read]
        ).items():
            try:
                self._read[version_id] = parse_pack(text)
            except PackError as broken:
                log.error("pack version %s cannot be read and is left out: %s", version_id, broken.problems[0])
                self._read[version_id] = None

    def _packs(self, versions: Sequence[Published], day: date) -> Packs:
        in_force, known = dict(self.shipped), list(self.shipped.values())
        published: dict[str, Pack] = {}
        for version in sorted(versions, key=lambda each: each.version):
            pack = self._read.get(version.id)
            if pack is not None:
                known.append(pack)
                if version.effective_on <= day:
                    published[pack.code] = pack
        return Packs(in_force | published, known)

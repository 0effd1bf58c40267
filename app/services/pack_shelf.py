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
from app.domain.pack import Pack, PackError, catalogue_of
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
    versions: Sequence[Published]
    packs: Packs


def _fresh(seen: _Seen, now: datetime) -> bool:
    return seen.day == day_of(now) and abs(now - seen.at) < RENEWED_EVERY


class Shelf:
    """The packs that a release ships, and those that were published since; safe for threads."""

    def __init__(self, shipped: Mapping[str, Pack]) -> None:
        self.shipped = shipped
        self._read: dict[str, Pack | None] = {}
        self._seen: _Seen | None = None
        self._lock = Lock()

    def __call__(self, statements: Callable[[], AbstractContextManager[Statements]], now: datetime) -> Packs:
        """The packs in force at `now`; raises OperationalError where the database was away from the beginning."""
        seen = self._seen
        if seen is not None and _fresh(seen, now):
            return seen.packs
        if not self._lock.acquire(blocking=seen is None or seen.day != day_of(now)):
            return seen.packs if seen else Packs(self.shipped)
        try:
            current = self._seen
            if current is None or not _fresh(current, now):
                current = self._renewed(statements, now)
            self._seen = current
            return current.packs
        finally:
            self._lock.release()

    def _renewed(self, statements: Callable[[], AbstractContextManager[Statements]], now: datetime) -> _Seen:
        try:
            with statements() as connection:
                versions: Sequence[Published] = store.published(connection)
                self._read_new(connection, versions)
        except OperationalError:
            if self._seen is None:
                raise
            log.error("the packs' versions could not be looked up; those known hold")
            versions = self._seen.versions
        return _Seen(now, day_of(now), versions, self._packs(versions, day_of(now)))

    def _read_new(self, connection: Statements, versions: Sequence[Published]) -> None:
        """Read the texts that are new, the oldest first, as a later one may build on an earlier base."""
        new = [each.id for each in versions if each.id not in self._read]
        for version_id, text in sorted(store.texts(connection, new).items()) if new else ():
            bases = dict(self.shipped) | {pack.code: pack for pack in self._read.values() if pack}
            try:
                self._read[version_id] = parse_pack(text, bases)
            except PackError as broken:
                log.error("pack version %s cannot be read and is left out: %s", version_id, broken.problems[0])
                self._read[version_id] = None

    def _packs(self, versions: Sequence[Published], day: date) -> Packs:
        in_force, known = dict(self.shipped), list(self.shipped.values())
        for version in sorted(versions, key=lambda each: each.version):
            pack = self._read.get(version.id)
            if pack is None:
                continue
            known.append(pack)
            if version.effective_on <= day:
                in_force[pack.code] = pack
        return Packs(self._together(in_force), known)

    def _together(self, packs: dict[str, Pack]) -> Mapping[str, Pack]:
        """These packs, where they describe every fact alike; those of the release, where they do not."""
        try:
            catalogue_of(packs)
        except PackError as clash:
            log.error("the published packs do not go together, so those of the release hold: %s", clash.problems[0])
            return self.shipped
        return packs

"""The shelf: which version of every pack is in force on a day, the same one in each process at the same midnight.

A release ships a first version of each pack; every further one is published through the desk and read from the
database. The versions are looked up at most once a minute and at each change of day; where the database is away, what
was known stays in force. A text is read beside the very base that it was checked against, so in each process alike.
One that can no longer be read, or describes a fact unlike what was there before it, is logged and left out: the version
before it holds, and no other pack changes for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from sqlalchemy.exc import OperationalError

from app.domain.calendar import day_of
from app.domain.pack import Pack, PackError
from app.domain.pack_file import parse_kept
from app.domain.pack_fit import standing_together
from app.domain.packs import Packs
from app.store import packs as store
from app.store.direct import Statements
from app.store.packs import Kept, Published

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
        new = [each.id for each in versions if each.id not in self._read]
        for kept in store.texts(connection, new) if new else ():
            try:
                self._read[kept.id] = self._exact(kept)
            except PackError as broken:
                log.error("pack version %s cannot be read and is left out: %s", kept.id, broken.problems[0])
                self._read[kept.id] = None

    def _exact(self, kept: Kept) -> Pack:
        base = self.shipped.get(kept.extends or "")
        known = base if base and base.version == kept.extends_version else None
        return parse_kept(kept.text, kept.base_text, known)

    def _packs(self, versions: Sequence[Published], day: date) -> Packs:
        dated = sorted(versions, key=lambda each: (each.effective_on, each.id))
        read = [(each.effective_on, pack) for each in dated if (pack := self._read.get(each.id))]
        reached = [pack for effective_on, pack in read if effective_on <= day]
        in_force, left_out = standing_together([*self._not_among(reached), *reached])
        for pack in left_out:
            log.error("%s %s does not go together with what came before it: left out", pack.code, pack.version)
        return Packs(in_force, [*self.shipped.values(), *(pack for _, pack in read)])

    def _not_among(self, published: Sequence[Pack]) -> Iterator[Pack]:
        """What the release ships and was neither kept yet nor has an older version in force."""
        for pack in self.shipped.values():
            if not any(each.code == pack.code and each.version <= pack.version for each in published):
                yield pack

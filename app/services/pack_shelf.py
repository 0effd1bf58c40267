"""The shelf of packs: which version of each is in force, as a shelf tells it (app/services/version_shelf.py).

A release ships a first version of each pack; every further one is published through the desk and read from the
database, beside the very base that it was checked against, so in each process alike. One that can no longer be read,
or describes a fact unlike what was there before it, is logged and left out: the version before it holds, and no other
pack changes for it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from app.domain.pack import Pack, PackError
from app.domain.pack_file import parse_kept
from app.domain.pack_fit import standing_together
from app.domain.packs import Packs
from app.services.version_shelf import VersionShelf, by_first_day
from app.store import packs as store
from app.store.direct import Statements
from app.store.packs import Kept, Published

log = logging.getLogger(__name__)


class Shelf(VersionShelf[Packs]):
    """The packs that a release ships, and those that were published since."""

    def __init__(self, shipped: Mapping[str, Pack]) -> None:
        super().__init__()
        self.shipped = shipped
        self._read: dict[str, Pack | None] = {}

    def _look_up(self, connection: Statements) -> Sequence[Published]:
        versions = store.published(connection)
        new = [each.id for each in versions if each.id not in self._read]
        for kept in store.texts(connection, new) if new else ():
            try:
                self._read[kept.id] = self._exact(kept)
            except PackError as broken:
                log.error("pack version %s cannot be read and is left out: %s", kept.id, broken.problems[0])
                self._read[kept.id] = None
        return versions

    def _exact(self, kept: Kept) -> Pack:
        base = self.shipped.get(kept.extends or "")
        known = base if base and base.version == kept.extends_version else None
        return parse_kept(kept.text, kept.base_text, known)

    def _held(self, versions: Sequence[Published], day: date) -> Packs:
        read = [(each.effective_on, pack) for each in by_first_day(versions) if (pack := self._read.get(each.id))]
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

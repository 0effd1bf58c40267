"""The shelf of offers: which version of each is in force, as a shelf tells it (app/services/version_shelf.py).

Plug-ins ship a first version of each offer; every further one is published through the desk and read from the
database. One that can no longer be read, or that its family cannot take, is logged and left out: the version before it
holds, and no other offer changes for it. An offer that has ended stays known, so that what began under it can end.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Protocol

from app.domain.offer import Offer, OfferError
from app.domain.offer_file import offer_text, parse_offer
from app.domain.scenario import Registry
from app.services.version_shelf import VersionShelf, by_first_day
from app.store import offers as store
from app.store.direct import Statements
from app.store.versions import Published

log = logging.getLogger(__name__)


class Plugins(Registry, Protocol):
    """A registry that can be had with other offers (scenarios/registry.py)."""

    @property
    def faults(self) -> Sequence[object]:
        """What was left out, and why."""

    def renewed(self, offers: Iterable[Offer]) -> Plugins:
        """The same plug-ins with `offers` in the place of those of the same code, or beside them."""
        ...


@lru_cache(maxsize=1024)
def shipped_text(offer: Offer) -> tuple[str, str]:
    """The text of an offer that ships, and its SHA-256 in hex."""
    text = offer_text(offer)
    return text, hashlib.sha256(text.encode()).hexdigest()


class OfferShelf(VersionShelf[Plugins]):
    """The offers that ship with the plug-ins, and those that were published since, as a registry."""

    def __init__(self, shipped: Plugins) -> None:
        super().__init__()
        self.shipped = shipped
        self._read: dict[str, Offer | None] = {}
        self._last: tuple[Sequence[Offer], Plugins] = ((), shipped)

    @cached_property
    def _known(self) -> Mapping[str, Offer]:
        return {shipped_text(offer)[1]: offer for offer in self.shipped.offers()}

    def _look_up(self, connection: Statements) -> Sequence[Published]:
        versions = store.VERSIONS.published(connection)
        new = [each for each in versions if each.id not in self._read]
        self._read |= {each.id: self._known[each.sha256] for each in new if each.sha256 in self._known}
        unread = [each.id for each in new if each.id not in self._read]
        for version_id, text in store.texts(connection, unread) if unread else ():
            try:
                self._read[version_id] = parse_offer(text)
            except OfferError as broken:
                log.error("offer version %s cannot be read and is left out: %s", version_id, broken)
                self._read[version_id] = None
        return versions

    def _held(self, versions: Sequence[Published], day: date) -> Plugins:
        due = (self._read.get(each.id) for each in by_first_day(versions) if each.effective_on <= day)
        reached = [offer for offer in due if offer]
        before, registry = self._last
        if reached != list(before):
            registry = self.shipped.renewed(reached)
            for fault in registry.faults:
                log.error("%s", fault)
            self._last = reached, registry
        return registry

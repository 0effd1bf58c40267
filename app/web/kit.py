"""The Kit: what a process is made of, built once by app/factory.py; blueprints reach it here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.packs import Packs
from app.domain.payments import PaymentProvider
from app.store.admission import KnownClients
from app.store.direct import Statements
from app.store.keys import KeyRing
from app.store.limits import Limiter
from app.store.pii import PiiBox

EXTENSION = "xinyi"
Lent = AbstractContextManager[Statements]


class PackShelf(Protocol):
    """Knows which version of every score pack is in force (app/services/pack_shelf.py)."""

    def __call__(self, statements: Callable[[], Lent], now: datetime) -> Packs:
        """The packs in force at `now`, with every published version."""
        ...


class OfferShelf(Protocol):
    """Knows which version of every offer is in force (app/services/offer_shelf.py)."""

    @property
    def shipped(self) -> Any:
        """The registry of the offers that ship with their plug-ins."""
        ...

    def __call__(self, statements: Callable[[], Lent], now: datetime) -> Any:
        """The scenario registry with the offers in force at `now`."""
        ...


@dataclass(frozen=True, slots=True)
class Kit:
    """The parts that requests share."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    statements: Callable[[], Lent]
    """Gives a connection on which each statement commits by itself: one round trip where a transaction takes three."""
    clock: Callable[[], datetime]
    shelf: PackShelf
    offers: OfferShelf
    pii: PiiBox
    keys: KeyRing
    limiter: Limiter
    clients: KnownClients = field(default_factory=KnownClients)
    payments: PaymentProvider | None = None
    """Collects live payments; None: a live payment is refused, never simulated."""

    @property
    def packs(self) -> Packs:
        """The score packs in force at this moment, by code."""
        return self.shelf(self.statements, self.clock())

    @property
    def registry(self) -> Any:
        """The scenarios with the offers in force at this moment (scenarios/registry.py)."""
        return self.offers(self.statements, self.clock())


def kit() -> Kit:
    """The current app's Kit."""
    found: Kit = current_app.extensions[EXTENSION]
    return found


def now() -> datetime:
    """This moment, aware, from the Kit's clock."""
    return kit().clock()


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    with kit().sessions() as session:
        yield session
        if session.in_transaction():
            session.commit()

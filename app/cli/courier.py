"""The courier: delivers webhooks beside the worker's other work, so that no receiver holds anything else up.

One thread takes deliveries and writes what came of them, in batches; each post is a thread of its own, which touches no
database. An endpoint has a few posts under way at most and one when it fails, and all that fail together have a part of
the seats: a dead one delays no other. Whoever is killed leaves leases, after which another courier posts again.
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Event, Thread

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.services import webhook_delivery
from app.services.webhook_post import INTERNAL, Outcome, Postman
from app.store import webhook_deliveries
from app.store.partner_events import CHANNEL
from app.store.webhook_deliveries import Claim
from app.web.kit import Kit

log = logging.getLogger(__name__)

SEATS, SEATS_OF_FAILING, SEATS_OF_ONE = 128, 32, 32
EACH = 8
"""Posts under way at a time: to endpoints that go well, to those that fail, to those of one partner, however slow they
answer, and to one endpoint that went well before."""
LEASE = timedelta(minutes=2)
"""Longer than an attempt and the slowest answer of a resolver."""
LOOK_SECONDS, GLANCE_SECONDS = 1.0, 0.02
AWAY_SECONDS = 2.0
LAST_SECONDS = 3.0
"""What posts under way are given when the courier stops; what is not done then is delivered again."""


@dataclass
class Courier:
    """One process's courier; `dice` tells 0 to 1."""

    kit: Kit
    postman: Postman = field(default_factory=Postman)
    dice: Callable[[], float] = random.random
    under_way: dict[str, Claim] = field(default_factory=dict)
    done: SimpleQueue[tuple[Claim, Outcome]] = field(default_factory=SimpleQueue)

    def run(self, stop: Event) -> None:
        """Deliver until `stop`; a database that is away is waited for."""
        while not stop.is_set():
            try:
                with psycopg.connect(self._direct(), autocommit=True) as listening:
                    listening.execute(f"LISTEN {CHANNEL}")
                    while not stop.is_set():
                        if not self.round():
                            self._rest(listening, stop)
            except (DBAPIError, psycopg.OperationalError) as away:
                log.warning("no webhooks at present, the database is away: %s", type(away).__name__)
                stop.wait(AWAY_SECONDS)
        with suppress(DBAPIError):
            self._finish()

    def round(self) -> int:
        """Write what is done and start what is due; how much there was to do."""
        return self._settle() + self._start()

    def deliver(self) -> int:
        """Deliver all that is due now, and return when no post is under way; how many were made."""
        made = 0
        while True:
            made += self._start()
            if not self.under_way:
                return made
            self._settle(waiting=True)

    def _start(self) -> int:
        """Take what is due, as far as there are seats, and post it; how many."""
        with self.kit.sessions.begin() as session:
            claims = [
                *self._claim(session, SEATS, failing=False),
                *self._claim(session, SEATS_OF_FAILING, failing=True),
            ]
            mine = webhook_delivery.still_told(session, claims, self.kit.clock())
        for claim in mine:
            self.under_way[claim.delivery_id] = claim
            Thread(target=self._post, args=(claim,), daemon=True).start()
        return len(mine)

    def _claim(self, session: Session, seats: int, *, failing: bool) -> list[Claim]:
        now, under_way = self.kit.clock(), self.under_way.values()
        busy = Counter(one for claim in under_way for one in (claim.endpoint_id, claim.partner_id))
        free = seats - sum(claim.failing is failing for claim in under_way)
        each = 1 if failing else EACH
        bounds = {"seats": free, "each": each, "of_one": SEATS_OF_ONE}
        return webhook_deliveries.claim(session, now, now + LEASE, failing=failing, busy=busy, **bounds)

    def _post(self, claim: Claim) -> None:
        """In a thread of its own: post, and put the outcome where the courier finds it, whatever happens."""
        outcome = Outcome(None, INTERNAL, 0)
        try:
            loopback = self.kit.settings.webhook_loopback
            outcome = webhook_delivery.carry(self.postman, self.kit.pii, claim, self.kit.clock(), loopback=loopback)
        except Exception as failure:  # a fault of ours holds no seat; the lease brings the delivery again
            log.exception("webhook %s failed: %s", claim.delivery_id, type(failure).__name__)
        finally:
            self.done.put((claim, outcome))

    def _settle(self, *, waiting: bool = False) -> int:
        """Write what came of the posts that are over, all in one transaction; how many."""
        done = list(self._over(waiting))
        if not done:
            return 0
        try:
            with self.kit.sessions.begin() as session:
                webhook_delivery.settle(session, done, self.kit.clock(), self.dice)
        except DBAPIError as failure:
            if failure.connection_invalidated:
                for one in done:
                    self.done.put(one)
                raise
            log.exception("webhooks were posted, and are posted again: what came of them could not be written")
        for claim, _ in done:
            del self.under_way[claim.delivery_id]
        return len(done)

    def _over(self, waiting: bool) -> Iterator[tuple[Claim, Outcome]]:
        with suppress(Empty):
            if waiting:
                yield self.done.get(timeout=LEASE.total_seconds())
            while True:
                yield self.done.get_nowait()

    def _rest(self, listening: psycopg.Connection, stop: Event) -> None:
        """Until there is news, a post is over, or a second has passed."""
        until = time.monotonic() + LOOK_SECONDS
        while time.monotonic() < until and self.done.empty() and not stop.is_set():
            seconds = GLANCE_SECONDS if self.under_way else LOOK_SECONDS
            if list(listening.notifies(timeout=seconds, stop_after=1)):
                return

    def _finish(self) -> None:
        """Give the posts under way a moment, and write what came of them."""
        until = time.monotonic() + LAST_SECONDS
        while self.under_way and time.monotonic() < until:
            self._settle()
            time.sleep(GLANCE_SECONDS)

    def _direct(self) -> str:
        return self.kit.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

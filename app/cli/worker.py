"""`xinyi worker`: does what requests left to be done, and what is due by the clock.

A message and its effect are one transaction, so a kill at any moment repeats the whole or nothing. Any number of
workers may run: they skip each other's rows, and each clock's work is done by one of them at a time.
"""

from __future__ import annotations

import logging
import signal
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import click
import psycopg
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.cli.courier import Courier
from app.cli.place import workplace
from app.cli.population_folder import sweep
from app.packs import shipped_packs
from app.services import card_holder, offer_effect, pack_effect, partner_statements, report_links, retention, shakes
from app.services.cleaning import clean
from app.services.file_departments import departments_in
from app.services.jobs import HANDLERS, Handler, JobContext
from app.services.kept_promises import write_due
from app.services.order_disputes import pass_deadlines as pass_order_disputes
from app.services.order_payments import move_next
from app.services.order_timers import run_timers
from app.services.proofs import signer
from app.services.pulling import Department
from app.services.remedy_cases import pass_deadlines
from app.services.sandbox_citizens import remove_over
from app.services.scoring import refresh_due
from app.services.signing_keys import keep
from app.store import oauth, outbox
from app.store.base import connection_lost
from app.store.outbox import Message
from app.web.kit import Kit

log = logging.getLogger(__name__)

BATCH = 20
TRIES = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(hours=1)
POLL_SECONDS = 5.0
AWAY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Tick:
    """Work that is due by the clock: `run` does a part of it and tells how much, 0 when none is left."""

    name: str
    every: timedelta
    run: Callable[[Session, JobContext], int]


def _keep_keys(session: Session, context: JobContext) -> int:
    return keep(session, context.pii, now=context.now, days=context.signing_key_days)


def _keep_packs(session: Session, context: JobContext) -> int:
    return pack_effect.keep_shipped(session, shipped_packs(), context.now)


def _keep_offers(session: Session, context: JobContext) -> int:
    return offer_effect.keep_shipped(session, context.shipped.offers(), context.packs, context.now)


def _retain(session: Session, context: JobContext) -> int:
    return retention.step(session, context.sign, context.now)


def _wind_orders(session: Session, context: JobContext) -> int:
    return run_timers(session, context.now, live=context.payments)


TICKS = (
    Tick("order timers", timedelta(seconds=1), _wind_orders),
    Tick("packs shipped", timedelta(minutes=1), _keep_packs),
    Tick("packs take effect", timedelta(seconds=1), lambda session, job: pack_effect.step(session, job.packs, job.now)),
    Tick("offers shipped", timedelta(minutes=1), _keep_offers),
    Tick("offers announced", timedelta(seconds=1), lambda session, job: offer_effect.step(session, job.now)),
    Tick("scores", timedelta(seconds=1), lambda session, context: refresh_due(session, context.packs, context.now)),
    Tick("signing keys", timedelta(hours=1), _keep_keys),
    Tick("retention", timedelta(hours=1), _retain),
    Tick("dispute deadlines", timedelta(minutes=1), lambda session, context: pass_deadlines(session, context.now)),
    Tick("order disputes", timedelta(seconds=1), lambda session, job: pass_order_disputes(session, job.now)),
    Tick("kept promises", timedelta(seconds=1), lambda session, job: write_due(session, job.packs, job.now)),
    Tick("statements", timedelta(minutes=1), lambda session, context: partner_statements.step(session, context.now)),
    Tick("population files", timedelta(hours=1), lambda _, context: sweep(Path(context.var_dir))),
    Tick("reports", timedelta(minutes=1), lambda session, context: report_links.step(session, context.now)),
    Tick("shakes", timedelta(seconds=1), lambda session, context: shakes.end_over(session, context.now)),
    Tick("sandboxes", timedelta(minutes=1), lambda session, context: remove_over(session, context.now)),
    Tick("held cards", timedelta(minutes=1), lambda session, context: card_holder.expire(session, context.now)),
    Tick("cleaning", timedelta(minutes=1), lambda session, context: clean(session, context.now)),
)


@dataclass
class Worker:
    """One worker's state: the parts of its process and when each tick is due."""

    kit: Kit
    handlers: Mapping[str, Handler] = field(default_factory=lambda: HANDLERS)
    ticks: tuple[Tick, ...] = TICKS
    departments: Sequence[Department] = ()
    due: dict[str, datetime] = field(default_factory=dict)

    def run(self, stop: Event) -> None:
        """Work until `stop`; a database that is away is waited for."""
        while not stop.is_set():
            try:
                with psycopg.connect(self._direct(), autocommit=True) as listening:
                    listening.execute(f"LISTEN {outbox.CHANNEL}")
                    self.kit.pii.renew()
                    self.departments = _departments(self.kit)
                    while not stop.is_set():
                        if not self.work():
                            _sleep(listening, stop, self.pause())
            except (DBAPIError, psycopg.OperationalError) as away:
                log.warning("the database is away: %s", type(away).__name__)
                stop.wait(AWAY_SECONDS)

    def work(self) -> int:
        """One round: a batch of messages, then the ticks that are due; how much there was to do."""
        return self.messages() + self.payments() + sum(self._tick(tick) for tick in self.ticks)

    def pause(self) -> float:
        """Seconds until the next tick is due: news may come while it is not due yet, and waits no longer than that."""
        now = self.kit.clock()
        waits = [(due - now).total_seconds() for due in self.due.values()]
        return min([POLL_SECONDS, *(max(wait, 0.0) for wait in waits)])

    def drain(self) -> int:
        """Do every message that is due now; how many there were."""
        total = 0
        while done := self.messages():
            total += done
        return total

    def messages(self) -> int:
        """Do up to a batch of due messages; how many there were."""
        done = 0
        while done < BATCH and self._message():
            done += 1
        return done

    def payments(self) -> int:
        """Move the money of up to a batch of pending payments; how many there were."""
        done = 0
        while done < BATCH and move_next(self.kit.sessions, self.kit.payments, self.kit.clock()):
            done += 1
        return done

    def _message(self) -> bool:
        """Do the next due message, if any, in a transaction of its own.

        So it costs no other where it fails, and holds nobody whom the next one could wait for.
        """
        with self.kit.sessions.begin() as session:
            now = self.kit.clock()
            claimed = outbox.claim(session, now)
            for message in claimed:
                self._do(session, message, now)
            return bool(claimed)

    def _do(self, session: Session, message: Message, now: datetime) -> None:
        message_id, topic, attempts = message.id, message.topic, message.attempts
        try:
            with session.begin_nested():
                self.handlers[topic](session, self._context(now), message)
                outbox.done(session, message_id)
        except Exception as failure:
            if connection_lost(failure):
                raise
            dead = attempts + 1 >= TRIES
            log.error("%s %s failed (%s of %s): %s", topic, message_id, attempts + 1, TRIES, _where(failure))
            outbox.retry(session, message_id, due_at=now + _wait(attempts), failed_at=now if dead else None)

    def _tick(self, tick: Tick) -> int:
        now = self.kit.clock()
        if now < self.due.get(tick.name, now):
            return 0
        try:
            with self.kit.sessions.begin() as session:
                mine = session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(tick.name, 0))))
                done = tick.run(session, self._context(now)) if mine else 0
        except Exception as failure:
            if connection_lost(failure):
                raise
            log.error("%s failed: %s", tick.name, _where(failure))
            done = 0
        if not done:
            self.due[tick.name] = now + tick.every
        return done

    def _context(self, now: datetime) -> JobContext:
        kit, days = self.kit, self.kit.settings.signing_key_days
        sign = signer(kit.keys, kit.settings.base_url)
        parts = kit.shelf(kit.statements, now), kit.pii, now
        return JobContext(
            *parts, departments=self.departments, signing_key_days=days, sign=sign, var_dir=kit.settings.var_dir,
            payments=kit.payments, registry=kit.registry, shipped=kit.offers.shipped,
        )

    def _direct(self) -> str:
        return self.kit.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _sleep(listening: psycopg.Connection, stop: Event, seconds: float) -> None:
    """Wait for news; in short steps, so that a SIGTERM is heard."""
    while seconds > 0 and not stop.is_set() and not list(listening.notifies(timeout=min(seconds, 1), stop_after=1)):
        seconds -= 1


def _wait(attempts: int) -> timedelta:
    return min(FIRST_WAIT * float(2**attempts), LONGEST_WAIT)


def _where(failure: Exception) -> str:
    """The kind and place of a failure; its message may hold personal data and is not logged."""
    frames = traceback.extract_tb(failure.__traceback__)
    return " at ".join([type(failure).__name__, *(f"{frame.filename}:{frame.lineno}" for frame in frames[-1:])])


def _departments(kit: Kit) -> Sequence[Department]:
    """The departments whose pull interface is connected: those with a folder, where the settings name one."""
    if not kit.settings.department_files:
        return ()
    with kit.sessions() as session:
        return departments_in(Path(kit.settings.department_files), oauth.department_names(session))


@click.command()
def worker() -> None:
    """Deliver events and webhooks, ask departments, run the orders' clocks; until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    with workplace() as kit, suppress(KeyboardInterrupt):
        courier = Thread(target=Courier(kit).run, args=(stop,), name="courier")
        courier.start()
        log.info("the worker is ready")
        try:
            Worker(kit).run(stop)
        finally:
            stop.set()
            courier.join()

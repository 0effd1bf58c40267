"""At least once: a courier that is killed in the middle of a post, two at once, and a partner that asks many times."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.cli.courier import LEASE, Courier
from app.store.webhook_deliveries import WebhookDelivery
from app.web.kit import EXTENSION
from tests.conftest import ROOT, Clock
from tests.support.hooks import Hooks
from tests.support.receivers import hanging, receiver

PATIENCE = 90


@pytest.fixture
def hooks(real_app: Flask) -> Iterator[Hooks]:
    """A partner whose events are committed for real."""
    with real_app.extensions[EXTENSION].sessions() as session:
        yield Hooks(real_app, session)


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def worker(hooks: Hooks) -> subprocess.Popen[bytes]:
    """`xinyi worker`, a process of its own."""
    url = hooks.kit.engine.url.render_as_string(hide_password=False)
    own = {"DATABASE_URL": url, "PYTHONPATH": str(ROOT), "XINYI_WEBHOOK_LOOPBACK": "1"}
    command = [sys.executable, "-m", "app.cli", "worker"]
    return subprocess.Popen(command, env={**os.environ, **own}, stderr=subprocess.DEVNULL)


def test_kill_9_in_the_middle_of_a_post_and_the_event_comes_again(hooks: Hooks, clock: Clock) -> None:
    with hanging() as (made, let_go):
        hooks.endpoint(made.url)
        event = hooks.tell()
        with worker(hooks) as victim:
            wait_until(lambda: made.received)
            victim.send_signal(signal.SIGKILL)
        let_go.set()
        (delivery,) = hooks.deliveries(event)
        assert (delivery["status"], delivery["attempts"]) == ("pending", []), "nobody wrote what came of it"
        clock.moment = datetime.now(UTC)
        assert hooks.deliver() == 0, "another does not post at the same time as one who may still be at it"
        clock.moment += LEASE
        assert hooks.deliver() == 1
        assert made.ids == [event, event], "the same webhook-id, so that the receiver knows it"
        assert [one["status"] for one in hooks.deliveries(event)] == ["delivered"]


def test_the_worker_delivers_and_ends_in_peace(hooks: Hooks) -> None:
    with receiver() as made:
        hooks.endpoint(made.url)
        with worker(hooks) as process:
            event = hooks.tell()
            wait_until(lambda: made.received)
            process.terminate()
            assert process.wait(PATIENCE) == 0
        assert made.ids == [event]
        assert [one["status"] for one in hooks.deliveries(event)] == ["delivered"]


def test_couriers_side_by_side_deliver_each_event_once(hooks: Hooks) -> None:
    with receiver() as made:
        hooks.endpoint(made.url)
        events = [hooks.tell(date=f"2026-01-{day % 28 + 1:02}") for day in range(60)]
        with ThreadPoolExecutor(3) as pool:
            shares = list(pool.map(lambda _: Courier(hooks.kit).deliver(), range(3)))
        wait_until(lambda: sum(shares) >= 60 or not shares.append(hooks.deliver()))
        assert sum(shares) == 60
        assert sorted(made.ids) == sorted(events)


def test_asked_for_again_by_twenty_at_once_it_goes_once_more(hooks: Hooks) -> None:
    with receiver() as made:
        hooks.endpoint(made.url)
        event = hooks.tell()
        hooks.deliver()
        callers = [hooks.me for _ in range(20)]
        with ThreadPoolExecutor(8) as pool:
            path = f"/partner/v1/events/{event}/redeliver"
            answers = list(pool.map(lambda caller: caller.post(path, json={}).status_code, callers))
        assert set(answers) == {202}
        hooks.deliver()
        assert made.ids == [event, event]
        assert hooks.session.scalar(select(func.count()).select_from(WebhookDelivery)) == 2


def test_a_lost_database_stops_no_courier(hooks: Hooks) -> None:
    stop = Event()
    thread = Thread(target=Courier(hooks.kit).run, args=(stop,))
    with receiver() as made:
        hooks.endpoint(made.url)
        thread.start()
        try:
            first = hooks.tell()
            wait_until(lambda: made.ids == [first])
            with hooks.kit.engine.connect() as connection:
                others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                connection.execute(text(others + " and pid <> pg_backend_pid()"))
            hooks.session.invalidate()
            hooks.kit.engine.dispose()
            second = hooks.tell()
            wait_until(lambda: second in made.ids)
        finally:
            stop.set()
            thread.join(PATIENCE)
    assert not thread.is_alive()

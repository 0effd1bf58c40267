"""The worker: nothing acknowledged is lost, nothing happens twice, one failure costs no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.cli.worker import TRIES, Tick, Worker
from app.config import Settings
from app.factory import build_kit
from app.services.jobs import JobContext
from app.store import outbox
from app.store.outbox import Message
from app.web.kit import Kit
from tests.conftest import ROOT, Clock
from tests.support.slow_worker import write_effect


@pytest.fixture
def kit(settings: Settings, real_db: Engine, clock: Clock) -> Kit:
    """A kit that commits for real, with a table for what jobs do."""
    with real_db.begin() as connection:
        connection.execute(text("CREATE TABLE effects (message_id text)"))
    return build_kit(settings, engine=real_db, clock=clock)


def put(kit: Kit, topic: str = "test.job", count: int = 1) -> None:
    with kit.sessions.begin() as session:
        for number in range(count):
            outbox.put(session, topic, {"number": number}, now=kit.clock())


def effects(kit: Kit) -> list[str]:
    with kit.engine.connect() as connection:
        return list(connection.scalars(text("SELECT message_id FROM effects")))


def waiting(kit: Kit) -> int:
    with kit.sessions() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def fail(_session: Session, _context: JobContext, message: Message) -> None:
    raise ValueError(f"the name in {message.id} is 林晓")


def soon(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def environment(kit: Kit) -> dict[str, str]:
    url = kit.engine.url.render_as_string(hide_password=False)
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}


def test_a_message_goes_with_its_effect(kit: Kit) -> None:
    put(kit, count=45)
    assert Worker(kit, handlers={"test.job": write_effect}).drain() == 45
    assert len(set(effects(kit))) == 45
    assert waiting(kit) == 0


def test_one_failure_costs_no_other_and_is_tried_again_later(kit: Kit, clock: Clock) -> None:
    put(kit, "test.bad")
    put(kit)
    worker = Worker(kit, handlers={"test.job": write_effect, "test.bad": fail})
    worker.drain()
    assert len(effects(kit)) == 1
    assert worker.drain() == 0
    clock.advance(seconds=3)
    repaired = Worker(kit, handlers={"test.bad": write_effect})
    assert repaired.drain() == 1
    assert waiting(kit) == 0


def test_a_message_that_always_fails_is_put_aside_for_a_person(kit: Kit, clock: Clock) -> None:
    put(kit, "test.bad")
    worker = Worker(kit, handlers={"test.bad": fail})
    for _ in range(TRIES + 3):
        worker.drain()
        clock.advance(hours=2)
    with kit.sessions() as session:
        (message,) = session.scalars(select(Message))
        assert message.attempts == TRIES
        assert message.failed_at is not None


def test_the_log_of_a_failure_holds_no_personal_data(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    put(kit, "test.bad")
    Worker(kit, handlers={"test.bad": fail}).drain()
    assert "ValueError at" in caplog.text
    assert "林晓" not in caplog.text


def test_two_workers_share_the_work_and_do_nothing_twice(kit: Kit) -> None:
    put(kit, count=120)
    with ThreadPoolExecutor(2) as pool:
        shares = list(pool.map(lambda _: Worker(kit, handlers={"test.job": write_effect}).drain(), range(2)))
    assert sum(shares) == 120
    assert len(effects(kit)) == len(set(effects(kit))) == 120


def test_kill_9_in_the_middle_of_a_job_loses_nothing_and_repeats_nothing(kit: Kit) -> None:
    put(kit)
    script = [sys.executable, "-m", "tests.support.slow_worker"]
    with subprocess.Popen(script, env=environment(kit), stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline().strip() == "in the middle"
        victim.send_signal(signal.SIGKILL)
    assert effects(kit) == []
    assert soon(lambda: Worker(kit, handlers={"test.job": write_effect}).drain() == 1)
    assert len(effects(kit)) == 1
    assert waiting(kit) == 0


def test_news_wake_a_waiting_worker_and_a_lost_connection_does_not_stop_it(kit: Kit) -> None:
    stop = Event()
    worker = Worker(kit, handlers={"test.job": write_effect}, ticks=())
    thread = Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        assert soon(lambda: _listening(kit) == 1)
        put(kit)
        assert soon(lambda: len(effects(kit)) == 1, seconds=3)
        with kit.engine.connect() as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            connection.execute(text(others + " AND pid <> pg_backend_pid()"))
        kit.engine.dispose()
        put(kit)
        assert soon(lambda: len(effects(kit)) == 2)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def _listening(kit: Kit) -> int:
    with kit.engine.connect() as connection:
        question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        return connection.scalar(text(question)) or 0


def test_the_clocks_work_runs_when_due_and_until_none_is_left(kit: Kit, clock: Clock) -> None:
    left = [3, 2, 0, 1, 0]
    runs: list[int] = []
    tick = Tick("test", timedelta(minutes=1), lambda _session, _context: runs.append(left[len(runs)]) or runs[-1])
    worker = Worker(kit, handlers={}, ticks=(tick,))
    for _ in range(5):
        worker.work()
    assert runs == [3, 2, 0]
    clock.advance(minutes=1)
    worker.work()
    assert runs == [3, 2, 0, 1]


def test_a_clock_that_fails_stops_no_other(kit: Kit) -> None:
    ran: list[str] = []

    def broken(_session: Session, _context: JobContext) -> int:
        raise RuntimeError

    ticks = (
        Tick("broken", timedelta(minutes=1), broken),
        Tick("sound", timedelta(minutes=1), lambda _session, _context: ran.append("sound") or 0),
    )
    Worker(kit, handlers={}, ticks=ticks).work()
    assert ran == ["sound"]


def test_sigterm_ends_the_worker_cleanly(kit: Kit) -> None:
    command = [sys.executable, "-m", "app.cli", "worker"]
    with subprocess.Popen(command, env=environment(kit), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "ready" in process.stderr.readline()
        process.terminate()
        assert process.wait(10) == 0

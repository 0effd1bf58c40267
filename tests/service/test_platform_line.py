"""A platform that is slow, and fails no one, takes some threads of a process and leaves the others to everyone else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import pytest

from auth.realname import circuit
from auth.realname.circuit import Circuit
from auth.realname.platform import METADATA_SECONDS, Answer, Platform
from auth.realname.provider import ProviderAway

ISSUER = "http://127.0.0.1:8001"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class Slow(Platform):
    """A platform whose documents wait for `let_go`."""

    asked = Event()
    let_go = Event()

    def call(self, method: str, url: str, headers: object = None, **options: object) -> Answer:
        self.asked.set()
        assert self.let_go.wait(60)
        return Answer(200, {"issuer": ISSUER, "keys": [], **dict.fromkeys(ENDPOINTS, f"{ISSUER}/x")})


@contextmanager
def taken(line: Circuit, seats: int) -> Iterator[ExitStack]:
    with ExitStack() as held:
        for _ in range(seats):
            held.enter_context(line.closed())
        yield held


def test_only_few_threads_ask_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit, "WAIT_SECONDS", 0.01)
    line = Circuit(lambda: 0.0)
    with taken(line, circuit.AT_ONCE), pytest.raises(ProviderAway, match="too many"), line.closed():
        pass
    with taken(line, circuit.AT_ONCE - 1), line.closed():
        pass


def test_only_few_more_wait_for_that_and_all_others_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit, "WAIT_SECONDS", 60.0)
    line, served = Circuit(lambda: 0.0), []

    def wait() -> None:
        with line.closed():
            served.append(1)

    waiting = [Thread(target=wait) for _ in range(circuit.IN_LINE)]
    with taken(line, circuit.AT_ONCE):
        for thread in waiting:
            thread.start()
        while line._places._value:
            waiting[0].join(0.001)
        with pytest.raises(ProviderAway, match="too many"), line.closed():
            pass
    for thread in waiting:
        thread.join()
    assert len(served) == circuit.IN_LINE


def test_while_one_thread_reads_the_metadata_anew_the_others_go_by_the_old() -> None:
    moments = [1000.0]
    platform = Slow(ISSUER, False, monotonic=lambda: moments[-1])
    platform.let_go.set()
    assert platform.metadata()["issuer"] == ISSUER
    moments.append(moments[-1] + METADATA_SECONDS + 1)
    platform.asked.clear()
    platform.let_go.clear()
    reader = Thread(target=platform.metadata)
    reader.start()
    assert platform.asked.wait(60)
    assert platform.metadata()["issuer"] == ISSUER
    platform.let_go.set()
    reader.join()

"""`xinyi demo` survives what can happen to it, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from app.store.embedded_place import place_of
from tests.support.cities import City, alive, children_of, free_ports


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city of these tests' own, to be mistreated; the first attempt at building it was killed half-way."""
    city = City(tmp_path_factory.mktemp("fragile"), free_ports())
    attempt = city.run("--citizens", "5000", "--port", str(city.port))
    assert soon(lambda: "making 5000" in city.said(), seconds=60)
    time.sleep(1)
    attempt.kill()
    attempt.wait()
    city.start()
    yield city
    city.remove()


def soon(true: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def ready(city: City) -> bool:
    try:
        return requests.get(city.base_url + "/readyz", timeout=5).ok
    except requests.RequestException:
        return False


def postmaster(city: City) -> int:
    data = place_of(city.var / "postgresql").data
    return int((data / "postmaster.pid").read_text().splitlines()[0])


def test_a_build_that_was_killed_begins_anew(fragile: City) -> None:
    assert "making 60" in fragile.said()
    assert "was built" in fragile.said()


@pytest.mark.parametrize("victim", ["web", "worker", "platform"])
def test_a_child_that_dies_is_started_again(fragile: City, victim: str) -> None:
    before = fragile.pids()
    os.kill(before[victim], signal.SIGKILL)
    assert soon(lambda: fragile.pids()[victim] != before[victim])
    assert soon(lambda: ready(fragile))


def test_postgresql_that_dies_is_started_again(fragile: City) -> None:
    before = postmaster(fragile)
    os.kill(before, signal.SIGKILL)
    assert soon(lambda: ready(fragile) and postmaster(fragile) != before)


def test_a_supervisor_killed_with_9_is_followed_by_one_that_finds_all_as_it_was(fragile: City) -> None:
    assert fragile.process is not None
    assert soon(lambda: all(alive(pid) for pid in fragile.pids().values()))
    left = [*fragile.pids().values(), postmaster(fragile)]
    fragile.process.kill()
    fragile.process.wait()
    assert all(alive(pid) for pid in left)
    fragile.start()
    assert not any(alive(pid) for pid in left[:3])
    assert "was built" not in fragile.said()
    assert ready(fragile)


def test_sigterm_stops_everything(fragile: City) -> None:
    running = [*fragile.pids().values(), *children_of(fragile.pids()["web"]), postmaster(fragile)]
    assert fragile.stop() == 0
    assert not any(alive(pid) for pid in running)
    assert not (fragile.var / "demo" / "processes.json").exists()

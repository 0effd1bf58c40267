"""`xinyi demo` survives what can happen to it, says in one line what it cannot do, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from app.store.embedded_place import place_of
from tests.support.cities import City, alive, children_of, free_ports


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city of these tests' own, to be mistreated."""
    city = City(tmp_path_factory.mktemp("fragile"), free_ports())
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


def test_it_says_where_everything_is(city: City) -> None:
    facts = city.facts
    assert facts["base_url"] == facts["issuer"] == city.base_url
    assert set(facts["app"]) == {"client_id", "redirect_uri", "scopes"}
    assert all(set(person) == {"login", "password", "city", "note"} for person in facts["citizens"])
    assert len(facts["partners"]) == 4
    assert {"name", "client_id", "private_key_path", "scopes", "scenarios", "counter_pairing_url"} <= set(
        facts["partners"][0]
    )
    assert len(facts["departments"]) == 6
    assert all(Path(file).is_file() for department in facts["departments"] for file in department["sample_files"])
    assert set(facts["operators"][0]) == {"login", "password", "roles"}
    assert facts["identity_provider"] == {
        "issuer": f"http://127.0.0.1:{city.port + 1}",
        "login": "login",
        "password": "password",
    }


def test_private_keys_are_their_owners_alone(city: City) -> None:
    for client in (*city.facts["partners"], *city.facts["departments"]):
        assert stat.S_IMODE(Path(client["private_key_path"]).stat().st_mode) == 0o600


def test_each_part_is_its_own_process_and_the_web_server_has_two(city: City) -> None:
    pids = city.pids()
    assert len(set(pids.values())) == 3
    assert len(children_of(pids["web"])) >= 2


def test_a_second_demo_in_the_same_folder_is_refused_in_one_line(city: City) -> None:
    said = _refused(City(city.var, city.port + 10), "second.txt")
    assert "already runs" in said


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    port = free_ports()
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", port))
        taker.listen()
        said = _refused(City(tmp_path, port), "said.txt")
    assert f"port {port} is taken" in said
    assert f"PORT={port + 1000}" in said


def _refused(city: City, log: str) -> str:
    with (city.var / log).open("w+") as said:
        process = city.run("--port", str(city.port), said=said)
        assert process.wait(30) == 1
        said.seek(0)
        text = said.read()
    assert len(text.strip().splitlines()) == 1
    return text


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
    left = [*fragile.pids().values(), postmaster(fragile)]
    fragile.process.kill()
    fragile.process.wait()
    assert all(alive(pid) for pid in left)
    fragile.start()
    assert not any(alive(pid) for pid in left[:3])
    assert "was built" not in fragile.said()
    assert ready(fragile)


def test_a_build_that_was_killed_begins_anew(tmp_path: Path) -> None:
    city = City(tmp_path, free_ports())
    process = city.run("--citizens", "2000", "--port", str(city.port))
    assert soon(lambda: "making 2000" in city.said())
    time.sleep(0.5)
    process.kill()
    process.wait()
    try:
        city.start()
        assert "was built" in city.said()
        assert len(city.facts["citizens"]) > 10
    finally:
        city.remove()


def test_sigterm_stops_everything_and_the_next_start_finds_the_same_city(fragile: City) -> None:
    running = [*fragile.pids().values(), *children_of(fragile.pids()["web"]), postmaster(fragile)]
    assert fragile.stop() == 0
    assert not any(alive(pid) for pid in running)
    assert not (fragile.var / "demo" / "processes.json").exists()
    fragile.start()
    assert "was built" not in fragile.said()

"""A running demo says where everything is, and in one line what it cannot do."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

from tests.support.cities import City, children_of, free_ports


def test_it_says_where_everything_is(city: City) -> None:
    facts = city.facts
    assert facts["base_url"] == facts["issuer"] == city.base_url
    assert set(facts["app"]) == {"client_id", "redirect_uri", "scopes"}
    assert all(set(person) == {"login", "password", "city", "note"} for person in facts["citizens"])
    assert len(facts["partners"]) == 7
    assert {"name", "client_id", "private_key_path", "scopes", "scenarios", "counter_pairing_url"} <= set(
        facts["partners"][0]
    )
    assert len(facts["departments"]) == 6
    assert all(Path(file).is_file() for department in facts["departments"] for file in department["sample_files"])
    assert [register["scopes"] for register in facts["registers"]] == [["entities"]]
    assert all(set(person) == {"login", "password", "roles", "totp_secret"} for person in facts["operators"])
    assert facts["identity_provider"] == {
        "issuer": f"http://127.0.0.1:{city.port + 1}",
        "login": "login",
        "password": "password",
    }


def test_private_keys_are_their_owners_alone(city: City) -> None:
    for client in (*city.facts["partners"], *city.facts["departments"], *city.facts["registers"]):
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

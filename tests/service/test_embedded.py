"""The PostgreSQL that starts by itself: found again, safe to kill, and no one's folder is changed for it."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.store import embedded, embedded_place
from app.store.embedded import Server


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A private folder for one server, which is stopped and removed afterwards."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    yield private / "postgresql"
    embedded.remove(private / "postgresql")


def answer(url: str, question: str) -> object:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return connection.execute(text(question)).scalar()


def kill(server: Server) -> None:
    pid = int((server.place.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)


def test_it_starts_is_found_again_and_stops(folder: Path) -> None:
    server = embedded.start(folder)
    assert server.started
    assert answer(server.url, "SHOW fsync") == "on"
    assert not embedded.start(folder).started
    server.stop()
    server.stop()
    again = embedded.start(folder)
    assert again.started


def test_what_was_committed_survives_kill_9(folder: Path) -> None:
    server = embedded.start(folder)
    url = embedded.create_database(server.url, "city")
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT 42 AS answer"))
    kill(server)
    server = embedded.start(folder)
    assert server.started
    assert embedded.database_exists(server.url, "city")
    assert answer(url, "SELECT answer FROM kept") == 42


def test_a_pid_that_another_process_has_taken_over_is_not_believed(folder: Path) -> None:
    server = embedded.start(folder)
    server.stop()
    (server.place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.place.data}\n")
    assert embedded.start(folder).started


def test_an_interrupted_first_start_leaves_nothing_behind(folder: Path) -> None:
    place = embedded.start(folder).place
    embedded.remove(folder)
    half = place.data.with_name("data.half")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    assert embedded.start(folder).started


def test_a_server_without_durability_forgets_a_crash(folder: Path) -> None:
    server = embedded.start(folder, durable=False)
    assert answer(server.url, "SHOW fsync") == "off"
    embedded.create_database(server.url, "scratch")
    kill(server)
    assert not embedded.database_exists(embedded.start(folder, durable=False).url, "scratch")


def test_a_database_is_copied_from_its_template(folder: Path) -> None:
    server = embedded.start(folder, durable=False)
    template = embedded.create_database(server.url, "template")
    with create_engine(template, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE known AS SELECT 1 AS one"))
    assert answer(embedded.create_database(server.url, "copy", "template"), "SELECT one FROM known") == 1


def test_folders_above_the_data_keep_their_modes_and_the_socket_is_private(folder: Path) -> None:
    server = embedded.start(folder)
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.place.socket_folder.stat().st_mode) == 0o700
    assert answer(server.url, "SHOW listen_addresses") == ""
    assert "password" not in server.url


def test_a_folder_that_another_account_put_in_our_place_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with pytest.raises(embedded.EmbeddedError, match="belongs to another account"):
        embedded_place.own_folder(open_to_all, 0o755)


def test_without_the_wheel_one_line_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_place.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(embedded.EmbeddedError, match="DATABASE_URL"):
        embedded.start(folder)

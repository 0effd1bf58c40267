"""A whole demo city for tests: started as a person would, in a folder and on ports of its own."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from app.cli.callers import Caller
from app.store import embedded

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 150
STOP_SECONDS = 40
CITIZENS = 60


def free_ports() -> int:
    """A port that is free together with the next one, and far from those of another run of the tests."""
    for port in random.sample(range(20_000, 32_000, 2), 1_000):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise OSError("no two free ports")


@dataclass
class City:
    """A demo city in the folder `var`; `process` is its supervisor while we are the ones who run it."""

    var: Path
    port: int
    process: subprocess.Popen[str] | None = None
    callers: dict[str, Caller] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What `demo.json` says."""
        return dict(json.loads((self.var / "demo.json").read_text("utf-8")))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it says where it is; what it prints goes to `said.txt`."""
        facts = self.var / "demo.json"
        facts.unlink(missing_ok=True)
        self.process = self.run("--citizens", str(CITIZENS), "--port", str(self.port))
        deadline = time.monotonic() + START_SECONDS
        while not facts.exists():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def run(self, *options: str, said: IO[str] | None = None) -> subprocess.Popen[str]:
        """`xinyi demo` with these options, in this folder; what it prints goes to `said` or `said.txt`."""
        command = [sys.executable, "-m", "app.cli", "demo", *options]
        environment = {**os.environ, "XINYI_VAR_DIR": str(self.var)}
        environment.pop("DATABASE_URL", None)
        with nullcontext(said) if said else (self.var / "said.txt").open("w") as out:
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, text=True)

    def said(self) -> str:
        """What the supervisor printed since its start."""
        return (self.var / "said.txt").read_text("utf-8")

    def stop(self) -> int:
        """SIGTERM, as from an init system; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def remove(self) -> None:
        """Stop what runs and delete the database."""
        if self.process is not None and self.process.poll() is None:
            self.stop()
        embedded.remove(self.var / "postgresql")

    def pids(self) -> dict[str, int]:
        """The children by their place: the web server's master, the worker, the real-name platform."""
        noted = list(json.loads((self.var / "demo" / "processes.json").read_text()))
        return dict(zip(("web", "worker", "platform"), map(int, noted), strict=True))

    def caller(self, who: str) -> Caller:
        """One who calls the API, logged in once for all tests."""
        if who not in self.callers:
            self.callers[who] = Caller(self.facts, who, self.var / "demo" / "test-sessions")
        return self.callers[who]

    def call(self, who: str, method: str, path: str, **options: Any) -> Any:
        """One call as `who`; the `requests` response."""
        return self.caller(who).request(method, path, **options)


def children_of(pid: int) -> list[int]:
    """The processes whose parent is `pid`."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def alive(pid: int) -> bool:
    """Whether process `pid` runs (a zombie does not)."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")

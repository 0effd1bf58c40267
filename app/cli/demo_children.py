"""The processes of a running demo beside PostgreSQL: web server, background worker, sandbox real-name platform."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import requests

from app.cli.processes import Child
from app.config import Settings, SettingsError

HEALTH_SECONDS = 60.0
LOOPBACK = "127.0.0.1"


def addresses(port: int) -> tuple[str, str]:
    """Where the city and its real-name platform answer: `port` and the next one."""
    return f"http://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{port + 1}"


def refuse_taken(port: int) -> None:
    """Raise SettingsError, one line, where one of the demo's two ports is in use."""
    for wanted in (port, port + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, wanted))
            except OSError:
                raise SettingsError(f"port {wanted} is taken; choose another: make demo PORT={port + 1000}") from None


def environment(settings: Settings) -> Mapping[str, str]:
    """The environment of a child that shall have these settings."""
    chosen = {
        "DATABASE_URL": settings.database_url,
        "XINYI_BASE_URL": settings.base_url,
        "XINYI_UPSTREAM_ISSUER": settings.upstream_issuer,
        "XINYI_UPSTREAM_CLIENT_SECRET": settings.upstream_client_secret,
        "XINYI_VAR_DIR": settings.var_dir,
        "XINYI_LIMIT_SCALE": str(settings.limit_scale),
        "XINYI_WEBHOOK_LOOPBACK": str(settings.webhook_loopback),
        "XINYI_DEPARTMENT_FILES": settings.department_files,
    }
    return {**os.environ, **chosen, "PYTHONUNBUFFERED": "1"}


def children(settings: Settings, accounts: Path, logs: Path, workers: int) -> Iterator[Child]:
    """The children, in the order of their starting."""
    logs.mkdir(parents=True, exist_ok=True)
    python, variables = sys.executable, environment(settings)
    bind = settings.base_url.removeprefix("http://")
    platform = [
        python, "-m", "auth.sandbox_idp", "--accounts", str(accounts), "--issuer", settings.upstream_issuer,
        "--client-id", settings.upstream_client_id, "--redirect-uri", settings.base_url + "/oauth/login/callback",
    ]  # fmt: skip
    web = [python, "-m", "app.cli", "serve", "--bind", bind, "--workers", str(workers)]
    yield Child("web server", web, variables, logs / "web.log")
    yield Child("worker", [python, "-m", "app.cli", "worker"], variables, logs / "worker.log")
    yield Child("real-name platform", platform, variables, logs / "real-name-platform.log")


def wait_until_healthy(settings: Settings, started: list[Child]) -> None:
    """Return when the city and the platform answer; raises SettingsError, naming the log, when one cannot start."""
    deadline = time.monotonic() + HEALTH_SECONDS
    places = [settings.base_url + "/readyz", settings.upstream_issuer + "/.well-known/openid-configuration"]
    while not all(_answers(place) for place in places):
        dead = next((child for child in started if child.died() is not None), None)
        if dead is not None:
            raise SettingsError(f"the {dead.name} did not start; see {dead.log}")
        if time.monotonic() > deadline:
            raise SettingsError(f"no answer within {HEALTH_SECONDS:.0f} s; see {started[0].log.parent}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False

"""Which web server: the same app, check by consent, under each of them in one run, the rounds interleaved.

Each is asked for the same number of processes and threads; processes share the port by SO_REUSEPORT.
gunicorn's sync workers keep no connection open, so they are not among them.

    python -m bench.web_servers [--rounds 7] [--requests 1000]
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import click
from sqlalchemy import create_engine

from app.cli.processes import Child
from bench import merchant, servers
from bench.callers import make_clients
from bench.merchant import KINDS, THREADS, WORKERS, Side

APP = "app:create_app()"
GUNICORN = ("gunicorn", "--config", "python:app.cli.gunicorn_settings", "--reuse-port", "--workers", str(WORKERS))
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "gunicorn gthread": (*GUNICORN, "--threads", str(THREADS), "--bind", "{host}:{port}", APP),
    "granian": (
        "granian", "--interface", "wsgi", "--factory", "--host", "{host}", "--port", "{port}", "--workers",
        str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error", "app:create_app",
    ),
    "cheroot": ("bench.cheroot_server", "{host}", "{port}", str(WORKERS), str(THREADS)),
}  # fmt: skip
"""Name → module and arguments of `python -m`."""
HOST = "127.0.0.1"


@click.command()
@click.option("--rounds", default=7, show_default=True, type=click.IntRange(1), help="measured, after one to warm up")
@click.option("--requests", default=1_000, show_default=True, type=click.IntRange(1), help="in each round")
def main(rounds: int, requests: int) -> None:
    """Measure, and print the rates with their ratios to the first; fails where anything fails, never by the clock."""
    found = {name: command for name, command in COMMANDS.items() if _is_there(command[0])}
    if missing := COMMANDS.keys() - found:
        click.echo(f"not installed: {', '.join(sorted(missing))}")
    sides, client = [], make_clients(1)[0]
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xinyi-bench-")))
        url = stack.enter_context(servers.database([]))
        engine = create_engine(url)
        bench = merchant.founded(engine, client, (rounds + 1) * requests * len(found) + 2)
        sides = [Side(name, stack.enter_context(_served(name, url, logs))) for name in found]
        for number in range(rounds + 1):
            for side in sides[number % len(sides) :] + sides[: number % len(sides)]:
                bench.measure(KINDS[0], side, requests)
        engine.dispose()
        bench.kit.engine.dispose()
    _report(sides, f"{rounds} rounds of {requests}, {WORKERS} processes of {THREADS} threads, {os.cpu_count()} cores")


def _is_there(module: str) -> bool:
    needed = "cheroot" if "cheroot" in module else module
    return importlib.util.find_spec(needed) is not None


@contextmanager
def _served(name: str, url: str, logs: Path) -> Iterator[str]:
    port = servers.free_port()
    issuer = f"http://{HOST}:{port}"
    arguments = [part.format(host=HOST, port=port) if "{" in part else part for part in COMMANDS[name]]
    environment = {**os.environ, **servers.environment(url, issuer, logs)}
    log = logs / f"{name.replace(' ', '-')}.log"
    with servers.running(Child(name, [sys.executable, "-m", *arguments], environment, log), port, "/readyz"):
        yield issuer


def _report(sides: list[Side], machine: str) -> None:
    click.echo(machine)
    rates = {side.name: median(one.rate for one in side.rounds[KINDS[0].name][1:]) for side in sides}
    for side in sides:
        rounds = side.rounds[KINDS[0].name][1:]
        p50, p95 = median(one.p50 for one in rounds), median(one.p95 for one in rounds)
        ratio = rates[side.name] / rates[sides[0].name]
        click.echo(f"{side.name:18} {rates[side.name]:6.0f}/s  p50 {p50:.1f} ms  p95 {p95:.1f} ms  {ratio:.2f}")


if __name__ == "__main__":
    main()

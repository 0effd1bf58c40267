"""`xinyi serve` and `xinyi spec`: the web server, and the document of what it serves."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import replace

import click
from flask_smorest import Api

from app.config import SettingsError, load
from app.factory import create_app
from app.web.spec import as_yaml, document

NO_DATABASE = "postgresql+psycopg://"
"""Building the app opens no connection, so that its document needs no database."""


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="address and port, or unix:/path")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 256), help="processes")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 256), help="threads of each process")
def serve(bind: str, workers: int, threads: int) -> None:
    """Serve the API and the pages; the settings come from the environment."""
    create_app(replace(load(), database_url=load().database_url or NO_DATABASE))
    command = [sys.executable, "-m", "gunicorn", "--config", "python:app.cli.gunicorn_settings", "--bind", bind]
    command += ["--workers", str(workers), "--threads", str(threads), *_shared_evenly(bind), "app:create_app()"]
    os.execv(sys.executable, command)  # noqa: S606 - gunicorn takes over this very process and its signals


def _shared_evenly(bind: str) -> list[str]:
    """What makes the kernel share connections out to the processes; without it, whoever wakes first takes a whole rush.

    Another server could then listen beside us unnoticed, so an address that is taken is refused: SettingsError.
    """
    host, _, port = bind.removeprefix("tcp://").rpartition(":")
    if not port.isdigit() or bind.startswith("unix:"):
        return []
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host.strip("[]"), int(port)), family=family).close()
    except OSError as taken:
        raise SettingsError(f"cannot listen at {bind}: {taken.strerror or taken}") from None
    return ["--reuse-port"]


@click.command()
def spec() -> None:
    """Print the OpenAPI document, generated from the code."""
    app = create_app(replace(load(), database_url=NO_DATABASE))
    api: Api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    click.echo(as_yaml(document(app, api)), nl=False)

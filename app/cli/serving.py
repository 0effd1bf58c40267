"""`xinyi serve` and `xinyi spec`: the web server, and the document of what it serves."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import click
from flask_smorest import Api

from app.config import load
from app.factory import create_app
from app.web.spec import as_yaml, document

NO_DATABASE = "postgresql+psycopg://"
"""Building the app opens no connection, so that its document needs no database."""


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="address and port, or unix:/path")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 256), help="processes")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="threads of each process")
def serve(bind: str, workers: int, threads: int) -> None:
    """Serve the API and the pages; the settings come from the environment."""
    create_app(replace(load(), database_url=load().database_url or NO_DATABASE))
    command = [sys.executable, "-m", "gunicorn", "--config", "python:app.cli.gunicorn_settings", "--bind", bind]
    command += ["--workers", str(workers), "--threads", str(threads), "app:create_app()"]
    os.execv(sys.executable, command)  # noqa: S606 - gunicorn takes over this very process and its signals


@click.command()
def spec() -> None:
    """Print the OpenAPI document, generated from the code."""
    app = create_app(replace(load(), database_url=NO_DATABASE))
    api: Api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    click.echo(as_yaml(document(app, api)), nl=False)

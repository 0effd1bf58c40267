"""`xinyi …`: the command line. Each command is an edge like a view: it opens the transaction and calls one use case."""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from typing import Any

import click

from app.config import SettingsError
from app.domain.errors import PlainFailure

PLACES = {
    "demo": "demo", "serve": "serving", "worker": "worker", "db": "migrating", "curl": "curl", "consent": "curl",
    "ingest": "ingesting", "score": "population", "pack": "packs", "scenario": "scenarios", "partner": "partners",
    "client": "office", "operator": "operators", "otp": "operators", "key": "key", "card": "card",
    "report": "reports",
    "receipt": "receipt", "log": "log", "webhook": "webhook", "spec": "serving", "docs": "reference",
}  # fmt: skip
"""Command → its module here, which has it under the same name."""


class Commands(UserDict[str, Any]):
    """The commands, each loaded when it is called: `xinyi curl` need not wait for the whole app."""

    def __getitem__(self, name: str) -> click.Command:
        """The command; raises KeyError."""
        found: click.Command = getattr(import_module(f"app.cli.{self.data[name]}"), name)
        return found


class OneLine(click.Group):
    """A group whose expected failures are one line for a person, exit code 1, and no stack."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (PlainFailure, SettingsError) as failure:
            raise click.ClickException(str(failure)) from failure


@click.group(cls=OneLine, commands=Commands(PLACES), context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """信易+ (XinYi+): a city's citizen credit app, from the command line."""

"""`xinyi …`: the command line. Each command is an edge like a view: it opens the transaction and calls one use case."""

from __future__ import annotations

from typing import Any

import click

from app.cli.card import card
from app.cli.curl import consent, curl
from app.cli.demo import demo
from app.cli.ingesting import ingest
from app.cli.key import key
from app.cli.log import log
from app.cli.migrating import db
from app.cli.office import client
from app.cli.operators import operator, otp
from app.cli.packs import pack, score
from app.cli.partners import partner
from app.cli.population import population
from app.cli.receipt import receipt
from app.cli.reference import docs
from app.cli.scenarios import scenario
from app.cli.serving import serve, spec
from app.cli.webhook import webhook
from app.cli.worker import worker
from app.config import SettingsError
from app.store.data_keys import WrongMasterSecret
from app.store.embedded_place import EmbeddedError
from app.store.sealing import Unreadable


class OneLine(click.Group):
    """A group whose expected failures are one line for a person, exit code 1, and no stack."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, EmbeddedError, WrongMasterSecret, Unreadable) as failure:
            raise click.ClickException(str(failure)) from failure


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """信易+ (XinYi+): a city's citizen credit app, from the command line."""


score.add_command(population)
for command in (
    demo, serve, worker, db, curl, consent, ingest, score, pack, scenario, partner, client, operator, otp, key, card,
    receipt, log, webhook, spec, docs
):  # fmt: skip
    main.add_command(command)

"""`xinyi scenario`: write, try and publish scenarios (docs/how-to-add-a-scenario.md)."""

from __future__ import annotations

import click

from app.cli.scenario_authors import new, try_
from app.cli.scenario_publishing import check, diff, publish, show, simulate


@click.group()
def scenario() -> None:
    """Scenarios: a city's offers, and the plug-ins that decide them."""


for command in (new, try_, check, show, diff, simulate, publish):
    scenario.add_command(command)

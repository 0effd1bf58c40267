"""`xinyi scenario`: write, try and publish scenarios (docs/how-to-add-a-scenario.md)."""

from __future__ import annotations

import click


@click.group()
def scenario() -> None:
    """Scenarios: a city's offers, and the plug-ins that decide them."""

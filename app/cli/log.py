"""`xinyi log`: prove that nobody changed the access log."""

from __future__ import annotations

import sys

import click

from app.cli.place import workplace
from app.services import access


@click.group()
def log() -> None:
    """The access log that every citizen sees."""


@log.command()
@click.option("--citizen", "one", metavar="ID", help="one person's chain, by citizen id; default: everyone's")
def verify(one: str | None) -> None:
    """Recompute every chain. Exits with 1 and names each row that was changed, dropped or inserted."""
    people = rows = erased = faults = 0
    with workplace() as kit, kit.sessions() as session:
        for citizen_id in [one] if one else access.people(session):
            verdict = access.verify(session, citizen_id)
            session.expunge_all()
            people, rows, erased = people + 1, rows + verdict.rows, erased + verdict.erased
            if not verdict.whole:
                faults += 1
                click.echo(f"{citizen_id}: row {verdict.number} was {verdict.fault}")
    click.echo(f"{people} chains, {rows} looks, {erased} erased on leaving, {faults} broken")
    sys.exit(1 if faults else 0)

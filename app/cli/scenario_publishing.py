"""`xinyi scenario check|show|diff|simulate|publish`: look at offers, try a new version, bring it before another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

import scenarios
from app.cli.office import note
from app.cli.packs import Trouble
from app.cli.place import workplace
from app.cli.publishing import DAY, FEW, FILE, HAND, bring, publication_options, text_in
from app.domain.calendar import day_of
from app.domain.offer import Offer, OfferError
from app.domain.offer_changes import offer_changes
from app.domain.offer_file import offer_text, parse_offer
from app.packs import load_packs
from app.services import offer_versions
from app.services.offer_simulation import simulate as measured
from app.services.versions import digest

PATH = "/operator/v1/offers"
WAYS = ("gain", "lose", "keep", "neither")


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
def check(files: tuple[Path, ...]) -> None:
    """Check FILES, one offer each, as versions that may follow what ships; say what is wrong with them."""
    registry, packs = scenarios.load(), load_packs()
    broken = 0
    for file in files:
        try:
            offer = offer_versions.read(text_in(file), registry, packs)
            click.echo(f"{click.style('sound', fg='green')}   {file}: {_headline(offer)}")
        except OfferError as wrong:
            broken += 1
            click.echo(f"{click.style('broken', fg='red')}  {file}: {wrong}", err=True)
    if broken:
        raise click.ClickException(f"{broken} of {len(files)} cannot be used")


@click.command()
@click.argument("code", required=False)
def show(code: str | None) -> None:
    """Print the offer CODE that ships (or of a file), from which the text of a next version is made, or all of them."""
    if code is None:
        for offer in scenarios.load().offers():
            click.echo(_headline(offer))
        return
    try:
        click.echo(offer_text(_named(code)), nl=False)
    except Trouble as trouble:
        raise click.ClickException(trouble.message) from trouble


@click.command()
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    """Tell what NEW says differently from OLD, field by field.

    Each is the code of an offer that ships or a file. Exit code 0: the same; 1: they differ; 2: one cannot be read.
    """
    before, after = _named(old), _named(new)
    changes = offer_changes(before, after)
    click.echo(f"{_headline(before)}\n{_headline(after)}\n")
    for change in changes:
        click.echo(f"{change.field}: {change.before or 'nothing'} → {change.after or 'nothing'}")
    click.echo(f"{len(changes)} changed" if changes else "the same")
    if changes:
        click.get_current_context().exit(1)


@click.command()
@click.argument("file", type=FILE)
@click.option("--as-of", type=DAY, help="the day of the scores; today by default")
def simulate(file: Path, as_of: datetime | None) -> None:
    """Count who would gain and lose by the offer in FILE, beside the version in force. Decides nothing.

    Figures of fewer than 20 people are not shown; the members see the run in their access log.
    """
    text = text_in(file)
    with workplace() as kit, kit.sessions.begin() as session:
        try:
            new = offer_versions.read(text, kit.registry, kit.packs)
        except OfferError as broken:
            raise click.ClickException(f"{file}: {broken}") from broken
        day, now = as_of.date() if as_of else day_of(kit.clock()), kit.clock()
        parts = session, kit.registry, kit.packs, new, day
        found = measured(*parts, pii=kit.pii, now=now, sha256=digest(text), actor=HAND)
        said = {"as_of": day.isoformat(), "sha256": digest(text)}
        note(session, kit, "offer.simulate", f"{new.code} {new.version}", said)
    _show(found.as_json())


@click.command()
@click.argument("file", type=FILE)
@publication_options
def publish(file: Path, **said: Any) -> None:
    """Propose the offer in FILE, wait for its simulation, and bring it before a second person. Safe to repeat."""
    bring(PATH, text_in(file), _show, **said)


def _named(name: str) -> Offer:
    """The offer in the file `name`, or the shipped one of that code; raises Trouble."""
    registry = scenarios.load()
    if name in registry:
        return registry.offer(name)
    file = Path(name)
    if not file.is_file():
        raise Trouble(f"no offer {name!r} and no such file; see `xinyi scenario show`")
    try:
        return parse_offer(text_in(file))
    except (OfferError, click.ClickException) as wrong:
        raise Trouble(f"{file}: {wrong}") from wrong


def _headline(offer: Offer) -> str:
    end = f" to {offer.valid_until}" if offer.valid_until else ""
    return f"{offer.code} {offer.version}  {offer.name.zh}  {offer.city}  from {offer.threshold} points{end}"


def _show(figures: Mapping[str, Any]) -> None:
    for line in _lines(figures):
        click.echo(line)


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    against = f"version {found['against']}" if found.get("against") else "nothing"
    yield f"{found['offer']} version {found['version']} beside {against}, as of {found['as_of']}"
    yield f"{found.get('people') or FEW} of {found.get('members') or FEW} members measured"
    yield f"members {_told(found.get('ways'))}"
    for cohort in found["cohorts"]:
        yield f"cohort  {cohort['attribute']} {cohort['name']}: {cohort['people']} people, {_told(cohort['ways'])}"
    if hidden := found["hidden"]["cohorts"]:
        yield f"        {hidden} more are hidden: a number would be of {FEW} people"


def _told(ways: Mapping[str, int] | None) -> str:
    return ", ".join(f"{way} {ways[way]}" for way in WAYS) if ways else f"hidden: a number would be of {FEW} people"

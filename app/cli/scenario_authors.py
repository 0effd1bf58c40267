"""`xinyi scenario new` and `try`: what a plug-in's author starts with. Neither needs a database."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import click

from app.cli.scenario_template import files
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.offer import Offer
from app.domain.scenario import Facts, Outcome
from app.domain.scenario import Path as Way
from app.web.offers import benefit_json, limits_json, ordinary_path_json
from scenarios import BUILT_IN, GROUP, Registry, build

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to write it; xinyi-scenario-NAME unless given.")
def new(name: str, folder: Path | None) -> None:
    """Write an installable plug-in with the family NAME: a rule, an offer, its cases and its tests."""
    if len(name) > 30 or not NAME.match(name):
        raise click.ClickException(
            "NAME is of small letters, digits and single hyphens, 30 at most: umbrella, sea-ferry"
        )
    if name in {family.code for family in BUILT_IN}:
        raise click.ClickException(f"the platform has a family {name!r} already; choose another name")
    folder = folder or Path(f"xinyi-scenario-{name}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException(f"{folder} is there already, and not empty; nothing was written")
    for path, text in files(name).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
        click.echo(f"  {folder / path}")
    click.echo(f"Next: pip install -e {folder}, pytest {folder}, xinyi scenario try xm-{name} --score 640")


@click.command("try")
@click.argument("code")
@click.option("--score", type=click.IntRange(0, 100_000), help="Whole points; without it the score is pending.")
@click.option(
    "--declared", multiple=True, metavar="CONDITION", help="A condition that the citizen declares; again for more."
)
@click.option("--guest", is_flag=True, help="Not opted in.")
@click.option("--ordinary", is_flag=True, help="Chose the ordinary way.")
@click.option("--unpaid", is_flag=True, help="Owes an order of this family.")
@click.option("--pack", help="The score pack of the citizen's city; the offer's first unless given.")
@click.option("--on", type=DAY, help="The day; today unless given.")
@click.option(
    "--facts", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A TOML file of facts."
)
@click.option("--family", metavar="MODULE:CLASS", help="A plug-in that is not installed, such as one of this folder.")
def try_(code: str, file: Path | None, family: str | None, **said: Any) -> None:
    """Decide the scenario CODE for made-up facts: the path, the reasons in words, and what a partner would get."""
    registry = _registry(family)
    for fault in registry.faults:
        click.echo(click.style(f"left out  {fault}", fg="red"), err=True)
    try:
        offer = registry.offer(code)
    except Refusal:
        known = ", ".join(offer.code for offer in registry.offers())
        raise click.ClickException(f"no scenario {code!r}; there are {known}") from None
    facts = _facts(offer, {**_asked(said), **(_from_file(file) if file else {})})
    for line in _told(registry, offer, facts, registry.decide(code, facts)):
        click.echo(line)


def _registry(family: str | None) -> Registry:
    installed = entry_points(group=GROUP)
    if family is None:
        return build(BUILT_IN, installed)
    sys.path.insert(0, str(Path.cwd()))
    points = [point for point in installed if point.value != family]
    return build(BUILT_IN, [*points, EntryPoint(name=family.rpartition(":")[2], value=family, group=GROUP)])


def _asked(said: Mapping[str, Any]) -> dict[str, Any]:
    day = said["on"].date() if said["on"] else day_of(datetime.now(UTC))
    given = {"score": said["score"], "pack": said["pack"], "declared": list(said["declared"])}
    choices = {"member": not said["guest"], "prefers_standard": said["ordinary"], "paused": said["unpaid"]}
    return {"as_of": day, **choices, **{name: value for name, value in given.items() if value}}


def _from_file(file: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise click.ClickException(f"{file}: {fault}") from None
    return dict(said.get("facts", said))


def _facts(offer: Offer, said: dict[str, Any]) -> Facts:
    kinds = {"as_of": date, "city": str, "pack": str, "score": int, "declared": list}
    names = {field.name for field in fields(Facts)}
    for name, value in said.items():
        kind = kinds.get(name, bool)
        if name not in names:
            raise click.ClickException(f"facts: {name!r} is no fact; there are {', '.join(sorted(names))}")
        if type(value) is not kind:
            raise click.ClickException(f"facts: {name} is a {kind.__name__}, not {value!r}")
    usual = {"city": offer.city, "pack": offer.packs[0], "member": True}
    return Facts(**{**usual, **said, "declared": frozenset(said.get("declared", ()))})


def _told(registry: Registry, offer: Offer, facts: Facts, outcome: Outcome) -> Iterator[str]:
    yield f"{click.style(offer.code, bold=True)}  {offer.name.zh} / {offer.name.en}  ({registry.rule(offer.code)})"
    yield f"facts    {', '.join(_fact_words(facts))}"
    yield f"path     {click.style(outcome.path.value, fg='green' if outcome.path is Way.CREDIT else None)}"
    for reason in outcome.reasons:
        words = registry.explain(offer.code, reason)
        yield f"because  {reason.code}: {words.zh} / {words.en}"
    yield "a partner would get, beside ids, times and a signature:"
    yield json.dumps(_answer(offer, outcome), ensure_ascii=False, indent=2)


def _fact_words(facts: Facts) -> Iterator[str]:
    yield "no score yet" if facts.score is None else f"{facts.score} points"
    yield f"pack {facts.pack}"
    yield f"on {facts.as_of}"
    yield from (f"declares {code}" for code in sorted(facts.declared))
    said = {"not opted in": not facts.member, "chose the ordinary way": facts.prefers_standard, "owes": facts.paused}
    yield from (words for words, holds in said.items() if holds)


def _answer(offer: Offer, outcome: Outcome) -> dict[str, Any]:
    """The partner's view of an outcome: path and benefit, or path and the ordinary way; no reason, no score."""
    asked = {"scenario": offer.code, "path": outcome.path.value}
    if outcome.benefit is not None:
        return {**asked, "benefit": benefit_json(outcome.benefit), "limits": limits_json(offer.limits)}
    return {**asked, "ordinary_path": ordinary_path_json(offer.ordinary_path)}

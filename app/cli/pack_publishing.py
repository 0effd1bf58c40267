"""`xinyi pack simulate|publish`: try a new version on a city's members, and bring it before a second person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.cli.office import note
from app.cli.place import workplace
from app.cli.publishing import DAY, FEW, FILE, HAND, bring, publication_options, text_in
from app.domain.calendar import day_of
from app.domain.pack import PackError
from app.services import pack_versions
from app.services.pack_picture import picture
from app.services.pack_simulation import simulate as measured

PATH = "/operator/v1/packs"
SHAPE = ("mean", "deviation", "skewness", "kurtosis")


@click.command()
@click.argument("file", type=FILE)
@click.option("--as-of", type=DAY, help="the day of the scores; today by default")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="write the picture here")
def simulate(file: Path, as_of: datetime | None, svg: Path | None) -> None:
    """Measure the pack in FILE on its city's members, beside the version in force. Stores no score.

    Figures of fewer than 20 people are not shown; the members see the run in their access log.
    """
    text = text_in(file)
    with workplace() as kit, kit.sessions.begin() as session:
        try:
            new = pack_versions.read(text, kit.packs)
        except PackError as broken:
            raise click.ClickException("\n".join(f"{file}: {problem}" for problem in broken.problems)) from broken
        day = as_of.date() if as_of else day_of(kit.clock())
        digest = pack_versions.digest(text)
        found = measured(session, kit.packs, new, day, pii=kit.pii, now=kit.clock(), sha256=digest, actor=HAND)
        note(session, kit, "pack.simulate", f"{new.code} {new.version}", {"as_of": day.isoformat(), "sha256": digest})
    _show(found.as_json(), svg)


@click.command()
@click.argument("file", type=FILE)
@publication_options
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="write the picture here")
def publish(file: Path, svg: Path | None, **said: Any) -> None:
    """Propose the pack in FILE, wait for its simulation, and bring it before a second person. Safe to repeat."""
    bring(PATH, text_in(file), lambda figures: _show(figures, svg), **said)


def _show(figures: Mapping[str, Any], svg: Path | None) -> None:
    for line in _lines(figures):
        click.echo(line)
    if svg is not None:
        svg.write_text(picture(figures), "utf-8")
        click.echo(f"picture: {svg}")


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    against = f"version {found['against']}" if found.get("against") else "nothing"
    people, members = found.get("people") or FEW, found.get("members") or FEW
    yield f"{found['pack']} version {found['version']} beside {against}, as of {found['as_of']}"
    yield f"{people} of {members} members measured"
    for name in ("before", "after"):
        if shape := found.get(f"shape_{name}"):
            yield f"{name:<8}" + ", ".join(f"{what} {_hundredths(shape.get(what))}" for what in SHAPE)
    ways = ", ".join(f"{way} {found.get(way) or FEW}" for way in ("up", "down", "same"))
    yield f"moves   {ways}"
    yield from (f"        {move['before']} → {move['after']}: {move['people']}" for move in found["moves"])
    for cohort in found["cohorts"]:
        means = f"{_hundredths(cohort['before'])} → {_hundredths(cohort['after'])}"
        yield f"cohort  {cohort['attribute']} {cohort['name']}: {cohort['people']} people, mean {means}"
    for rule in found["rules"]:
        figures = ", ".join(f"{name} {_hundredths(value)}" for name, value in rule["figures"].items())
        yield f"rule    {rule['mark']:<8}{rule['code']}: {figures or 'nothing to measure'}"
    cuts = ", ".join(f"{cut['grade']} {cut['from_points']} → {cut.get('suggested') or '?'}" for cut in found["cuts"])
    yield f"grades  {cuts} (suggested by the distribution)"


def _hundredths(value: int | None) -> str:
    return "–" if value is None else f"{value / 100:.2f}"

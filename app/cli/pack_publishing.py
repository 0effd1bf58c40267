"""`xinyi pack simulate|publish`: try a new version on a city's members, and bring it before a second person."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import requests

from app.cli.callers import Caller
from app.cli.client import OAuthError
from app.cli.office import note
from app.cli.place import demo_facts, workplace
from app.config import load
from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.pack import PackError
from app.services import pack_versions
from app.services.pack_picture import picture
from app.services.pack_simulation import simulate as measured

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
HAND = Actor(ActorKind.OPERATOR, "command-line", "信用办")
"""Who members read of in their access log where somebody with a shell simulates."""
PATH = "/operator/v1/packs"
WAIT_SECONDS, TRIES = 1.0, 600
DAY = click.DateTime(["%Y-%m-%d"])
SHAPE = ("mean", "deviation", "skewness", "kurtosis")


@click.command()
@click.argument("file", type=FILE)
@click.option("--as-of", type=DAY, help="the day of the scores; today by default")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="write the picture here")
def simulate(file: Path, as_of: datetime | None, svg: Path | None) -> None:
    """Measure the pack in FILE on its city's members, beside the version in force. Stores no score.

    Figures of fewer than 20 people are not shown; the members see the run in their access log.
    """
    text = _text(file)
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
@click.option("--effective", required=True, type=DAY, help="its first day, at least 7 days ahead")
@click.option("--notice-zh", required=True, help="what members read, in Chinese")
@click.option("--notice-en", required=True, help="what members read, in English")
@click.option("--as", "who", required=True, help="the operator's login")
@click.option("--reason", default="", help="what the second person reads")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="write the picture here")
def publish(file: Path, who: str, reason: str, svg: Path | None, **said: Any) -> None:
    """Propose the pack in FILE, wait for its simulation, and bring it before a second person. Safe to repeat."""
    caller = Caller(demo_facts(), who, Path(load().var_dir) / "demo" / "sessions")
    why = {"reason": reason} if reason else {}
    notice = {"notice_zh": said["notice_zh"], "notice_en": said["notice_en"]}
    try:
        path = _proposed(caller, _text(file), why)
        _show(_simulated(caller, path), svg)
        body = {**notice, "effective_on": said["effective"].date().isoformat(), **why}
        asked = _ask(caller, "POST", f"{path}/publish", json=body)
    except (OAuthError, requests.ConnectionError) as failure:
        told = str(failure) if isinstance(failure, OAuthError) else "nobody answers; is the demo running (make demo)?"
        raise click.ClickException(told) from failure
    click.echo(f"{asked['id']} waits for a second person until {asked['expires_at']}; they approve it at /desk, or by")
    click.echo(f"  xinyi curl --as LOGIN POST /operator/v1/approvals/{asked['id']}/approve '{{}}'")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as broken:
        raise click.ClickException(f"{file}: not UTF-8") from broken


def _proposed(caller: Caller, text: str, why: Mapping[str, str]) -> str:
    """The address of the version with this text, proposed now where it was not yet."""
    digest = pack_versions.digest(text)
    for known in _ask(caller, "GET", PATH)["open"]:
        if known["sha256"] == digest:
            return f"{PATH}/{known['code']}/versions/{known['version']}"
    made = _ask(caller, "POST", PATH, json={"text": text, **why})
    click.echo(f"{made['code']} version {made['version']} is proposed; its simulation runs")
    return f"{PATH}/{made['code']}/versions/{made['version']}"


def _simulated(caller: Caller, path: str) -> dict[str, Any]:
    for _ in range(TRIES):
        version = _ask(caller, "GET", path)
        if version.get("simulation"):
            return dict(version["simulation"])
        time.sleep(WAIT_SECONDS)
    raise click.ClickException("the simulation does not come; is a worker running (xinyi worker)?")


def _ask(caller: Caller, method: str, path: str, **options: Any) -> dict[str, Any]:
    answer = caller.request(method, path, **options)
    body: dict[str, Any] = answer.json()
    if not answer.ok:
        errors = [f"{error['pointer']}: {error['detail']}" for error in body.get("errors", ())]
        raise click.ClickException("\n".join([f"{body['code']}: {body['detail']}", *errors]))
    return body


def _show(figures: Mapping[str, Any], svg: Path | None) -> None:
    for line in _lines(figures):
        click.echo(line)
    if svg is not None:
        svg.write_text(picture(figures), "utf-8")
        click.echo(f"picture: {svg}")


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    few = "fewer than 20"
    against = f"version {found['against']}" if found.get("against") else "nothing"
    people, members = found.get("people") or few, found.get("members") or few
    yield f"{found['pack']} version {found['version']} beside {against}, as of {found['as_of']}"
    yield f"{people} of {members} members measured"
    for name in ("before", "after"):
        if shape := found.get(f"shape_{name}"):
            yield f"{name:<8}" + ", ".join(f"{what} {_hundredths(shape.get(what))}" for what in SHAPE)
    ways = ", ".join(f"{way} {found.get(way) or few}" for way in ("up", "down", "same"))
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

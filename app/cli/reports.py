"""`xinyi report`: make a credit report as a citizen of the running demo, and check one as whoever was given it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import click
import requests

from app.cli.callers import Caller
from app.cli.client import OAuthError
from app.cli.demo_facts import demo_facts
from app.config import SettingsError, load
from app.domain.report import LANGUAGES, LONGEST_DAYS, Shows

TIMEOUT_SECONDS = 20
PATH, CHECKS, PAGE = "/citizen/v1/reports", "/reports/v1/checks", "/reports/check"
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def report() -> None:
    """Credit reports: make one, check one by its code."""


@report.command()
@click.option("--citizen", required=True, metavar="LOGIN", help="whose report")
@click.option("--out", required=True, type=FILE, help="where the PDF goes")
@click.option("--shows", type=click.Choice([str(one) for one in Shows]), default="seal", show_default=True)
@click.option(
    "--days", type=click.IntRange(1, LONGEST_DAYS), default=7, show_default=True, help="how long it is checked"
)
@click.option("--language", type=click.Choice(LANGUAGES), default="zh", show_default=True)
def make(citizen: str, out: Path, shows: str, days: int, language: str) -> None:
    """Write a report of LOGIN in the running demo to a file, and print its link. `report`: a check shows it whole."""
    caller = Caller(demo_facts(), citizen, Path(load().var_dir) / "demo" / "sessions")
    wish = {"shows": shows, "days": days, "language": language}
    try:
        made = _told(caller.request("POST", PATH, json=wish, headers={"Accept-Language": "en"}))
        file = caller.request("GET", made["pdf"])
        _told(file, json_body=False)
        out.write_bytes(file.content)
    except (OAuthError, requests.RequestException, OSError) as failure:
        raise click.ClickException(str(failure)) from failure
    shown = ("id", "code", "check_url", "shows", "expires_at", "sha256")
    click.echo(json.dumps({name: made[name] for name in shown}, ensure_ascii=False, indent=2))


@report.command()
@click.argument("code", metavar="CODE|URL")
@click.option("--file", "paper", type=FILE, help="a PDF to compare with what was issued")
def check(code: str, paper: Path | None) -> None:
    """Say what CODE, or the address in a report's QR, shows.

    Exits with 1 and the reason where it is over, or where the file is another than was issued.
    """
    page, _, code = code.rpartition("#")
    try:
        address = (page.removesuffix(PAGE) or _here()) + CHECKS
        asked = requests.post(address, json={"code": code}, headers={"Accept-Language": "en"}, timeout=TIMEOUT_SECONDS)
        found = _told(asked)
        digest = hashlib.sha256(paper.read_bytes()).hexdigest() if paper else found["sha256"]
    except (requests.RequestException, OSError) as failure:
        raise click.ClickException(str(failure)) from failure
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    if digest != found["sha256"]:
        raise click.ClickException(f"{paper} is another file than was issued, or was changed")


def _here() -> str:
    """The running demo, else this deployment."""
    try:
        return str(demo_facts()["base_url"])
    except SettingsError:
        return load().base_url


def _told(answer: Any, *, json_body: bool = True) -> Any:
    """The body of a good answer; raises ClickException with what a refusal says."""
    if answer.ok:
        return answer.json() if json_body else None
    said = answer.json()
    raise click.ClickException("; ".join(error["detail"] for error in said.get("errors", (said,))))

"""What `xinyi pack publish` and `xinyi scenario publish` share: a text proposed and brought before a second person."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import requests

from app.cli.callers import Caller
from app.cli.client import OAuthError
from app.cli.demo_facts import demo_facts
from app.config import load
from app.domain.access import Actor, ActorKind
from app.services.versions import digest

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
HAND = Actor(ActorKind.OPERATOR, "command-line", "信用办")
"""Who members read of in their access log where somebody with a shell simulates."""
WAIT_SECONDS, TRIES = 1.0, 600
FEW = "fewer than 20"

_OPTIONS = (
    click.option("--effective", required=True, type=DAY, help="its first day, at least 7 days ahead"),
    click.option("--notice-zh", required=True, help="what members read, in Chinese"),
    click.option("--notice-en", required=True, help="what members read, in English"),
    click.option("--as", "who", required=True, help="the operator's login"),
    click.option("--reason", default="", help="what the second person reads"),
)


def publication_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a publication."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def text_in(file: Path) -> str:
    """The text of a file; raises ClickException where it is not UTF-8."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as broken:
        raise click.ClickException(f"{file}: not UTF-8") from broken


def bring(path: str, text: str, show: Callable[[Mapping[str, Any]], None], **said: Any) -> None:
    """Propose `text` at the API's `path`, show its simulation, and ask for its publication. Safe to repeat."""
    caller = Caller(demo_facts(), said["who"], Path(load().var_dir) / "demo" / "sessions")
    why = {"reason": said["reason"]} if said["reason"] else {}
    notice = {name: said[name] for name in ("notice_zh", "notice_en")}
    try:
        version = _proposed(caller, path, text, why)
        show(_simulated(caller, version))
        body = {**notice, "effective_on": said["effective"].date().isoformat(), **why}
        asked = _ask(caller, "POST", f"{version}/publish", json=body)
    except (OAuthError, requests.ConnectionError) as failure:
        told = str(failure) if isinstance(failure, OAuthError) else "nobody answers; is the demo running (make demo)?"
        raise click.ClickException(told) from failure
    click.echo(f"{asked['id']} waits for a second person until {asked['expires_at']}; they approve it at /desk, or by")
    click.echo(f"  xinyi curl --as LOGIN POST /operator/v1/approvals/{asked['id']}/approve '{{}}'")


def _proposed(caller: Caller, path: str, text: str, why: Mapping[str, str]) -> str:
    """The address of the version with this text, proposed now where it was not yet."""
    sha256 = digest(text)
    for known in _ask(caller, "GET", path)["open"]:
        if known["sha256"] == sha256:
            return f"{path}/{known['code']}/versions/{known['version']}"
    made = _ask(caller, "POST", path, json={"text": text, **why})
    click.echo(f"{made['code']} version {made['version']} is proposed; its simulation runs")
    return f"{path}/{made['code']}/versions/{made['version']}"


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

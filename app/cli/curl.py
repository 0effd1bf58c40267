"""`xinyi curl` and `xinyi consent`: try the API of the running demo by hand; logins, tokens and proofs are hidden."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

import click
import requests

from app.cli.callers import Caller, consent_of
from app.cli.client import OAuthError
from app.cli.demo_facts import demo_facts
from app.config import load

TYPES = {".csv": "text/csv", ".ndjson": "application/x-ndjson", ".json": "application/json"}
METHODS = click.Choice(["GET", "POST", "PUT", "DELETE", "PATCH"], case_sensitive=False)


@click.command()
@click.option("--as", "who", required=True, help="a login, a partner, a department, or CLIENT_ID:KEY_FILE")
@click.option("-H", "--header", "headers", multiple=True, help="another header, NAME: VALUE")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="write the answer's body here")
@click.option("-i", "--include", is_flag=True, help="print the status and headers as well")
@click.option("-p", "--pick", metavar="FIELD", help="print one field of the answer, such as data.0.id")
@click.argument("method", type=METHODS)
@click.argument("path")
@click.argument("body", required=False)
def curl(
    who: str,
    headers: tuple[str, ...],
    output: Path | None,
    include: bool,
    pick: str | None,
    method: str,
    path: str,
    body: str | None,
) -> None:
    """Call the API of the running demo: METHOD PATH [BODY]. BODY is JSON, or @FILE. A refusal exits with 1."""
    caller = Caller(demo_facts(), who, Path(load().var_dir) / "demo" / "sessions")
    sent = _headers(method, path, body) | dict(_header(header) for header in headers)
    try:
        answer = caller.request(method, path, headers=sent, data=_body(body))
    except (OAuthError, requests.ConnectionError) as failure:
        raise click.ClickException(_told(failure)) from failure
    if pick and answer.ok:
        click.echo(_picked(answer.json(), pick))
    else:
        _print(answer, output, include)
    sys.exit(0 if answer.ok else 1)


@click.command()
@click.option("--as", "partner", required=True, help="the partner who asks")
@click.option("--from", "citizen", required=True, help="the citizen's login")
@click.option("--term-days", default=30, show_default=True, help="for how long")
@click.argument("scope")
def consent(partner: str, citizen: str, term_days: int, scope: str) -> None:
    """Let a citizen agree to SCOPE (eligibility:SCENARIO, or score:read) for a partner, as their pages would."""
    try:
        given = consent_of(demo_facts(), partner, citizen, scope, term_days)
    except (OAuthError, requests.ConnectionError) as failure:
        raise click.ClickException(_told(failure)) from failure
    click.echo(json.dumps(given, ensure_ascii=False, indent=2))


def _headers(method: str, path: str, body: str | None) -> dict[str, str]:
    headers = {"Accept-Language": "zh-CN"}
    if method.upper() in ("POST", "PUT") and path.startswith(("/partner/", "/department/")):
        headers["Idempotency-Key"] = uuid.uuid4().hex
    if body is not None:
        suffix = Path(body[1:]).suffix if body.startswith("@") else ".json"
        headers["Content-Type"] = TYPES.get(suffix, "application/octet-stream")
    return headers


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip(), value.strip()


def _body(body: str | None) -> bytes | None:
    if body is None or not body.startswith("@"):
        return None if body is None else body.encode()
    try:
        return Path(body[1:]).read_bytes()
    except OSError as missing:
        raise click.ClickException(f"{body[1:]}: {missing.strerror}") from missing


def _picked(value: Any, field: str) -> str:
    for name in field.split("."):
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (LookupError, TypeError, ValueError):
            raise click.ClickException(f"the answer has no {field}") from None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _told(failure: Exception) -> str:
    return str(failure) if isinstance(failure, OAuthError) else "nobody answers; is the demo running (make demo)?"


def _print(answer: Any, output: Path | None, include: bool) -> None:
    if include:
        click.echo(f"HTTP {answer.status_code}")
        click.echo("".join(f"{name}: {value}\n" for name, value in answer.headers.items()))
    if output is not None:
        output.write_bytes(answer.content)
    elif "json" in answer.headers.get("Content-Type", ""):
        click.echo(json.dumps(answer.json(), ensure_ascii=False, indent=2))
    elif answer.content:
        sys.stdout.buffer.write(answer.content)

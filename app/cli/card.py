"""`xinyi card`: make an offline card as a citizen of the running demo, and verify one with the published keys alone."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import requests

from app.cli import presentation
from app.cli.callers import Caller
from app.cli.client import OAuthError
from app.cli.demo_facts import demo_facts
from app.cli.presentation import Asked
from app.cli.published_keys import published_keys
from app.config import load
from app.domain.card import FIELDS, PURPOSES, NameKind
from app.services import card_tokens
from app.services.card_tokens import CardInvalid

REASONS = {
    "not_a_card": "this is no card of ours",
    "unknown_key": "none of these keys signed it",
    "tampered": "it was changed after it was signed",
    "expired": "its time is over",
    "not_yet_valid": "it is dated in the future",
}


@click.group()
def card() -> None:
    """Offline name cards: issue one, verify one without a network."""


@card.command()
@click.option("--citizen", required=True, metavar="LOGIN", help="whose card")
@click.option("--purpose", type=click.Choice(list(PURPOSES)), default="introduction", show_default=True)
@click.option("--name", type=click.Choice([str(kind) for kind in NameKind]), help="masked where only fields are given")
@click.option("--fields", metavar="A,B", help=f"what to show besides the name: {', '.join(FIELDS)}")
@click.option("--minutes", type=click.IntRange(5, 720), default=60, show_default=True, help="how long it lives")
def issue(citizen: str, purpose: str, name: str | None, fields: str | None, minutes: int) -> None:
    """Print a card of LOGIN in the running demo. Without --name and --fields it shows what their own card ticks."""
    body: dict[str, Any] = {"purpose": purpose, "minutes": minutes}
    if name or fields is not None:
        body["show"] = {
            "name_kind": name or "masked",
            "fields": [field for field in (fields or "").split(",") if field],
        }
    caller = Caller(demo_facts(), citizen, Path(load().var_dir) / "demo" / "sessions")
    try:
        answer = caller.request("POST", "/citizen/v1/name-card/offline", json=body, headers={"Accept-Language": "en"})
    except (OAuthError, requests.ConnectionError) as failure:
        raise click.ClickException(str(failure)) from failure
    told = answer.json()
    if not answer.ok:
        raise click.ClickException("; ".join(error["detail"] for error in told.get("errors", (told,))))
    click.echo(told["card"])


@card.command()
@click.argument("text", metavar="CARD")
@click.option("--keys", metavar="FILE|URL", help="the published keys, a JWKS; default: those of this deployment")
@click.option("--nonce", help="of a wallet's presentation: the nonce that you gave for it")
@click.option("--audience", help="of a wallet's presentation: you, as you named yourself to it")
@click.option("--issuer", help="of a wallet's presentation: whose it must be; default: this deployment's")
@click.option("--status", metavar="FILE|URL", help="its status list; default: asked of its issuer")
def verify(text: str, keys: str | None, **wallet: str | None) -> None:
    """Say what CARD shows (- reads it from the input). Exits with 1 and the reason where it does not hold.

    CARD is an offline card (XY1:…), or a wallet's presentation (an SD-JWT, with ~ in it). Without a network the
    published keys of the last time are used.
    """
    text = (sys.stdin.read() if text == "-" else text).strip("\r\n")
    told = presentation.shown(text, Asked(keys=keys, **wallet)) if "~" in text else _offline(text, keys)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _offline(text: str, keys: str | None) -> dict[str, Any]:
    """What an offline card (`XY1:`) shows."""
    try:
        return card_tokens.verify(text, published_keys(keys), datetime.now(UTC)).as_json()
    except CardInvalid as invalid:
        raise click.ClickException(f"{invalid.reason}: {REASONS[invalid.reason]}") from invalid

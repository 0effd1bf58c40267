"""`xinyi card verify PRESENTATION`: what a wallet's presentation shows to a verifier that gave it a nonce."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import requests

from app.cli.published_keys import published_keys
from app.config import load
from app.services.credential_check import REASONS, CredentialInvalid, Expected, check

TIMEOUT_SECONDS = 10
LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """The verifier's side: the nonce that it gave, its own name, whom it trusts, and where it has keys and status."""

    nonce: str | None
    audience: str | None
    issuer: str | None
    keys: str | None
    status: str | None


def shown(text: str, asked: Asked) -> dict[str, Any]:
    """What the presentation discloses; raises ClickException with the reason where it does not hold."""
    if not asked.nonce or not asked.audience:
        raise click.UsageError("a wallet's presentation is checked with --nonce and --audience")
    issuer = asked.issuer or load().base_url
    keys = published_keys(asked.keys)
    expected = Expected(issuer, keys, asked.audience, asked.nonce, datetime.now(UTC))
    status_of = _status_from(asked.status)
    try:
        read = check(text, expected, lambda uri: status_of(uri).strip())
    except CredentialInvalid as invalid:
        raise click.ClickException(f"{invalid.reason}: {REASONS[invalid.reason]}") from invalid
    times = {"issued_at": read.issued_at.isoformat(), "expires_at": read.expires_at.isoformat()}
    return {"issuer": issuer, **times, "credential": dict(read.claims)}


def _status_from(source: str | None) -> Callable[[str], str]:
    """Reads the list from a file or URL that is given, else from where the credential says, at its issuer."""

    def read(uri: str) -> str:
        place = source or uri
        try:
            return _fetched(place) if place.startswith(("http://", "https://")) else Path(place).read_text("ascii")
        except (requests.RequestException, OSError, ValueError) as failure:
            raise click.ClickException(f"no status list in {place}: {type(failure).__name__}") from failure

    return read


def _fetched(url: str) -> str:
    answer = requests.get(url, headers={"Accept": "application/statuslist+jwt"}, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return answer.text[:LONGEST]

"""The published keys of a deployment, as they are and, without a network, as they were when last seen."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import requests

from app.config import load

TIMEOUT_SECONDS = 10
KEPT = "published-keys.json"
"""In the folder XINYI_VAR_DIR: each address with the keys found there, and when."""
OLD_DAYS = 7
"""A new key for cards is published seven days before it signs: older keys may lack one, or hold one withdrawn since."""


def published_keys(keys: str | None) -> Mapping[str, Any]:
    """The JWKS (RFC 7517) in a file or at a URL, else that of this deployment; raises ClickException.

    Those of a URL are kept. Where it does not answer, the keys kept are used, which is said on the error output.
    """
    source = keys or load().base_url + "/oauth/jwks"
    if not source.startswith(("http://", "https://")):
        return _in_file(source)
    try:
        answer = requests.get(source, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        found = _jwks(answer.json())
    except (requests.RequestException, ValueError) as failure:
        return _kept(source, type(failure).__name__)
    _keep(source, found)
    return found


def _in_file(path: str) -> Mapping[str, Any]:
    try:
        return _jwks(json.loads(Path(path).read_text("utf-8")))
    except (OSError, ValueError) as failure:
        raise click.ClickException(f"no keys in {path}: {type(failure).__name__}") from failure


def _jwks(found: object) -> Mapping[str, Any]:
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise ValueError("not a JWKS")
    return found


def _store() -> Path:
    return Path(load().var_dir) / KEPT


def _all_kept() -> dict[str, Any]:
    try:
        found = json.loads(_store().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _kept(source: str, failure: str) -> Mapping[str, Any]:
    try:
        entry = _all_kept()[source]
        fetched, found = datetime.fromisoformat(entry["fetched_at"]), _jwks(entry["jwks"])
    except (KeyError, TypeError, ValueError):
        raise click.ClickException(f"no keys in {source}: {failure}; none are kept from before") from None
    old = " (they are old: a key withdrawn since is not known)" if (_now() - fetched).days >= OLD_DAYS else ""
    click.echo(f"{source} does not answer ({failure}): by its keys of {fetched:%Y-%m-%d %H:%M} UTC{old}", err=True)
    return found


def _keep(source: str, found: Mapping[str, Any]) -> None:
    """Put in place whole. A folder that cannot be written to keeps nothing, and fails nothing."""
    entry = {"fetched_at": _now().isoformat(timespec="seconds"), "jwks": found}
    new = _store().with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps({**_all_kept(), source: entry}), "utf-8")
        new.replace(_store())


def _now() -> datetime:
    return datetime.now(UTC)

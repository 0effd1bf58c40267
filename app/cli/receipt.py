"""`xinyi receipt verify`: whether a receipt of leaving, or a proof of deletion, is ours: offline, by published keys."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import jwt

from app.citizen.receipts import ALGORITHM, TYPE
from app.cli.published_keys import published_keys
from app.domain.retention import commitment
from app.services import proofs

TYPES = (TYPE, proofs.TYPE)


@click.group()
def receipt() -> None:
    """Receipts of leaving and proofs of deletion."""


@receipt.command()
@click.argument("file", metavar="FILE")
@click.option("--keys", metavar="FILE|URL", help="the published keys, a JWKS; default: those of this deployment")
@click.option("--record", metavar="FILE", help="also show that a proof is of this record, or of one in this export")
def verify(file: str, keys: str | None, record: str | None) -> None:
    """Say what the receipt in FILE says (as downloaded, or its JWS; - reads the input). Exits with 1 where it fails."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        claims = read(_jws(text.strip()), published_keys(keys))
        proven = record is None or is_of(claims, json.loads(Path(record).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as failure:
        raise click.ClickException(f"no receipt that holds: {type(failure).__name__}") from failure
    if not proven:
        raise click.ClickException("the proof holds, and it is not of this record")
    click.echo(json.dumps(claims, ensure_ascii=False, indent=2))


def read(signed: str, jwks: Any) -> dict[str, Any]:
    """The claims of a receipt signed by one of `jwks` (RFC 7515, RFC 7517); raises jwt.PyJWTError or ValueError."""
    header = jwt.get_unverified_header(signed)
    key = next((jwk for jwk in jwks["keys"] if jwk.get("kid") == header.get("kid")), None)
    if key is None or header.get("typ") not in TYPES:
        raise ValueError("no receipt of these keys")
    options: Any = {"require": ["iss", "jti", "iat"], "verify_aud": False}
    return jwt.decode(signed, jwt.PyJWK(key, ALGORITHM), algorithms=[ALGORITHM], options=options)


def is_of(claims: Mapping[str, Any], document: Any) -> bool:
    """Whether a proof commits to this record, as an export tells it, or to one of a whole export's records.

    Raises KeyError, TypeError or ValueError for what is neither, or a receipt that proves the deletion of no record.
    """
    salt, committed = bytes.fromhex(claims["salt"]), claims["commitment"]
    records = document["tables"]["records"] if "tables" in document else [document]
    return any(commitment(salt, record).hex() == committed for record in records)


def _jws(text: str) -> str:
    return str(json.loads(text)["signed"]) if text.startswith("{") else text

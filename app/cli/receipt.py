"""`xinyi receipt verify`: whether a receipt of leaving is ours, with the published keys alone and no network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
import jwt

from app.citizen.receipts import ALGORITHM, TYPE
from app.cli.card import published_keys


@click.group()
def receipt() -> None:
    """Receipts of leaving."""


@receipt.command()
@click.argument("file", metavar="FILE")
@click.option("--keys", metavar="FILE|URL", help="the published keys, a JWKS; default: those of this deployment")
def verify(file: str, keys: str | None) -> None:
    """Say what the receipt in FILE says (as downloaded, or its JWS; - reads the input). Exits with 1 where it fails."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        claims = read(_jws(text.strip()), published_keys(keys))
    except (OSError, ValueError, jwt.PyJWTError) as failure:
        raise click.ClickException(f"no receipt that holds: {type(failure).__name__}") from failure
    click.echo(json.dumps(claims, ensure_ascii=False, indent=2))


def read(signed: str, jwks: Any) -> dict[str, Any]:
    """The claims of a receipt signed by one of `jwks` (RFC 7515, RFC 7517); raises jwt.PyJWTError or ValueError."""
    header = jwt.get_unverified_header(signed)
    key = next((jwk for jwk in jwks["keys"] if jwk.get("kid") == header.get("kid")), None)
    if key is None or header.get("typ") != TYPE:
        raise ValueError("no receipt of these keys")
    options: Any = {"require": ["iss", "jti", "iat"], "verify_aud": False}
    return jwt.decode(signed, jwt.PyJWK(key, ALGORITHM), algorithms=[ALGORITHM], options=options)


def _jws(text: str) -> str:
    return str(json.loads(text)["signed"]) if text.startswith("{") else text

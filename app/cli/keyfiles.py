"""Private keys of OAuth clients as PEM files, and secrets of one-time codes, that only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyotp
from joserfc.jwk import ECKey


def make_key(path: Path) -> dict[str, Any]:
    """Write a new ES256 key to `path` (mode 600), in place of an older one; returns its public JWK (RFC 7517)."""
    key = ECKey.generate_key("P-256")
    _write(path, key.as_pem(private=True))
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "alg": "ES256", "use": "sig"}


def read_key(path: Path) -> ECKey:
    """The key in `path`, with its thumbprint (RFC 7638) as `kid`."""
    bare = ECKey.import_key(path.read_bytes())
    return ECKey.import_key({**bare.as_dict(private=True), "kid": bare.thumbprint()})


def make_secret(path: Path) -> str:
    """Write a new secret of one-time codes (RFC 6238, base32) to `path` (mode 600); returns it."""
    secret = pyotp.random_base32()
    _write(path, secret.encode())
    return secret


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)

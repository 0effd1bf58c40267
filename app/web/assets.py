"""Where static files are served: below a digest of all of them, so that a browser may keep each for good.

Modules import each other by relative address, so the digest stands in the path and not in a query.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

KEPT_SECONDS = 31_536_000
_LENGTH = 12


def static_url_path() -> str:
    """`/static/<digest>`; other contents, other digest."""
    digest = hashlib.sha256()
    for path, entry in _walk("", files("app.web").joinpath("static")):
        digest.update(path.encode() + b"\0" + entry.read_bytes() + b"\0")
    return f"/static/{digest.hexdigest()[:_LENGTH]}"


def _walk(prefix: str, folder: Traversable) -> list[tuple[str, Traversable]]:
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [
        found
        for entry in entries
        for found in (_walk(f"{prefix}/{entry.name}", entry) if entry.is_dir() else [(f"{prefix}/{entry.name}", entry)])
    ]

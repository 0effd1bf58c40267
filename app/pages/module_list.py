"""The scripts of a page, so that a phone on a bad line asks for all at once instead of one import after the other."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def modules_of(page: str) -> tuple[str, ...]:
    """Every module below `lib`, `words` and the page's own folder, by its name below the static folder."""
    static = files("app.web").joinpath("static")
    return tuple(
        f"{folder}/{entry.name}"
        for folder in ("lib", "words", page)
        for entry in sorted(static.joinpath(folder).iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".js")
    )

"""信易+ (XinYi+): the platform behind a city's citizen credit app."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """The WSGI entry point, `app:create_app()`; settings come from the environment."""
    from app.factory import create_app as build

    return build()

"""Two processes of one city in a test: apps with nothing in common but the database and the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from sqlalchemy import Engine

from app.config import Settings
from app.factory import build_kit, create_app


def started(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> Flask:
    """A process: it remembers nothing yet."""
    return create_app(kit=build_kit(settings, engine=engine, clock=clock))

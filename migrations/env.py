"""Alembic's door: it runs this file for every command, on a connection that it is given or on DATABASE_URL."""

from __future__ import annotations

from alembic import context

from app.config import load
from app.store import models
from migrations import commands

connection = context.config.attributes.get("connection")
if connection is not None:
    commands.run_on(connection, models.load())
else:
    with commands.engine_of(load()).begin() as own:
        commands.run_on(own, models.load())

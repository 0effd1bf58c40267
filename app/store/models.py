"""Every table, for migrations and for leaving: importing this package's modules fills `Base.metadata`."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from sqlalchemy import MetaData

import app.store
from app.store.base import Base


def load() -> MetaData:
    """The metadata of all tables of app/store."""
    for module in pkgutil.iter_modules(app.store.__path__, "app.store."):
        import_module(module.name)
    return Base.metadata

"""The scenarios: plug-ins, one file a family, and the registry that finds them (docs/how-to-add-a-scenario.md)."""

from __future__ import annotations

from importlib.metadata import entry_points

from scenarios.bikes import Bikes
from scenarios.library import Library
from scenarios.medical import Medical
from scenarios.plugins import GROUP, Fault
from scenarios.registry import Registry, build
from scenarios.transit import Transit

__all__ = ["BUILT_IN", "GROUP", "Fault", "Registry", "build", "load"]

BUILT_IN = (Library, Transit, Medical, Bikes)


def load() -> Registry:
    """The registry of this installation: the built-ins, then whatever is installed under the entry-point group."""
    return build(BUILT_IN, entry_points(group=GROUP))

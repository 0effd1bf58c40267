"""A plug-in that changes the platform while it loads: seen, named, and undone.

What it guards are names: the functions, classes and constants of our modules and Python's built-ins. It is no wall
against malice (code in one process can reach everything), but against the helpful patch that changes another's answer.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

GUARDED = ("app", "scenarios", "auth", "partners", "builtins")
_ABSENT = object()
Holder = ModuleType | type


class Names:
    """Every guarded name and what it stands for, at the moment that this is made."""

    def __init__(self) -> None:
        self._kept = {holder: dict(vars(holder)) for holder in _holders()}

    def restore(self) -> list[str]:
        """Put back what was changed since; the dotted names of it."""
        changed = [(holder, name) for holder in self._kept for name in self._changed(holder)]
        for holder, name in changed:
            _put(holder, name, self._kept[holder].get(name, _ABSENT))
        return sorted(_called(holder, name) for holder, name in changed)

    def _changed(self, holder: Holder) -> list[str]:
        before, after = self._kept[holder], vars(holder)
        names = [name for name in {**before, **after} if before.get(name, _ABSENT) is not after.get(name, _ABSENT)]
        return [name for name in names if not _pythons_own(name, after.get(name))]


def _pythons_own(name: str, value: object) -> bool:
    """A module that was loaded, and what Python itself notes down, such as `__warningregistry__`."""
    return isinstance(value, ModuleType) or (name.startswith(("__", "_abc_")) and not callable(value))


def _holders() -> Iterator[Holder]:
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and name.split(".")[0] in GUARDED:
            yield module
            classes = (value for value in vars(module).values() if isinstance(value, type))
            yield from (value for value in classes if value.__module__ == name)


def _put(holder: Holder, name: str, value: Any) -> None:
    # An enumeration refuses to have its members set; `type` itself does not ask it.
    owner: Any = type if isinstance(holder, type) else object
    if value is _ABSENT:
        owner.__delattr__(holder, name)
    else:
        owner.__setattr__(holder, name, value)


def _called(holder: Holder, name: str) -> str:
    place = f"{holder.__module__}.{holder.__qualname__}" if isinstance(holder, type) else holder.__name__
    return f"{place}.{name}"

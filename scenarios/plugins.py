"""Finding the plug-ins: built-ins, then entry points of group `xinyi.scenarios`. A broken one is only reported."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from app.domain.reasons import REASONS
from app.domain.scenario import Family
from app.domain.wording import Words
from scenarios.lanes import Lane
from scenarios.tampering import Names

GROUP = "xinyi.scenarios"


class PluginError(Exception):
    """A plug-in cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one plug-in or offer; `source` says where it comes from."""

    source: str
    problem: str

    def __str__(self) -> str:
        return f"{self.source}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A family and what it said of itself when it was loaded; `lane` is where a foreign one answers."""

    family: type[Family]
    code: str
    version: str
    reasons: Mapping[str, Words]
    home: Path
    source: str
    lane: Lane | None = None


def found(
    built_in: Iterable[type[Family]], entry_points: Iterable[EntryPoint], lanes: Callable[[], Lane | None] = Lane
) -> tuple[dict[str, Plugin], list[Fault]]:
    """The plug-ins by the code of their family, and the faults of those left out. The first of a code stays."""
    plugins = {family.code: _plugin(family, family.__module__) for family in built_in}
    faults: list[Fault] = []
    for entry_point in sorted(entry_points, key=lambda point: (point.name, point.value)):
        names, source = Names(), _source(entry_point)
        try:
            plugin = _loaded(entry_point, source, lanes())
            if plugin.code in plugins:
                raise PluginError(f"the family {plugin.code!r} is already there, from {plugins[plugin.code].source}")
            plugins[plugin.code] = plugin
        except PluginError as fault:
            faults.append(Fault(source, str(fault)))
        except (Exception, SystemExit) as fault:  # what a plug-in says of itself is foreign code too
            faults.append(Fault(source, f"it cannot be read: {type(fault).__name__}"))
        if changed := names.restore():
            plugins = {code: plugin for code, plugin in plugins.items() if plugin.source != source}
            faults.append(Fault(source, f"it changed {', '.join(changed)}, which was put back"))
    return plugins, faults


def _source(entry_point: EntryPoint) -> str:
    package = entry_point.dist.name if entry_point.dist else "?"
    return f"scenario plug-in {entry_point.name!r} ({package}, {entry_point.value})"


def _loaded(entry_point: EntryPoint, source: str, lane: Lane | None) -> Plugin:
    try:
        family = entry_point.load()
    except (Exception, SystemExit) as fault:  # whatever foreign code raises, the city's other services stay
        raise PluginError(f"loading it raised {type(fault).__name__}: {fault}") from fault
    if not (isinstance(family, type) and issubclass(family, Family)):
        raise PluginError(f"a subclass of app.domain.scenario.Family is needed, it is {family!r}")
    for problem in _problems(family):
        raise PluginError(problem)
    return _plugin(family, source, lane)


def _plugin(family: type[Family], source: str, lane: Lane | None = None) -> Plugin:
    home = Path(str(sys.modules[family.__module__].__file__)).parent
    return Plugin(family, family.code, family.version, dict(family.reasons), home, source, lane)


def _problems(family: type[Family]) -> Iterator[str]:
    if inspect.isabstract(family):
        yield "it does not define decide(facts)"
    if not getattr(sys.modules.get(family.__module__), "__file__", None):
        yield "it must be defined in a module's file, beside its offers"
    for name in ("code", "version"):
        said: Any = getattr(family, name, None)
        if type(said) is not str or not said:
            yield f"its {name} must be a text"
    reasons: object = family.reasons
    if not isinstance(reasons, Mapping):
        yield "its reasons must map codes to Words"
        return
    for code, text in reasons.items():
        if not isinstance(text, Words) or not (text.zh and text.en):
            yield f"the reason {code!r} needs Words in both languages"
        elif word := text.harsh_word():
            yield f"the reason {code!r} is not neutral, it says {word!r}"
        if code in REASONS:
            yield f"the reason {code!r} belongs to the platform"

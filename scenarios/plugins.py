"""Finding the plug-ins: built-ins, then entry points of group `xinyi.scenarios`. A broken one is only reported."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

from app.domain.reasons import REASONS
from app.domain.scenario import Family
from app.domain.wording import Words

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


def families(
    built_in: Iterable[type[Family]], entry_points: Iterable[EntryPoint]
) -> tuple[dict[str, type[Family]], list[Fault]]:
    """The families by code, and the faults of those that are left out. The first of a code stays."""
    found: dict[str, type[Family]] = {family.code: family for family in built_in}
    faults: list[Fault] = []
    for entry_point in sorted(entry_points, key=lambda point: (point.name, point.value)):
        try:
            family = _family(entry_point)
            if family.code in found:
                raise PluginError(f"the family {family.code!r} is already there, from {found[family.code].__module__}")
            found[family.code] = family
        except PluginError as fault:
            faults.append(Fault(_source(entry_point), str(fault)))
    return found, faults


def home(family: type[Family]) -> Path:
    """The folder of a family's module, where its `offers` and `cases` are."""
    return Path(str(sys.modules[family.__module__].__file__)).parent


def _source(entry_point: EntryPoint) -> str:
    package = entry_point.dist.name if entry_point.dist else "?"
    return f"scenario plug-in {entry_point.name!r} ({package}, {entry_point.value})"


def _family(entry_point: EntryPoint) -> type[Family]:
    try:
        family = entry_point.load()
    except (Exception, SystemExit) as fault:  # whatever foreign code raises, the city's other services stay
        raise PluginError(f"loading it raised {type(fault).__name__}: {fault}") from fault
    if not (isinstance(family, type) and issubclass(family, Family)):
        raise PluginError(f"a subclass of app.domain.scenario.Family is needed, it is {family!r}")
    for problem in _problems(family):
        raise PluginError(problem)
    return family


def _problems(family: type[Family]) -> Iterator[str]:
    if inspect.isabstract(family):
        yield "it does not define decide(facts)"
    if not getattr(sys.modules.get(family.__module__), "__file__", None):
        yield "it must be defined in a module's file, beside its offers"
    for name in ("code", "version"):
        if not (isinstance(getattr(family, name, None), str) and getattr(family, name)):
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

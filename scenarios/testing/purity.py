"""Whether a rule is pure: what it imports and calls, what it touches while it runs, and what it leaves behind.

Read from its source: only what cannot look at the world is imported, and no clock is asked. Seen while it runs: no
file, socket, process or sleep (audit events, PEP 578), and no more steps than a rule on a wall needs. Seen after it
ran: its own module, its class, its instance and the platform are as they were.
"""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from types import FrameType, ModuleType
from typing import Any

from scenarios.asking import Scenario

PURE = frozenset({
    "__future__", "abc", "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "itertools", "math", "operator", "re", "statistics", "string", "types", "typing",
})  # fmt: skip
"""The modules of the standard library that a rule may import, beside app.domain and its own package."""

_ASKS_THE_WORLD = {"now", "utcnow", "today"}
_REACHES_OUT = {
    "open", "input", "print", "exec", "eval", "compile", "__import__", "globals", "setattr", "delattr", "breakpoint"
}  # fmt: skip
_SEEN = (
    "open", "socket.", "os.", "subprocess.", "time.sleep", "shutil.", "sqlite3.", "urllib.", "http.", "tempfile.",
    "glob.", "ctypes.", "import", "exec", "compile", "builtins.input", "signal.", "mmap.", "pathlib.",
)  # fmt: skip
MOST_STEPS = 100_000
"""Instructions of Python that a decision may run; an honest rule takes some hundreds."""


class Impure(Exception):
    """A rule did what no rule may do; the message names it."""


def source_faults(modules: Iterable[ModuleType]) -> Iterator[str]:
    """What these modules of a plug-in import or call that a rule may not, with its place."""
    for module in modules:
        with open(str(module.__file__), encoding="utf-8") as file:
            tree = ast.parse(file.read())
        for node in ast.walk(tree):
            for fault in _node_faults(node, module.__name__.split(".")[0]):
                yield f"{module.__name__}:{getattr(node, 'lineno', 0)} {fault}"


def _node_faults(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"imports {alias.name}" for alias in node.names if not _may_import(alias.name, package))
    elif isinstance(node, ast.ImportFrom) and not node.level and not _may_import(str(node.module), package):
        yield f"imports {node.module}"
    elif isinstance(node, ast.Global):
        yield f"changes the global {', '.join(node.names)}"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ASKS_THE_WORLD:
        yield f"asks a clock: {node.func.attr}() (the day is facts.as_of)"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _REACHES_OUT:
        yield f"calls {node.func.id}()"


def _may_import(name: str, package: str) -> bool:
    return name.split(".")[0] in {*PURE, package} or name == "app.domain" or name.startswith("app.domain.")


def modules_of(scenario: Scenario) -> list[ModuleType]:
    """The modules of a plug-in's package that are loaded, tests apart; of one of ours its own module alone."""
    own = scenario.plugin.family.__module__
    package = own.split(".")[0]
    names = [own] if package == "scenarios" else [name for name in sys.modules if name.split(".")[0] == package]
    found = (sys.modules[name] for name in names if "test" not in name)
    return [module for module in found if getattr(module, "__file__", None)]


class Watched(threading.local):
    """What the rule of this thread is seen to do; None while nobody watches."""

    events: list[str] | None = None


_watched = Watched()
_installed: list[bool] = []


def _hook(event: str, _args: tuple[Any, ...]) -> None:
    # While the interpreter ends, what a module held is None, and hooks still ring.
    events = getattr(_watched, "events", None)
    if events is not None and event.startswith(_SEEN):
        events.append(event)
        raise Impure(event)


def watched(run: Callable[[], Any]) -> Any:
    """What `run` returns; raises Impure if it touches the world or takes more than MOST_STEPS, hidden or not."""
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    _watched.events, before = [], sys.gettrace()
    sys.settrace(_counter(_watched.events))
    try:
        answer = run()
    finally:
        sys.settrace(before)
        seen, _watched.events = _watched.events or [], None
    if seen:
        raise Impure(seen[0])
    return answer


def _counter(seen: list[str]) -> Callable[[FrameType, str, Any], Any]:
    left = [MOST_STEPS]

    def count(frame: FrameType, event: str, _arg: Any) -> Any:
        frame.f_trace_opcodes = True
        left[0] -= event == "opcode"
        if left[0] < 0:
            seen.append(f"more than {MOST_STEPS} steps")
            raise Impure(seen[-1])
        return count

    return count


def state(scenario: Scenario) -> dict[str, Any]:
    """All that the plug-in could keep between two decisions: containers of its modules and classes, its instance."""
    places: dict[str, Any] = {"self": scenario.rule}
    for module in modules_of(scenario):
        places[module.__name__] = module
        classes = (value for value in vars(module).values() if isinstance(value, type))
        places.update(
            {f"{module.__name__}.{one.__qualname__}": one for one in classes if one.__module__ == module.__name__}
        )
    return {
        f"{place}.{name}": deepcopy(value)
        for place, holder in places.items()
        for name, value in vars(holder).items()
        if not name.startswith("__") and _keeps(value)
    }


def _keeps(value: object) -> bool:
    return isinstance(value, (dict, list, set, bytearray, int, float, str, tuple, frozenset))

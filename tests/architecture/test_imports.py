"""Who may import whom (architecture.md): the core knows nothing of the edges, and nothing goes round in circles."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.source import Module, imports, product

AN_EDGE = {"app.domain", "app.services", "app.web", "auth"}
MAY_IMPORT: dict[str, set[str]] = {
    "app.domain": set(),
    "app.config": set(),
    "app.packs": {"app.domain"},
    "app.population": {"app.domain"},
    "scenarios": {"app.domain"},
    "app.store": {"app.domain"},
    "app.services": {"app.domain", "app.store"},
    "app.web": {"app.domain", "app.store", "app.config"},
    "auth": {"app.domain", "app.store", "app.services", "app.web", "app.config"},
    "app.citizen": AN_EDGE,
    "app.department": AN_EDGE,
    "app.operator": AN_EDGE,
    "app.pages": AN_EDGE,
    "partners": AN_EDGE,
    "migrations": {"app.store", "app.config"},
}
EVERYTHING = ("app", "app.factory", "app.cli")
STANDARD_LIBRARY_ONLY = ("app.domain", "app.config", "app.packs")
OURS = ("app", "scenarios", "auth", "partners", "migrations")


def room_of(name: str) -> str:
    """The package of the table that a dotted name belongs to."""
    rooms = [room for room in (*MAY_IMPORT, *EVERYTHING) if name == room or name.startswith(f"{room}.")]
    return max(rooms, key=len) if rooms else name.split(".")[0]


def ours(module: Module) -> set[str]:
    return {name for name, _ in imports(module) if name.split(".")[0] in OURS}


@pytest.mark.parametrize("module", product().values(), ids=lambda module: module.name)
def test_a_module_imports_only_what_its_room_may(module: Module) -> None:
    room = room_of(module.name)
    if room in EVERYTHING:
        return
    wrong = sorted(name for name in ours(module) if room_of(name) not in {room, *MAY_IMPORT[room]})
    assert not wrong, f"{module.shown} ({room}) imports {wrong}"


@pytest.mark.parametrize("room", STANDARD_LIBRARY_ONLY)
def test_the_core_stands_on_the_standard_library_alone(room: str) -> None:
    foreign = {
        f"{module.shown}: {name}"
        for module in product().values()
        if room_of(module.name) == room
        for name, _ in imports(module)
        if name.split(".")[0] not in {*sys.stdlib_module_names, *OURS}
    }
    assert not foreign


@pytest.mark.parametrize("room", ["app.domain", "app.store", "app.services", "scenarios"])
def test_flask_stays_at_the_edge(room: str) -> None:
    flask = [
        module.shown
        for module in product().values()
        if room_of(module.name) == room
        and any(name.split(".")[0] in ("flask", "flask_smorest", "werkzeug", "webargs") for name, _ in imports(module))
    ]
    assert not flask


def test_nothing_is_imported_inside_a_function_but_the_app_by_create_app() -> None:
    inside = [
        f"{module.shown}:{statement.lineno}"
        for module in product().values()
        for statement in _inside_functions(module.tree)
        if module.name != "app"
    ]
    assert not inside


def _inside_functions(tree: ast.Module) -> list[ast.stmt]:
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return [
        node for function in functions for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))
    ]


def test_no_two_files_import_each_other_in_a_circle() -> None:
    graph = {module.name: ours(module) - {module.name} for module in product().values() if module.name != "app"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


@pytest.mark.parametrize("room", ["app.domain", "app.store", "app.services"])
def test_nothing_below_the_edge_commits(room: str) -> None:
    commits = [
        f"{module.shown}:{node.lineno}"
        for module in product().values()
        if room_of(module.name) == room and module.name != "app.store.embedded"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("session", "connection")
    ]
    assert not commits

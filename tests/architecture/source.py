"""The source as the house tests read it: parsed once, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("app", "scenarios", "auth", "partners", "migrations")


@dataclass(frozen=True)
class Module:
    """One file of Python. `imports` are dotted names as far as they lead to a file of ours, else as written."""

    name: str
    path: Path
    tree: ast.Module
    text: str

    @property
    def shown(self) -> str:
        return str(self.path.relative_to(ROOT))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module below the folders, by name."""
    return tuple(_read(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    text = path.read_text(encoding="utf-8")
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(text, str(path)), text)


@cache
def product() -> dict[str, Module]:
    """The product's modules by dotted name."""
    return {module.name: module for module in modules(*PRODUCT)}


def imports(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    """What a module imports, at any depth: (dotted name, the statement)."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            yield from ((_file_of(base, alias.name), node) for alias in node.names)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    package = package if module.path.name == "__init__.py" else package[:-1]
    return ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])


def _file_of(base: str, name: str) -> str:
    return f"{base}.{name}" if f"{base}.{name}" in product() else base


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    return (node for node in ast.walk(module.tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, decorators apart."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def strings(module: Module) -> Iterator[str]:
    """Every string literal of a module but its docstrings."""
    said = set(_docstrings(module.tree))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said:
            yield node.value


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            for statement in node.body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    yield statement.value


def calls(module: Module, name: str) -> Iterator[ast.Call]:
    """Every call of a function or method called `name`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            called = node.func
            if (isinstance(called, ast.Name) and called.id == name) or (
                isinstance(called, ast.Attribute) and called.attr == name
            ):
                yield node


def text_of(node: ast.AST | None) -> str | None:
    """The value of a string literal, or None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

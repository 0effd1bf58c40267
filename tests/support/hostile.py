"""Bad input made from the OpenAPI document: for each field of a body what it must not be."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONG = 20_001
CONTROL = ("a\x00b", "a\x07b", "line\u0085", "\ud800")
WRONG: dict[str, tuple[Any, ...]] = {
    "string": (5, True, None, [], {}, *CONTROL[:2], CONTROL[3], "长" * LONG),
    "integer": ("x", 1.5, True, None, [], {}, 10**30, -(10**30), float("nan"), float("inf")),
    "number": ("x", None, [], {}, float("nan"), float("inf")),
    "boolean": ("perhaps", 5, None, [], {}),
    "array": ("x", 5, None, {}, [None] * 5000),
    "object": ("x", 5, None, [], [{}]),
}


@dataclass(frozen=True)
class Fault:
    """One bad body: what is wrong with it, where (a JSON Pointer), and the body."""

    what: str
    pointer: str
    body: Any


def resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind `$ref`, and the first of alternatives."""
    while True:
        if "$ref" in schema:
            schema = spec["components"]["schemas"][schema["$ref"].split("/")[-1]]
        elif several := schema.get("allOf") or schema.get("anyOf") or schema.get("oneOf"):
            schema = next(one for one in several if one.get("type") != "null")
        else:
            return schema


def kind(schema: dict[str, Any]) -> str:
    """The JSON type that a schema asks for, null apart."""
    said = schema.get("type", "object")
    return next(one for one in said if one != "null") if isinstance(said, list) else str(said)


def takes_null(schema: dict[str, Any]) -> bool:
    return "null" in schema.get("type", ()) or None in schema.get("enum", ())


def example(spec: dict[str, Any], schema: dict[str, Any]) -> Any:
    """A value that fits a schema, with the required fields alone."""
    schema = resolved(spec, schema)
    if "enum" in schema:
        return schema["enum"][0]
    match kind(schema):
        case "string":
            return _text(schema)
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "array":
            return [example(spec, schema.get("items", {}))] * schema.get("minItems", 0)
        case _:
            properties = schema.get("properties", {})
            return {name: example(spec, properties[name]) for name in schema.get("required", ())}


def _text(schema: dict[str, Any]) -> str:
    known = {"date-time": "2026-11-20T12:00:00+08:00", "date": "2026-11-20", "uri": "https://example.com/"}
    known["email"] = "someone@example.com"
    if "examples" in schema:
        return str(schema["examples"][0])
    return known.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))


def faults(spec: dict[str, Any], schema: dict[str, Any]) -> Iterator[Fault]:
    """Every bad body of a schema: each field wrong in turn, missing, and one that nobody knows."""
    base = example(spec, schema)
    for pointer, path, inner in _fields(spec, resolved(spec, schema)):
        for value in (*WRONG[kind(inner)], *_wrong_items(spec, inner)):
            if not (value is None and takes_null(inner)):
                yield Fault(f"{value!r:.30}", pointer, _with(spec, schema, base, path, value))
    for name in resolved(spec, schema).get("required", ()):
        yield Fault("missing", f"/{name}", {key: value for key, value in base.items() if key != name})
    if isinstance(base, dict):
        yield Fault("unknown", "/no_such_field", base | {"no_such_field": 1})


def _wrong_items(spec: dict[str, Any], schema: dict[str, Any]) -> Iterator[list[Any]]:
    if kind(schema) == "array" and "items" in schema:
        yield [["x"]] if kind(resolved(spec, schema["items"])) != "array" else [5]


def _fields(
    spec: dict[str, Any], schema: dict[str, Any], pointer: str = "", path: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
    for name, field in schema.get("properties", {}).items():
        inner, here = resolved(spec, field), (*path, name)
        yield f"{pointer}/{name}", here, inner
        yield from _fields(spec, inner, f"{pointer}/{name}", here)


def _with(spec: dict[str, Any], schema: dict[str, Any], base: Any, path: tuple[str, ...], value: Any) -> Any:
    """The body with one field set; the objects on the way to it are made where they were optional."""
    body = copy.deepcopy(base)
    at, inner = body, resolved(spec, schema)
    for name in path[:-1]:
        inner = resolved(spec, inner["properties"][name])
        at = at.setdefault(name, example(spec, inner))
    at[path[-1]] = value
    return body


def texts(spec: dict[str, Any], schema: dict[str, Any]) -> Iterator[Fault]:
    """Bodies with Chinese and emoji in each free text: no fault at all, and no reason to fall over."""
    base = example(spec, schema)
    for pointer, path, inner in _fields(spec, resolved(spec, schema)):
        if kind(inner) == "string" and "enum" not in inner:
            for value in ("你好，世界", "👩‍🚒🏳️‍🌈", "e\u0301", "'; drop table citizens; --", "{0}{name}%s"):
                yield Fault("text", pointer, _with(spec, schema, base, path, value))

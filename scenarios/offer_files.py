"""Offers from TOML: a file names its `city`, each of its tables is one offer under its code. Nothing unknown passes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from app.domain.offer import BENEFITS, Benefit, Offer, OfferError


def read(path: Path) -> Iterator[tuple[str, Offer | OfferError]]:
    """Each offer of a file under its code, or what is wrong with it. Raises OfferError where the file is no TOML."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise OfferError(f"{path.name}: {fault}") from None
    city = tables.pop("city", None)
    for code, table in tables.items():
        try:
            yield code, _made(Offer, {"code": code, "city": city, **_table(table, "offer")}, "offer")
        except OfferError as fault:
            yield code, fault


def _made(kind: type[Any], table: Mapping[str, Any], at: str) -> Any:
    """A dataclass from a table with exactly its fields."""
    hints, known = get_type_hints(kind), {field.name: field for field in fields(kind)}
    if unknown := sorted(table.keys() - known.keys()):
        raise OfferError(f"{at}: unknown {', '.join(unknown)}")
    if missing := [name for name, field in known.items() if name not in table and _required(field)]:
        raise OfferError(f"{at}: {', '.join(missing)} missing")
    return kind(**{name: _value(hints[name], value, f"{at}.{name}") for name, value in table.items()})


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(kind: Any, value: Any, at: str) -> Any:
    if kind == Benefit:
        table = dict(_table(value, at))
        return _made(_benefit(table.pop("kind", None), at), table, at)
    if isinstance(kind, UnionType):
        kind = get_args(kind)[0]
    if get_origin(kind) is tuple:
        return tuple(_value(get_args(kind)[0], item, f"{at}[{n}]") for n, item in enumerate(_typed(list, value, at)))
    if is_dataclass(kind) and isinstance(kind, type):
        return _made(kind, _table(value, at), at)
    return _typed(kind, value, at)


def _benefit(kind: object, at: str) -> type[Benefit]:
    if kind not in BENEFITS:
        raise OfferError(f"{at}.kind: one of {', '.join(BENEFITS)}")
    return BENEFITS[str(kind)]


def _table(value: Any, at: str) -> dict[str, Any]:
    table: dict[str, Any] = _typed(dict, value, at)
    return table


def _typed(kind: type[Any], value: Any, at: str) -> Any:
    # A bool is an int to Python and a datetime a date; to the author of an offer they are not.
    if type(value) is not kind:
        name = {dict: "table", list: "list", str: "text", int: "whole number", bool: "true or false", date: "date"}
        raise OfferError(f"{at}: a {name[kind]} is needed")
    return value

"""Offers as TOML: a text names its `city`, each of its tables is one offer under its code. Nothing unknown passes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from app.domain.offer import BENEFITS, Benefit, Offer, OfferError

LARGEST = 1_000_000_000
"""The most that a number of an offer may be: ten million yuan, in fen."""
LONGEST = 1_000
"""The most characters of a text."""
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def parse_offers(text: str) -> Iterator[tuple[str, Offer | OfferError]]:
    """Each offer of a text under its code, or what is wrong with it. Raises OfferError where the text is no TOML."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        raise OfferError(f"not TOML: {fault}") from None
    city = tables.pop("city", None)
    for code, table in tables.items():
        try:
            yield code, _offer(code, city, table)
        except OfferError as fault:
            yield code, fault


def parse_offer(text: str) -> Offer:
    """The one offer of a text; raises OfferError with the first problem, which names its place."""
    found = list(parse_offers(text))
    if len(found) != 1:
        raise OfferError(f"one offer is needed, a table under its code; there are {len(found)}")
    code, offer = found[0]
    if isinstance(offer, OfferError):
        raise OfferError(f"{code[:64]}: {offer}")
    return offer


def offer_text(offer: Offer) -> str:
    """The offer as the text that `parse_offer` reads as the same offer: always the same, a line a field."""
    lines = [f"{name} = {_written(value, deep=True)}" for name, value in _said(offer) if name not in ("code", "city")]
    return "\n".join([f"city = {_written(offer.city)}", "", f"[{offer.code}]", *lines, ""])


def _said(kept: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a dataclass that say more than their default, after the kind of a benefit."""
    if kind := getattr(type(kept), "kind", None):
        yield "kind", kind
    for field in fields(kept):
        value = getattr(kept, field.name)
        if value is not None and (field.default is MISSING or value != field.default):
            yield field.name, value


def _written(value: Any, *, deep: bool = False) -> str:
    if is_dataclass(value):
        return "{ " + ", ".join(f"{name} = {_written(inner)}" for name, inner in _said(value)) + " }"
    if isinstance(value, tuple):
        items = [_written(item) for item in value]
        wide = deep and any(is_dataclass(item) for item in value)
        return "[\n" + "".join(f"  {item},\n" for item in items) + "]" if wide else f"[{', '.join(items)}]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _offer(code: str, city: Any, table: Any) -> Offer:
    """The offer of a table; a code that names places elsewhere is one word."""
    offer: Offer = _made(Offer, {"code": code, "city": city, **_table(table, "offer")}, "offer")
    codes = {"code": code, "family": offer.family, "city": offer.city}
    codes |= {f"packs[{place}]": pack for place, pack in enumerate(offer.packs)}
    codes |= {f"conditions[{place}].code": each.code for place, each in enumerate(offer.conditions)}
    for place, each in codes.items():
        if not CODE.fullmatch(each):
            raise OfferError(f"offer.{place}: a code of at most 64 small letters, digits and hyphens is needed")
    return offer


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
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _named(kind, _typed(str, value, at), at)
    if is_dataclass(kind) and isinstance(kind, type):
        return _made(kind, _table(value, at), at)
    return _typed(kind, value, at)


def _named(kind: type[StrEnum], value: str, at: str) -> StrEnum:
    if value not in {one.value for one in kind}:
        raise OfferError(f"{at}: one of {', '.join(kind)}")
    return kind(value)


def _benefit(kind: object, at: str) -> type[Benefit]:
    if not isinstance(kind, str) or kind not in BENEFITS:
        raise OfferError(f"{at}.kind: one of {', '.join(BENEFITS)}")
    return BENEFITS[kind]


def _table(value: Any, at: str) -> dict[str, Any]:
    table: dict[str, Any] = _typed(dict, value, at)
    return table


def _typed(kind: type[Any], value: Any, at: str) -> Any:
    # A bool is an int to Python and a datetime a date; to the author of an offer they are not.
    if type(value) is not kind:
        name = {dict: "table", list: "list", str: "text", int: "whole number", bool: "true or false", date: "date"}
        raise OfferError(f"{at}: a {name[kind]} is needed")
    if kind is int and abs(value) > LARGEST:
        raise OfferError(f"{at}: at most {LARGEST}")
    if kind is str and (len(value) > LONGEST or not value.isprintable()):
        raise OfferError(f"{at}: one line of at most {LONGEST} characters that can be printed is needed")
    return value

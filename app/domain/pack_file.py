"""From a TOML file to a `Pack`, or to a `PackError` that says everything that is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from app.domain.pack import (
    LONGEST_SHOWN_MONTHS,
    Dimension,
    Disclosure,
    Grade,
    Indicator,
    Item,
    Kind,
    LegalClass,
    Pack,
    PackError,
    facts,
)
from app.domain.pack_rules import base_problems, code_problems, protected_problems, range_problems
from app.domain.record import LONGEST_KEPT_MONTHS
from app.domain.toml_table import Table
from app.domain.wording import Words

NO_BASES: Mapping[str, Pack] = MappingProxyType({})
Catalogue = Mapping[str, Item]


def parse_pack(text: str, bases: Mapping[str, Pack] = NO_BASES) -> Pack:
    """The pack that `text` (TOML) describes; raises PackError with every problem and its place.

    `bases` are the packs, by code, that it may extend: what its base says of an item, it may leave out.

    Refused, among others: a scored protected attribute (guardrail 6), an indicator that its base lists unscored;
    a floor above or a ceiling below zero and a base in the lowest band, by which the absence of facts would count
    (guardrail 5); an adverse item without a legal class or kept too long (guardrail 7).
    """
    data = _data(text)
    problems: list[str] = []
    table = Table(data, "", problems)
    base = _base(table, bases)
    pack = _pack(table, base)
    problems += range_problems(pack) if not problems else ()
    problems += code_problems(pack)
    problems += protected_problems(pack)
    problems += base_problems(pack, base)
    if problems:
        raise PackError(tuple(problems))
    return replace(pack, inherits=_inherited(data, base)) if base else pack


def parse_kept(text: str, base_text: str | None, base: Pack | None = None) -> Pack:
    """The pack of a text that is kept, beside exactly the base that it was checked against, so the same one for ever.

    That base is told by its own text, or is `base`. Raises PackError as `parse_pack`.
    """
    if base_text is not None:
        base = parse_pack(base_text)
    return parse_pack(text, {base.code: base} if base else NO_BASES)


def extended_by(text: str) -> str | None:
    """The code of the base that the pack in `text` extends, or None; raises PackError where it is no TOML."""
    found = _data(text).get("extends")
    return found if isinstance(found, str) else None


def _data(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as broken:
        raise PackError((f"not TOML: {broken}",)) from None
    except RecursionError:
        raise PackError(("not TOML: tables within tables without end",)) from None


def _base(table: Table, bases: Mapping[str, Pack]) -> Pack | None:
    code = table.optional_text("extends")
    base = bases.get(code) if code else None
    if code and table.optional_text("code") == code:
        table.wrong("extends", "a pack does not extend itself")
    elif code and base is None:
        table.wrong("extends", f"{code!r} is no pack here")
    elif base and base.extends:
        table.wrong("extends", f"{code!r} extends another pack itself, so it is no base")
    return base


def _pack(table: Table, base: Pack | None) -> Pack:
    known = dict(base.described()) if base else {}
    catalogue = tuple(_described(entry, entry.text("code")) for entry in table.tables("catalogue"))
    known |= {item.code: item for item in catalogue}
    pack = Pack(
        code=table.text("code"),
        version=table.integer("version"),
        name=table.words("name"),
        city=table.text("city"),
        city_name=table.words("city_name"),
        illustrative=table.flag("illustrative"),
        base=table.integer("base"),
        min=table.integer("min"),
        max=table.integer("max"),
        grades=tuple(_grade(grade) for grade in table.tables("grades")),
        dimensions=tuple(_dimension(dimension, known) for dimension in table.tables("dimensions")),
        catalogue=catalogue,
        extends=table.optional_text("extends"),
        extends_version=base.version if base else None,
        superseded_by=table.optional_text("superseded_by"),
        seed=table.optional_text("seed"),
    )
    table.finish()
    return pack


def _grade(table: Table) -> Grade:
    grade = Grade(table.text("code"), table.words("name"), table.integer("from_points"), table.optional_text("seed"))
    if word := grade.name.harsh_word():
        table.wrong("name", f"is not neutral, it says {word!r}")
    table.finish()
    return grade


def _dimension(table: Table, known: Catalogue) -> Dimension:
    code, name, seed = table.text("code"), table.words("name"), table.optional_text("seed")
    scored = table.flag("scored", True)
    reason = None if scored else table.words("reason")
    floor, ceiling = _bounds(table) if scored else (0, 0)
    indicators = tuple(_indicator(indicator, known, scored) for indicator in table.tables("indicators"))
    table.finish()
    return Dimension(code, name, floor, ceiling, indicators, scored, reason, seed)


def _indicator(table: Table, known: Catalogue, may_score: bool) -> Indicator:
    code, name, seed = table.text("code"), table.words("name"), table.optional_text("seed")
    if not table.flag("scored", True):
        return Indicator(code, name, scored=False, reason=_why_unscored(table), seed=seed)
    if not may_score:
        table.wrong("scored", "must be false, for its dimension is not scored")
    floor, ceiling = _bounds(table)
    age, common = _age(table), table.optional_text("common")
    items = tuple(_item(item, known) for item in table.tables("items"))
    table.finish()
    return Indicator(code, name, floor, ceiling, age, items, common=common, seed=seed)


def _why_unscored(table: Table) -> Words:
    if table.tables("items"):
        table.wrong("items", "must be empty, for this is not scored")
    reason = table.words("reason")
    table.finish()
    return reason


def _bounds(table: Table) -> tuple[int, int]:
    floor, ceiling = table.integer("floor"), table.integer("ceiling")
    if not floor <= 0 <= ceiling:
        table.wrong("floor", "floor and ceiling must enclose 0: no facts, no points (guardrail 5)")
    return floor, ceiling


def _age(table: Table) -> tuple[tuple[int, int], ...]:
    steps = table.steps("age")
    starts = [months for months, _ in steps]
    if starts[0] != 0 or any(later <= earlier for earlier, later in pairwise(starts)):
        table.wrong("age", "steps must start at 0 months and rise")
    if any(not 0 <= percent <= 100 for _, percent in steps):
        table.wrong("age", "percents go from 0 to 100")
    return steps


def _item(table: Table, known: Catalogue) -> Item:
    """An item with its worth; what the base or the catalogue says of it need not be said again, and may not differ."""
    code, centipoints = table.text("code"), table.integer("centipoints")
    described = known.get(code)
    item = _described(table.over(_as_said(described)) if described else table, code, centipoints)
    if described and facts(described) != facts(item):
        table.wrong("code", f"{code} is described differently in the base or the catalogue")
    if (item.centipoints < 0) != (item.kind is Kind.ADVERSE) or item.centipoints == 0:
        table.wrong("centipoints", "positive facts add, adverse ones take away")
    return item


def _described(table: Table, code: str, centipoints: int = 0) -> Item:
    kind = table.one_of("kind", Kind)
    item = Item(
        code=code,
        name=table.words("name"),
        kind=kind,
        legal_class=table.one_of("legal_class", LegalClass) if kind is Kind.ADVERSE else None,
        basis=table.words("basis"),
        sources=table.texts("sources"),
        disclosure=table.one_of("disclosure", Disclosure),
        retention_months=table.integer("retention_months"),
        centipoints=centipoints,
        unit=table.words("unit") if "unit_zh" in table else None,
        min_quantity=table.integer("min_quantity") if "unit_zh" in table else None,
    )
    longest = LONGEST_SHOWN_MONTHS[item.legal_class] if item.legal_class else LONGEST_KEPT_MONTHS
    if not 1 <= item.retention_months <= longest:
        table.wrong("retention_months", f"must be from 1 to {longest}")
    table.finish()
    return item


def _inherited(data: Mapping[str, Any], base: Pack) -> tuple[str, ...]:
    """The items that a well-formed file leaves to its base to describe, in part or wholly."""
    own = {entry["code"] for entry in data.get("catalogue", ())}
    left = {code: _as_said(item).keys() for code, item in base.described().items() if code not in own}
    indicators = (each for dimension in data.get("dimensions", ()) for each in dimension.get("indicators", ()))
    items = (item for indicator in indicators for item in indicator.get("items", ()))
    return tuple(item["code"] for item in items if left.get(item["code"], item.keys()) - item.keys())


def _as_said(item: Item) -> dict[str, Any]:
    """An item's description as its table in a file would say it."""
    said: dict[str, Any] = {
        "kind": str(item.kind),
        "sources": list(item.sources),
        "disclosure": str(item.disclosure),
        "retention_months": item.retention_months,
    }
    if item.legal_class:
        said["legal_class"] = str(item.legal_class)
    if item.unit:
        said["min_quantity"] = item.min_quantity
    words = {"name": item.name, "basis": item.basis, "unit": item.unit}
    for name, both in words.items():
        said |= {f"{name}_zh": both.zh, f"{name}_en": both.en} if both else {}
    return said

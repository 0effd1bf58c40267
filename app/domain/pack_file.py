"""From a TOML file to a `Pack`, or to a `PackError` that says everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

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
)
from app.domain.protected import attribute_in
from app.domain.record import LONGEST_KEPT_MONTHS
from app.domain.toml_table import Table
from app.domain.wording import Words

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


def parse_pack(text: str) -> Pack:
    """The pack that `text` (TOML) describes; raises PackError with every problem and its place.

    Refused, among others: a scored protected attribute (guardrail 6); a floor above or a ceiling below zero and a base
    in the lowest band, by which the absence of facts would count (guardrail 5); an adverse item without a legal class
    or kept too long (guardrail 7).
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise PackError((f"not TOML: {broken}",)) from None
    problems: list[str] = []
    pack = _pack(Table(data, "", problems))
    problems += _range_problems(pack) if not problems else ()
    problems += _code_problems(pack)
    problems += _protected_problems(pack)
    if problems:
        raise PackError(tuple(problems))
    return pack


def _pack(table: Table) -> Pack:
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
        dimensions=tuple(_dimension(dimension) for dimension in table.tables("dimensions")),
    )
    table.finish()
    return pack


def _grade(table: Table) -> Grade:
    grade = Grade(table.text("code"), table.words("name"), table.integer("from_points"))
    if word := grade.name.harsh_word():
        table.wrong("name", f"is not neutral, it says {word!r}")
    table.finish()
    return grade


def _dimension(table: Table) -> Dimension:
    code, name = table.text("code"), table.words("name")
    if not table.flag("scored", True):
        return Dimension(code, name, scored=False, reason=_why_unscored(table, "indicators"))
    floor, ceiling = _bounds(table)
    indicators = tuple(_indicator(indicator) for indicator in table.tables("indicators"))
    table.finish()
    return Dimension(code, name, floor, ceiling, indicators)


def _indicator(table: Table) -> Indicator:
    code, name = table.text("code"), table.words("name")
    if not table.flag("scored", True):
        return Indicator(code, name, scored=False, reason=_why_unscored(table, "items"))
    floor, ceiling = _bounds(table)
    age = _age(table)
    items = tuple(_item(item) for item in table.tables("items"))
    table.finish()
    return Indicator(code, name, floor, ceiling, age, items)


def _why_unscored(table: Table, empty: str) -> Words:
    if table.tables(empty):
        table.wrong(empty, "must be empty, for this is not scored")
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


def _item(table: Table) -> Item:
    kind = table.one_of("kind", Kind)
    item = Item(
        code=table.text("code"),
        name=table.words("name"),
        kind=kind,
        legal_class=table.one_of("legal_class", LegalClass) if kind is Kind.ADVERSE else None,
        basis=table.words("basis"),
        sources=table.texts("sources"),
        disclosure=table.one_of("disclosure", Disclosure),
        retention_months=table.integer("retention_months"),
        centipoints=table.integer("centipoints"),
        unit=table.words("unit") if "unit_zh" in table else None,
        min_quantity=table.integer("min_quantity") if "unit_zh" in table else None,
    )
    if (item.centipoints < 0) != (kind is Kind.ADVERSE) or item.centipoints == 0:
        table.wrong("centipoints", "positive facts add, adverse ones take away")
    longest = LONGEST_SHOWN_MONTHS[item.legal_class] if item.legal_class else LONGEST_KEPT_MONTHS
    if not 1 <= item.retention_months <= longest:
        table.wrong("retention_months", f"must be from 1 to {longest}")
    table.finish()
    return item


def _range_problems(pack: Pack) -> Iterator[str]:
    starts = [grade.from_points for grade in pack.grades]
    if pack.version < 1:
        yield "version: starts at 1"
    if not 0 <= pack.min <= pack.base <= pack.max:
        yield "base: must lie between min and max, and min not below 0"
    if not starts or starts[0] != pack.min or starts != sorted(set(starts)) or starts[-1] > pack.max:
        yield "grades: must rise from min and stay within max"
    elif len(starts) < 2 or pack.base < starts[1]:
        yield "base: must not lie in the lowest grade: who has no facts is ordinary (guardrail 5)"


def _code_problems(pack: Pack) -> Iterator[str]:
    indicators = [indicator for dimension in pack.dimensions for indicator in dimension.indicators]
    families: dict[str, Iterable[str]] = {
        "grade": [grade.code for grade in pack.grades],
        "dimension": [dimension.code for dimension in pack.dimensions],
        "indicator": [indicator.code for indicator in indicators],
        "item": [item.code for item in pack.items()],
        "pack": [pack.code],
        "city": [pack.city],
    }
    for family, codes in families.items():
        for code, count in Counter(codes).items():
            if count > 1:
                yield f"{family} {code!r} stands {count} times"
            if not _CODE.fullmatch(code):
                yield f"{family} {code!r} is not a code: small letters, digits and _"


def _protected_problems(pack: Pack) -> Iterator[str]:
    for dimension in pack.dimensions:
        if dimension.scored:
            yield from _protected("dimension", dimension.code, dimension.name)
        for indicator in dimension.indicators:
            if indicator.scored:
                yield from _protected("indicator", indicator.code, indicator.name)
    for item in pack.items():
        yield from _protected("item", item.code, item.name)


def _protected(family: str, code: str, name: Words) -> Iterator[str]:
    for text in (code, name.zh, name.en):
        if attribute := attribute_in(text):
            yield f"{family} {code!r}: {text!r} names {attribute}, which is never scored (guardrail 6)"
            return

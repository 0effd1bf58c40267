"""What a pack may not say although its file is well formed: each rule yields its problems with their places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.pack import Dimension, Indicator, Item, Pack
from app.domain.protected import attribute_in, attribute_of_unit, plain, strange_letter
from app.domain.wording import Words

WIDEST = 10_000
"""The most points that a score may have."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class _Part:
    """A dimension, an indicator or an item with its place in the file; `common` is its indicator's."""

    place: str
    family: str
    code: str
    name: Words
    scored: bool
    common: str | None = None
    unit: Words | None = None


def range_problems(pack: Pack) -> Iterator[str]:
    """What is wrong with version, base, range and bands."""
    starts = [grade.from_points for grade in pack.grades]
    if pack.version < 1:
        yield "version: starts at 1"
    if pack.max > WIDEST:
        yield f"max: at most {WIDEST} points"
    if not 0 <= pack.min <= pack.base <= pack.max:
        yield "base: must lie between min and max, and min not below 0"
    if not starts or starts[0] != pack.min or starts != sorted(set(starts)) or starts[-1] > pack.max:
        yield "grades: must rise from min and stay within max"
    elif len(starts) < 2 or pack.base < starts[1]:
        yield "base: must not lie in the lowest grade: who has no facts is ordinary (guardrail 5)"


def code_problems(pack: Pack) -> Iterator[str]:
    """Codes that stand twice in their family or are none."""
    families: dict[str, Iterable[str]] = {
        "grade": [grade.code for grade in pack.grades],
        "dimension": [dimension.code for dimension in pack.dimensions],
        "indicator": [indicator.code for indicator in _indicators(pack)],
        "item": [item.code for item in pack.items()],
        "catalogue item": [item.code for item in pack.catalogue],
        "pack": [pack.code],
        "city": [pack.city],
    }
    for family, codes in families.items():
        for code, count in Counter(codes).items():
            if count > 1:
                yield f"{family} {code!r} stands {count} times"
            if not _CODE.fullmatch(code):
                yield f"{family} {code!r} is not a code: small letters, digits and _"


def protected_problems(pack: Pack) -> Iterator[str]:
    """Scored parts that are named after a protected attribute, and names that could hide one (guardrail 6)."""
    for part in _parts(pack):
        for text in (part.code, part.name.zh, part.name.en) if part.scored else ():
            if attribute := attribute_in(text):
                yield f"{_at(part)}: {text!r} names {attribute}, which is never scored (guardrail 6)"
                break
            if letter := strange_letter(text):
                yield f"{_at(part)}: {text!r} holds {letter!r}, neither a Chinese nor a Latin letter (guardrail 6)"
                break
        yield from _unit_problems(part)


def _unit_problems(part: _Part) -> Iterator[str]:
    """A unit is held as strictly as a name: at least 60 of 周岁 scores age, whatever the item is called."""
    for text in (part.unit.zh, part.unit.en) if part.unit else ():
        if attribute := attribute_of_unit(text):
            yield f"{_at(part)}: unit {text!r} measures {attribute}, which is never scored (guardrail 6)"
        elif letter := strange_letter(text):
            yield f"{_at(part)}: unit {text!r} holds {letter!r}, neither a Chinese nor a Latin letter (guardrail 6)"


def base_problems(pack: Pack, base: Pack | None) -> Iterator[str]:
    """What does not fit the base that the pack extends: unknown or unscored common indicators, under any name."""
    indicators = {indicator.code: indicator for indicator in _indicators(base)} if base else {}
    unscored = {plain(text): indicator for indicator in indicators.values() if not indicator.scored
                for text in (indicator.code, indicator.name.zh, indicator.name.en)}  # fmt: skip
    home = {item.code: indicator.code for indicator in indicators.values() for item in indicator.items}
    for part in _parts(pack):
        if not part.scored:
            continue
        if part.family == "indicator" and part.common is not None:
            yield from _common_problems(part, indicators)
        if banned := next((unscored[key] for key in map(plain, _texts(part)) if key in unscored), None):
            yield f"{_at(part)}: the base lists {banned.name.zh!r} and does not score it: {_why(banned)}"
        if part.family == "item" and home.get(part.code, part.common) != part.common:
            yield f"{_at(part)}: counts towards {home[part.code]!r} in the base, so its indicator's common must be that"


def _common_problems(part: _Part, indicators: dict[str, Indicator]) -> Iterator[str]:
    common = indicators.get(part.common or "")
    if common is None:
        yield f"{_at(part)}: common {part.common!r} is no indicator of its base"
    elif not common.scored:
        yield f"{_at(part)}: common {common.name.zh!r} is not scored in the base: {_why(common)}"


def _why(indicator: Indicator) -> str:
    return indicator.reason.en if indicator.reason else ""


def _at(part: _Part) -> str:
    return f"{part.place}: {part.family} {part.code!r}"


def _texts(part: _Part) -> tuple[str, str, str]:
    return part.code, part.name.zh, part.name.en


def _indicators(pack: Pack) -> Iterator[Indicator]:
    for dimension in pack.dimensions:
        yield from dimension.indicators


def _parts(pack: Pack) -> Iterator[_Part]:
    """Every part of a pack with its place, and the descriptions of its catalogue, which are there to be scored."""
    for entry, item in enumerate(pack.catalogue):
        yield _Part(f"catalogue[{entry}]", "catalogue item", item.code, item.name, scored=True, unit=item.unit)
    for number, dimension in enumerate(pack.dimensions):
        yield from _parts_of(f"dimensions[{number}]", dimension)


def _parts_of(place: str, dimension: Dimension) -> Iterator[_Part]:
    yield _Part(place, "dimension", dimension.code, dimension.name, dimension.scored)
    for number, indicator in enumerate(dimension.indicators):
        there = f"{place}.indicators[{number}]"
        yield _Part(there, "indicator", indicator.code, indicator.name, indicator.scored, indicator.common)
        yield from (_item_part(f"{there}.items[{nth}]", item, indicator) for nth, item in enumerate(indicator.items))


def _item_part(place: str, item: Item, indicator: Indicator) -> _Part:
    return _Part(place, "item", item.code, item.name, scored=True, common=indicator.common, unit=item.unit)

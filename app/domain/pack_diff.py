"""What two packs say differently, part by part, in words that people read before they agree to a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.pack import Dimension, Grade, Indicator, Item, Pack
from app.domain.wording import Words

Said = Mapping[str, str]
"""What a pack says of one part, by the name of the fact."""


@dataclass(frozen=True, slots=True)
class Change:
    """One part of a pack, such as `item paid_ride`, that is new (`before` None), gone (`after` None) or different.

    `before` and `after` hold what differs, or, of a part that is new or gone, all that is said of it.
    """

    part: str
    name: Words
    before: Said | None
    after: Said | None


def differences(old: Pack, new: Pack) -> tuple[Change, ...]:
    """Every part that differs, in the order of `new`, then what is gone; none where they say the same."""
    before, after = dict(_parts(old)), dict(_parts(new))
    found = [_change(part, name, before.get(part), said) for part, (name, said) in after.items()]
    gone = [Change(part, name, said, None) for part, (name, said) in before.items() if part not in after]
    return tuple(change for change in found if change is not None) + tuple(gone)


def points(centipoints: int) -> str:
    """A worth in points with its sign, such as +7.33."""
    return f"{'-' if centipoints < 0 else '+'}{abs(centipoints) // 100}.{abs(centipoints) % 100:02d}"


def age_words(age: tuple[tuple[int, int], ...]) -> str:
    """Age steps in words: `100 %, from 12 months 80 %`."""
    return ", ".join(f"from {months} months {percent} %" if months else f"{percent} %" for months, percent in age)


def _change(part: str, name: Words, before: tuple[Words, Said] | None, after: Said) -> Change | None:
    if before is None:
        return Change(part, name, None, after)
    old = before[1]
    keys = [key for key in (*after, *(key for key in old if key not in after)) if old.get(key) != after.get(key)]
    if not keys:
        return None
    return Change(part, name, {key: old.get(key, "") for key in keys}, {key: after.get(key, "") for key in keys})


def _parts(pack: Pack) -> Iterator[tuple[str, tuple[Words, Said]]]:
    yield "pack", (pack.name, _pack(pack))
    for grade in pack.grades:
        yield f"grade {grade.code}", (grade.name, _grade(grade))
    for dimension in pack.dimensions:
        yield f"dimension {dimension.code}", (dimension.name, _dimension(dimension))
        for indicator in dimension.indicators:
            yield f"indicator {indicator.code}", (indicator.name, _indicator(indicator, dimension))
            for item in indicator.items:
                yield f"item {item.code}", (item.name, _item(item, indicator))
    for item in pack.catalogue:
        yield f"catalogue {item.code}", (item.name, _facts(item))


def _pack(pack: Pack) -> Said:
    return _known(
        {
            "code": pack.code,
            "version": str(pack.version),
            "name": _both(pack.name),
            "city": f"{pack.city} {_both(pack.city_name)}",
            "numbers": "illustrative" if pack.illustrative else "the city's own",
            "base": str(pack.base),
            "range": f"{pack.min} to {pack.max}",
            "extends": pack.extends,
            "superseded by": pack.superseded_by,
            "source": pack.seed,
        }
    )


def _grade(grade: Grade) -> Said:
    return _known({"name": _both(grade.name), "from": str(grade.from_points), "source": grade.seed})


def _dimension(dimension: Dimension) -> Said:
    return _known({"name": _both(dimension.name), **_scoring(dimension), "source": dimension.seed})


def _indicator(indicator: Indicator, dimension: Dimension) -> Said:
    return _known(
        {
            "name": _both(indicator.name),
            "dimension": dimension.code,
            **_scoring(indicator),
            "age": age_words(indicator.age) if indicator.scored else None,
            "common indicator": indicator.common,
            "source": indicator.seed,
        }
    )


def _scoring(part: Dimension | Indicator) -> dict[str, str | None]:
    if part.scored:
        return {"points": f"{part.floor} to {part.ceiling}"}
    return {"points": "not scored", "why": _both(part.reason) if part.reason else None}


def _item(item: Item, indicator: Indicator) -> Said:
    return {"worth": points(item.centipoints), "indicator": indicator.code, **_facts(item)}


def _facts(item: Item) -> dict[str, str]:
    return _known(
        {
            "name": _both(item.name),
            "kind": str(item.kind),
            "legal class": str(item.legal_class) if item.legal_class else None,
            "sent by": ", ".join(item.sources),
            "kept": f"{item.retention_months} months",
            "disclosure": str(item.disclosure),
            "at least": f"{item.min_quantity} {item.unit.en}" if item.unit else None,
            "basis": _both(item.basis),
        }
    )


def _both(words: Words) -> str:
    return f"{words.zh} / {words.en}"


def _known(said: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in said.items() if value is not None}

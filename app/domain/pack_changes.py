"""What a new version of a pack changes for the people whom it scores, as codes and whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from app.domain.pack import Dimension, Indicator, Item, Pack
from app.domain.wording import Words


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One change: `what` is a code of `CODES`; `before` and `after` are points in 1/100, None where it is new or gone.

    `age` alone has no numbers: how age weakens the records of an indicator is told whole where it is explained.
    """

    what: str
    name: Words
    before: int | None = None
    after: int | None = None


CODES = ("base", "min", "max", "grade", "worth", "ceiling", "floor", "age")


def rule_changes(old: Pack, new: Pack) -> tuple[RuleChange, ...]:
    """Everything that may move a score or a grade, in the order of `new`; nothing where no score can change."""
    ranges = (_changed(name, new.name, getattr(old, name), getattr(new, name)) for name in ("base", "min", "max"))
    return tuple(chain(_told(ranges), _grades(old, new), _items(old, new), _limits(old, new)))


def _changed(what: str, name: Words, before: int | None, after: int | None) -> RuleChange | None:
    """A number of whole points that differs."""
    if before == after:
        return None
    return RuleChange(what, name, *(None if each is None else each * 100 for each in (before, after)))


def _told(changes: Iterable[RuleChange | None]) -> Iterator[RuleChange]:
    return (change for change in changes if change is not None)


def _grades(old: Pack, new: Pack) -> Iterator[RuleChange]:
    before = {grade.code: grade for grade in old.grades}
    after = {grade.code: grade for grade in new.grades}
    for code, grade in (before | after).items():
        starts = [found.from_points if (found := each.get(code)) else None for each in (before, after)]
        yield from _told([_changed("grade", grade.name, *starts)])


def _items(old: Pack, new: Pack) -> Iterator[RuleChange]:
    before, after = ({item.code: item for item in pack.items()} for pack in (old, new))
    for code, item in (before | after).items():
        worths = [_worth(each.get(code)) for each in (before, after)]
        if worths[0] != worths[1]:
            yield RuleChange("worth", item.name, *worths)


def _worth(item: Item | None) -> int | None:
    return item.centipoints if item else None


def _limits(old: Pack, new: Pack) -> Iterator[RuleChange]:
    before = {part.code: part for part in _parts(old)}
    for part in _parts(new):
        was = before.get(part.code)
        if was is None:
            continue
        yield from _told(
            _changed(what, part.name, getattr(was, what), getattr(part, what)) for what in ("ceiling", "floor")
        )
        if isinstance(part, Indicator) and isinstance(was, Indicator) and part.age != was.age:
            yield RuleChange("age", part.name)


def _parts(pack: Pack) -> Iterator[Dimension | Indicator]:
    for dimension in pack.dimensions:
        if dimension.scored:
            yield dimension
            yield from (indicator for indicator in dimension.indicators if indicator.scored)

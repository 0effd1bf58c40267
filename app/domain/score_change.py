"""Why a score moved: the difference of two explanations, term by term, which adds up to the change exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.pack import Pack
from app.domain.record import Record
from app.domain.score import Contribution, Explanation, LeftOut, explain

RULES = "rules"
"""`Move.because` of what another pack, or another version of it, moved."""


class Place(StrEnum):
    """Where in the calculation a term stands: a record, the base, or what a cut takes off."""

    RECORD = "record"
    BASE = "base"
    INDICATOR = "indicator"
    DIMENSION = "dimension"
    RANGE = "range"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class Move:
    """By how much one term of the calculation moved, in 1/10,000 point.

    `record_id` of a record; `dimension` and `indicator`, by code, of a cut. `because`, of a record: why it counts for
    nothing (`LeftOut.because`), `aged`, `took-effect`, `counts-again`, `added`, `removed`; of anything: `rules`.
    """

    place: Place
    units: int
    record_id: str | None = None
    dimension: str | None = None
    indicator: str | None = None
    because: str | None = None


def change(
    before: Explanation | None, old: Pack | None, new: Pack, records: Iterable[Record], as_of: date
) -> list[Move]:
    """What moved from the score `before`, explained under the pack `old`, to that of `records` under `new` on a day.

    The units add up to the change times POINT; with nothing before, to the score itself. Where the pack changed, first
    all moves under the old pack and then, because of the rules, under the new one.
    """
    read = list(records)
    after = explain(new, read, as_of)
    if old is None or (old.code, old.version) == (new.code, new.version):
        return moves(before, after)
    between = explain(old, read, as_of)
    return [*moves(before, between), *moves(between, after, rules=True)]


def moves(before: Explanation | None, after: Explanation, *, rules: bool = False) -> list[Move]:
    """The terms that differ between two explanations, records first; `rules`: because of these alone."""
    was, now = _terms(before), _terms(after)
    then, since = _states(before), _states(after)
    found = []
    for key in sorted({**was, **now}, key=_order):
        place, dimension, name = key
        units = now.get(key, 0) - was.get(key, 0)
        if not units:
            continue
        record_id = name if place is Place.RECORD else None
        because = _because(then.get(record_id), since.get(record_id)) if record_id else None
        indicator = name if place is Place.INDICATOR else None
        found.append(Move(place, units, record_id, dimension or None, indicator, RULES if rules else because))
    return found


_Key = tuple[Place, str, str]
_State = Contribution | LeftOut


def _order(key: _Key) -> tuple[int, str, str]:
    return list(Place).index(key[0]), key[1], key[2]


def _terms(explanation: Explanation | None) -> dict[_Key, int]:
    """What is added up, with the sign that it has in the sum; `explanation` None: nothing."""
    if explanation is None:
        return {}
    terms: dict[_Key, int] = {
        (Place.BASE, "", ""): explanation.base_units,
        (Place.RANGE, "", ""): -explanation.range_cut_units,
        (Place.ROUNDING, "", ""): -explanation.floor_cut_units,
    }
    for dimension in explanation.dimensions:
        terms[Place.DIMENSION, dimension.code, ""] = -dimension.cut_units
        for indicator in dimension.indicators:
            terms[Place.INDICATOR, dimension.code, indicator.code] = -indicator.cut_units
    return terms | {(Place.RECORD, "", each.record_id): each.units for each in _contributions(explanation)}


def _states(explanation: Explanation | None) -> dict[str, _State]:
    if explanation is None:
        return {}
    counted: dict[str, _State] = {each.record_id: each for each in _contributions(explanation)}
    return counted | {each.record_id: each for each in explanation.left_out}


def _contributions(explanation: Explanation) -> Iterator[Contribution]:
    for dimension in explanation.dimensions:
        for indicator in dimension.indicators:
            yield from indicator.contributions


def _because(was: _State | None, now: _State | None) -> str:
    if isinstance(now, LeftOut):
        return now.because
    if now is None:
        return "removed"
    if was is None:
        return "added"
    if isinstance(was, LeftOut):
        return "took-effect" if was.because == "not-yet-effective" else "counts-again"
    return "aged"

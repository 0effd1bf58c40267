"""Whether a pack can stand among others: one in use a city, a successor for history, one description a fact, a base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain.pack import Pack, PackError, catalogue_of
from app.domain.pack_rules import base_problems


def misfits(pack: Pack, packs: Mapping[str, Pack]) -> tuple[str, ...]:
    """Why `pack` cannot take its place among `packs`, by code, in place of the one of its own; nothing where it can."""
    together = {**packs, pack.code: pack}
    problems = [*_clashes(pack, together), *lost_successors(together), *_left_by_their_base(pack, together)]
    try:
        catalogue_of(together)
    except PackError as differing:
        problems += differing.problems
    return tuple(problems)


def lost_successors(packs: Mapping[str, Pack]) -> Iterator[str]:
    """Every superseded pack that does not name a pack of the same city which took its place."""
    for pack in packs.values():
        successor = packs.get(pack.superseded_by or "")
        if pack.superseded_by and (successor is None or successor is pack or successor.city != pack.city):
            yield f"superseded_by: {pack.superseded_by!r} is no pack that took the place of {pack.code!r} there"


def _clashes(pack: Pack, packs: Mapping[str, Pack]) -> Iterator[str]:
    for other in packs.values():
        both_in_use = pack.superseded_by is None and other.superseded_by is None
        if other.code != pack.code and other.city == pack.city and both_in_use:
            yield f"city: {pack.city!r} has the pack {other.code!r}"


def _left_by_their_base(base: Pack, packs: Mapping[str, Pack]) -> Iterator[str]:
    """What the packs that extend `base` rest on and no longer find in it, or would now score against it."""
    for other in packs.values():
        if other.extends == base.code:
            yield from (f"pack {other.code}: {problem}" for problem in base_problems(other, base))

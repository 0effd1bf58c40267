"""Whether a pack can stand among others: one in use a city, a successor for history, one description a fact, a base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.domain.pack import Pack, PackError, catalogue_of, facts
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


def _left_by_their_base(pack: Pack, packs: Mapping[str, Pack]) -> Iterator[str]:
    """What packs that extend another rest on and no longer find in it, or would now score against it."""
    for other in packs.values():
        base = packs.get(other.extends or "")
        if base is not None and pack in (other, base):
            yield from (f"pack {other.code}: {problem}" for problem in _unlike_its_base(other, base))


def _unlike_its_base(pack: Pack, base: Pack) -> Iterator[str]:
    yield from base_problems(pack, base)
    if base.extends:
        yield f"extends: {base.code!r} extends another pack itself, so it is no base"
    described = base.described()
    yield from (f"item {code} is left to {base.code!r}, which does not describe it"
                for code in pack.inherits if code not in described)  # fmt: skip
    for item in pack.items():
        if item.code in described and facts(described[item.code]) != facts(item):
            yield f"item {item.code} is described differently in {base.code!r}"


def standing_together(packs: Iterable[Pack]) -> tuple[Mapping[str, Pack], tuple[Pack, ...]]:
    """The last version of each code among `packs`, which come as they took effect, and those that are left out.

    Left out is what describes a fact unlike a pack before it, and nothing else: the version that it follows stays.
    """
    packs = tuple(packs)
    together = {pack.code: pack for pack in packs}
    if _alike(together):
        return together, ()
    together, left_out = {}, []
    for pack in packs:
        if _alike({**together, pack.code: pack}):
            together[pack.code] = pack
        else:
            left_out.append(pack)
    return together, tuple(left_out)


def _alike(packs: Mapping[str, Pack]) -> bool:
    try:
        catalogue_of(packs)
    except PackError:
        return False
    return True

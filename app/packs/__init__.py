"""The cities' score packs: one TOML file each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.domain.pack import Pack, PackError, catalogue_of
from app.domain.pack_file import extended_by, parse_pack

FOLDER = Path(__file__).parent


def load_packs(folder: Path = FOLDER) -> Mapping[str, Pack]:
    """Every pack of `folder` by code; raises PackError, naming the files, where one of them cannot be used."""
    packs: dict[str, Pack] = {}
    problems: list[str] = []
    for name, text in _bases_first(folder, problems):
        try:
            pack = parse_pack(text, packs)
        except PackError as broken:
            problems += [f"{name}: {problem}" for problem in broken.problems]
        else:
            problems += [f"{name}: {clash}" for clash in _clashes(pack, packs)]
            packs[pack.code] = pack
    problems += _lost_successors(packs)
    if problems:
        raise PackError(tuple(problems))
    catalogue_of(packs)
    return {code: packs[code] for code in sorted(packs)}


@cache
def shipped_packs() -> Mapping[str, Pack]:
    """Every pack that ships, by its text; read once a process."""
    packs = load_packs()
    read = (path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml")))
    return {text: parse_pack(text, packs) for text in read}


def _bases_first(folder: Path, problems: list[str]) -> list[tuple[str, str]]:
    """The files of `folder` by name and text, those that extend no other first."""
    found: list[tuple[bool, str, str]] = []
    for path in sorted(folder.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        try:
            found.append((extended_by(text) is not None, path.name, text))
        except PackError as broken:
            problems += [f"{path.name}: {problem}" for problem in broken.problems]
    return [(name, text) for _, name, text in sorted(found)]


def misfits(pack: Pack, packs: Mapping[str, Pack]) -> tuple[str, ...]:
    """Why `pack` cannot stand among `packs`, where it takes the place of the one of its code; nothing where it can."""
    others = {code: other for code, other in packs.items() if code != pack.code}
    together = {**others, pack.code: pack}
    problems = [*_clashes(pack, others), *_lost_successors(together)]
    try:
        catalogue_of(together)
    except PackError as differing:
        problems += differing.problems
    return tuple(problems)


def _clashes(pack: Pack, packs: Mapping[str, Pack]) -> list[str]:
    """A code stands once; a city has one pack that is in use."""
    cities = {other.city for other in packs.values() if other.superseded_by is None}
    taken = pack.superseded_by is None and pack.city in cities
    clashes = ["code " + pack.code] * (pack.code in packs) + ["city " + pack.city] * taken
    return [f"{clash} is another pack's too" for clash in clashes]


def _lost_successors(packs: Mapping[str, Pack]) -> list[str]:
    """A superseded pack names the pack of the same city that took its place."""
    found = [(pack, packs.get(pack.superseded_by)) for pack in packs.values() if pack.superseded_by]
    return [
        f"{pack.code}: superseded_by {pack.superseded_by!r} is no pack of {pack.city}"
        for pack, successor in found
        if successor is None or successor.city != pack.city
    ]

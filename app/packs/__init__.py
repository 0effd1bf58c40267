"""The cities' score packs: one TOML file each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.domain.pack import Pack, PackError
from app.domain.pack_file import extended_by, parse_pack
from app.domain.pack_fit import misfits

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
            if pack.code in packs:
                problems.append(f"{name}: code: {pack.code!r} is another pack's too")
            packs[pack.code] = pack
    if problems:
        raise PackError(tuple(problems))
    for pack in packs.values():
        problems += [f"{pack.code}: {problem}" for problem in misfits(pack, packs)]
    if problems:
        raise PackError(tuple(problems))
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

"""The cities' score packs: one TOML file each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.domain.pack import Pack, PackError, catalogue_of
from app.domain.pack_file import parse_pack

FOLDER = Path(__file__).parent


def load_packs(folder: Path = FOLDER) -> Mapping[str, Pack]:
    """Every pack of `folder` by code; raises PackError, naming the files, where one of them cannot be used."""
    packs: dict[str, Pack] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            pack = parse_pack(path.read_text(encoding="utf-8"))
        except PackError as broken:
            problems += [f"{path.name}: {problem}" for problem in broken.problems]
        else:
            problems += [f"{path.name}: {clash} is another pack's too" for clash in _clashes(pack, packs)]
            packs[pack.code] = pack
    if problems:
        raise PackError(tuple(problems))
    catalogue_of(packs)
    return packs


def _clashes(pack: Pack, packs: Mapping[str, Pack]) -> list[str]:
    cities = {other.city for other in packs.values()}
    return ["code " + pack.code] * (pack.code in packs) + ["city " + pack.city] * (pack.city in cities)

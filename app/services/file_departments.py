"""Departments whose pull interface is a folder of the files that they hand in: `<folder>/<department code>/<file>`.

For the demo and for departments that can share no more than a folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.intake import Row
from app.services.row_files import MEDIA_TYPES, XLSX, read_rows
from app.store.citizens import RealName


@dataclass(frozen=True, slots=True)
class FileDepartment:
    """One department and its files."""

    code: str
    name: str
    folder: Path

    def rows_about(self, person: RealName) -> Iterator[Row]:
        """The rows in which the person's number may stand, of a workbook all. Of a text only such lines are parsed."""
        for path in sorted(path for path in self.folder.iterdir() if path.suffix in MEDIA_TYPES):
            kind = MEDIA_TYPES[path.suffix]
            with path.open("rb") as stream:
                blocks = stream if kind == XLSX else _about(person.id_number, stream, has_header=path.suffix == ".csv")
                for numbered in read_rows(blocks, kind):
                    if isinstance(numbered.row, Mapping):
                        yield numbered.row


def _about(id_number: str, lines: Iterator[bytes], *, has_header: bool) -> Iterator[bytes]:
    """The header, and the lines with the number, whose last letter may be written small."""
    if has_header:
        yield next(lines, b"")
    needle = id_number[:17].encode()
    yield from (line for line in lines if needle in line)


def departments_in(folder: Path, names: Mapping[str, str]) -> tuple[FileDepartment, ...]:
    """The departments that have a folder below `folder`; `names` by code."""
    homes = [(code, name, folder / code) for code, name in sorted(names.items())]
    return tuple(FileDepartment(code, name, home) for code, name, home in homes if home.is_dir())

"""Departments whose pull interface is a folder of the files that they hand in: `<folder>/<department code>/<file>`.

For the demo and for departments that can share no more than a folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.intake import Row
from app.services.row_files import CSV, NDJSON, read_rows
from app.store.citizens import RealName

MEDIA_TYPES = {".csv": CSV, ".ndjson": NDJSON}


@dataclass(frozen=True, slots=True)
class FileDepartment:
    """One department and its files."""

    code: str
    name: str
    folder: Path

    def rows_about(self, person: RealName) -> Iterator[Row]:
        """The rows in which the person's number stands. Only such lines are parsed."""
        for path in sorted(path for path in self.folder.iterdir() if path.suffix in MEDIA_TYPES):
            with path.open("rb") as stream:
                header = stream.readline() if path.suffix == ".csv" else b""
                needle = person.id_number.encode()
                lines = (line for line in stream if needle in line)
                for numbered in read_rows([header, *lines], MEDIA_TYPES[path.suffix]):
                    if isinstance(numbered.row, Mapping):
                        yield numbered.row


def departments_in(folder: Path, names: Mapping[str, str]) -> tuple[FileDepartment, ...]:
    """The departments that have a folder below `folder`; `names` by code."""
    homes = [(code, name, folder / code) for code, name in sorted(names.items())]
    return tuple(FileDepartment(code, name, home) for code, name, home in homes if home.is_dir())

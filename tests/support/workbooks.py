"""Excel workbooks that tests hand in: written by openpyxl as people write them, or bent by hand as attackers do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl

from app.domain.columns import PENALTY, RECORD

SHEET = "xl/worksheets/sheet1.xml"
RECORD_HEADER = [column.name for column in RECORD]
PENALTY_HEADER = [column.name for column in PENALTY]


def saved(workbook: openpyxl.Workbook) -> bytes:
    """A workbook's bytes."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def book(*rows: Sequence[Any], header: Sequence[str] = RECORD_HEADER) -> bytes:
    """A workbook with one sheet of these rows."""
    workbook = openpyxl.Workbook()
    for row in (header, *rows):
        workbook.active.append(list(row))
    return saved(workbook)


def bent(workbook: bytes, parts: Mapping[str, bytes | None], extra: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """The same with some parts replaced, or left out where None; `extra` parts may repeat a name."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = parts.get(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in extra:
            new.writestr(name, part)
    return file.getvalue()


def part(workbook: bytes, name: str = SHEET) -> bytes:
    """One part's XML."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)

"""Reading a file as the product does, in small blocks."""

from __future__ import annotations

from app.domain.fact import RowFault
from app.domain.intake import Numbered
from app.services.row_files import CSV, read_rows


def read(data: bytes, media_type: str = CSV, block: int = 7) -> list[Numbered]:
    """Every row of the file."""
    blocks = (data[start : start + block] for start in range(0, len(data), block))
    return list(read_rows(blocks, media_type))


def faults(rows: list[Numbered]) -> list[tuple[int, str, str]]:
    """The refused ones: line, field, code."""
    return [(row.line, row.row.field, row.row.code) for row in rows if isinstance(row.row, RowFault)]


def said(rows: list[Numbered]) -> list[dict[str, object]]:
    """What the others say."""
    return [dict(row.row) for row in rows if not isinstance(row.row, RowFault)]

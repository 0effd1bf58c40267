"""Reading a department's file as a stream: bytes in, numbered rows out, however large (docs/department-files.md)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from app.domain.columns import keys_of
from app.domain.errors import Refusal
from app.domain.fact import PENALTY_FIELDS, RECORD_FIELDS, RowFault
from app.domain.intake import Numbered, Row
from app.services.workbook_rows import workbook_rows

CSV = "text/csv"
NDJSON = "application/x-ndjson"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {".csv": CSV, ".ndjson": NDJSON, ".xlsx": XLSX}
"""By the ending of a file's name."""
LONGEST_LINE = 65_536
"""Bytes; a longer line is refused as one row."""

_ENCODINGS = ("utf-8", "gb18030")
_ANOTHER_ENCODING = (b"\xff\xfe", b"\xfe\xff")
"""The byte order marks of UTF-16 and UTF-32."""
_ANOTHER_KIND = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin, new and old."""


def read_rows(blocks: Iterable[bytes], media_type: str) -> Iterator[Numbered]:
    """The rows of a file of `media_type`; text in constant memory, a workbook within the limits of workbook_files.

    Raises Refusal `unsupported-media-type`, `file-empty`, `file-encoding`, `column-unknown`, `column-missing`,
    `column-repeated` or `workbook-…` before the first row; later faults are rows' own.
    """
    if media_type == XLSX:
        return workbook_rows(blocks)
    if media_type == NDJSON:
        return _rows(enumerate(_lines(blocks), 1), _json_row)
    if media_type == CSV:
        return _csv_rows(enumerate(_lines(blocks), 1))
    raise _unsupported()


def _unsupported() -> Refusal:
    return Refusal("unsupported-media-type", expected=f"{CSV}, {NDJSON}, {XLSX}")


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Lines without their ends; None for one that is too long."""
    rest, skipping = b"", False
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield None if skipping or len(line) > LONGEST_LINE else line.rstrip(b"\r")
            skipping = False
        if len(rest) > LONGEST_LINE:
            rest, skipping = b"", True
    if rest or skipping:
        yield None if skipping else rest.rstrip(b"\r")


def _csv_rows(numbered: Iterator[tuple[int, bytes | None]]) -> Iterator[Numbered]:
    _, header = next(numbered, (1, b""))
    encoding, text = _header(header or b"")
    if not text.strip():
        raise Refusal("file-empty")
    try:
        keys = keys_of(_fields(text))
    except RowFault:
        raise Refusal("column-unknown", column="?") from None
    return _rows(numbered, lambda line: _csv_row(line, encoding, keys))


def _header(line: bytes) -> tuple[str, str]:
    """The file's encoding and its first line. The header alone decides: its headings are Chinese and known to us.

    Chinese in GB18030 is no valid UTF-8, and Chinese in UTF-8 read as GB18030 is no heading of ours.
    """
    if line.startswith(_ANOTHER_KIND):
        raise _unsupported()
    for encoding in () if line.startswith(_ANOTHER_ENCODING) else _ENCODINGS:
        try:
            return encoding, line.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise Refusal("file-encoding")


def _rows(numbered: Iterable[tuple[int, bytes | None]], read: Callable[[bytes], Row]) -> Iterator[Numbered]:
    for number, line in numbered:
        if line is None:
            yield Numbered(number, RowFault("row", "too-long"))
        elif line.strip():
            try:
                yield Numbered(number, read(line))
            except RowFault as fault:
                yield Numbered(number, fault)


def _csv_row(line: bytes, encoding: str, keys: list[str | None]) -> Row:
    values = _fields(line.decode(encoding, errors="replace"))
    if len(values) != len(keys):
        raise RowFault("row", "malformed")
    for key, value in zip(keys, values, strict=True):
        if "\ufffd" in value:
            raise RowFault(key or "row", "wrong-encoding")
    return {key: value for key, value in zip(keys, values, strict=True) if key is not None}


def _fields(line: str) -> list[str]:
    """One line is one row: a line break within quotes would let one stray quote swallow its neighbours."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        raise RowFault("row", "malformed") from None


def _json_row(line: bytes) -> Row:
    try:
        row = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise RowFault("row", "wrong-encoding") from None
    except (ValueError, RecursionError):
        raise RowFault("row", "malformed") from None
    if not isinstance(row, dict):
        raise RowFault("row", "malformed")
    known = PENALTY_FIELDS if "document_no" in row else RECORD_FIELDS
    if row.keys() - set(known):
        raise RowFault("row", "unknown-field")
    for key, value in row.items():
        if isinstance(value, (dict, list)):
            raise RowFault(key, "malformed")
    return row


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object each of whose names is there once: of two values nobody could say which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RowFault("row", "repeated")
    return found

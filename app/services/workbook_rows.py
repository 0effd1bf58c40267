"""The rows of an Excel workbook: its one visible sheet, whose first filled row is the header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from typing import IO, Any, TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from app.domain.columns import DAYS, keys_of
from app.domain.errors import Refusal
from app.domain.fact import RowFault
from app.domain.intake import Numbered, Row
from app.services.workbook_files import harmless
from app.services.workbook_parts import Cells

_T = TypeVar("_T")
_FIRST_DAY, _FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""Day 0 of Excel's two calendars; the first is right from March 1900 on."""
_SERIALS = range(20_000, 80_000)
"""Numbers that are read as days, 1954 to 2119; 20260314 is none of them."""


def workbook_rows(blocks: Iterable[bytes]) -> Iterator[Numbered]:
    """The rows below the header, by the numbers that Excel shows.

    Raises Refusal `workbook-unreadable`, `workbook-too-large`, `workbook-sheets`, `file-empty` or `column-…`.
    """
    with ExitStack() as stack:
        safe = stack.enter_context(harmless(blocks))
        sheet = _opened(safe.copy)
    cells = _cells(sheet)
    line, header = next(cells, (0, []))
    if not any(header):
        raise Refusal("file-empty")
    while header and header[-1] == "":
        header.pop()
    keys = keys_of(str(value) for value in header)
    left = sheet.start[1] if sheet.start else 0
    read = _Reader(keys, left, safe.sheet, safe.from_1904)
    return (
        Numbered(number, read.row(number, values))
        for number, values in cells
        if number > line and (number - 1 in safe.sheet.odd or any(value != "" for value in values))
    )


def _opened(copy: IO[bytes]) -> CalamineSheet:
    def read() -> CalamineSheet:
        with CalamineWorkbook.from_filelike(copy) as workbook:
            return workbook.get_sheet_by_index(0)

    return _or_refused(read)


def _or_refused(read: Callable[[], _T]) -> _T:
    """What `read` gives; whatever goes wrong inside calamine is the file's fault.

    A panic in Rust arrives as pyo3's PanicException, which no module exports and which is no Exception.
    """
    try:
        return read()
    except (CalamineError, ValueError, OverflowError, OSError):
        raise Refusal("workbook-unreadable") from None
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":
            raise
        raise Refusal("workbook-unreadable") from None


def _cells(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """The sheet's rows from its first filled one on, by number from 1."""
    rows = iter(sheet.iter_rows())
    first = sheet.start[0] + 1 if sheet.start else 1
    number = 0
    while (values := _or_refused(lambda: next(rows, None))) is not None:
        number += 1
        if number >= first:
            yield number, values


class _Reader:
    """Turns cells into a row by key; days become YYYY-MM-DD, everything else stays what it is."""

    def __init__(self, keys: list[str | None], left: int, sheet: Cells, from_1904: bool) -> None:
        self._keys, self._left, self._sheet = keys, left, sheet
        self._first_day = _FIRST_DAY_1904 if from_1904 else _FIRST_DAY

    def row(self, number: int, values: list[Any]) -> Row | RowFault:
        if any(value != "" for value in values[len(self._keys) :]):
            return RowFault("row", "malformed")
        odd = self._sheet.odd.get(number - 1, {})
        for place, key in enumerate(self._keys):
            for code, mask in odd.items():
                if key is not None and mask >> (place + self._left) & 1:
                    return RowFault(key, code)
        padded = [*values, *[""] * (len(self._keys) - len(values))]
        return {key: self._value(key, value) for key, value in zip(self._keys, padded, strict=False) if key is not None}

    def _value(self, key: str, value: Any) -> object:
        if key in DAYS:
            return self._day(value)
        if key == "quantity" and isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def _day(self, value: Any) -> object:
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == time() else value.isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float):
            whole = value.is_integer() and int(value) in _SERIALS
            return (self._first_day + timedelta(days=int(value))).isoformat() if whole else str(value)
        return value

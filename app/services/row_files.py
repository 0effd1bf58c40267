"""Reading a department's file as a stream: bytes in, numbered rows out, however large (docs/department-files.md)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.domain.errors import Refusal
from app.domain.fact import PENALTY_FIELDS, RECORD_FIELDS, RowFault
from app.domain.intake import Row

CSV = "text/csv"
NDJSON = "application/x-ndjson"
LONGEST_LINE = 65_536
"""Bytes; a longer line is refused as one row."""

RECORD_COLUMNS = {
    "记录编号": "source_record_id",
    "事项编码": "item",
    "姓名": "name",
    "证件号码": "id_number",
    "发生日期": "event_on",
    "数量": "quantity",
    "有效期至": "expires_on",
}
PENALTY_COLUMNS = {
    "行政处罚决定书文号": "document_no",
    "行政相对人名称": "name",
    "证件号码": "id_number",
    "违法行为类型": "violation_type",
    "处罚类别": "penalty_type",
    "处罚决定日期": "event_on",
    "处罚有效期": "ended_on",
    "公示截止期": "expires_on",
    "处罚机关": "issuer",
    "失信信息类别": "class",
    "是否封存": "sealed",
    "处罚依据": "basis",
    "行政相对人类别": "subject_type",
    "记录编号": "source_record_id",
}
NEITHER_READ_NOR_KEPT = frozenset({
    "证件类型", "统一社会信用代码", "法定代表人", "违法事实", "处罚内容", "罚款金额（万元）", "备注",
    "没收违法所得、没收非法财物的金额（万元）", "暂扣或吊销证照名称及编号", "处罚机关统一社会信用代码",
    "数据来源单位", "数据来源单位统一社会信用代码",
})  # fmt: skip
OPTIONAL = frozenset({"数量", "有效期至", "是否封存", "处罚依据", "行政相对人类别"})
_MARK = "行政处罚决定书文号"


@dataclass(frozen=True, slots=True)
class Numbered:
    """One line of a file: its number from 1, and the row that it says or the fault in it."""

    line: int
    row: Row | RowFault


def read_rows(blocks: Iterable[bytes], media_type: str) -> Iterator[Numbered]:
    """The rows of a file of `media_type`, in constant memory.

    Raises Refusal `unsupported-media-type`, `file-empty`, `file-not-utf8`, `column-unknown`, `column-missing` or
    `column-repeated` before the first row; later faults are rows' own.
    """
    numbered = enumerate(_lines(blocks), 1)
    if media_type == NDJSON:
        return _rows(numbered, _json_row)
    if media_type == CSV:
        return _csv_rows(numbered)
    raise Refusal("unsupported-media-type", expected=f"{CSV}, {NDJSON}")


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
    if not header:
        raise Refusal("file-empty")
    keys = _keys(_header(header))
    return _rows(numbered, lambda line: _csv_row(line, keys))


def _header(line: bytes) -> list[str]:
    if line.startswith(b"PK\x03\x04"):
        raise Refusal("unsupported-media-type", expected=f"{CSV}, {NDJSON}")
    try:
        return [column.strip() for column in _fields(line.decode("utf-8-sig"))]
    except UnicodeDecodeError:
        raise Refusal("file-not-utf8") from None
    except RowFault:
        raise Refusal("column-unknown", column="?") from None


def _keys(header: list[str]) -> list[str | None]:
    """The key of each column, None for one that is neither read nor kept."""
    columns = PENALTY_COLUMNS if _MARK in header else RECORD_COLUMNS
    ignored = NEITHER_READ_NOR_KEPT if _MARK in header else frozenset()
    for column in header:
        if column not in columns and column not in ignored:
            raise Refusal("column-unknown", column=column[:40])
        if header.count(column) > 1:
            raise Refusal("column-repeated", column=column)
    needed = [column for column in columns if column not in OPTIONAL and (column != "记录编号" or _MARK not in header)]
    for column in needed:
        if column not in header:
            raise Refusal("column-missing", column=column)
    return [columns.get(column) for column in header]


def _rows(numbered: Iterable[tuple[int, bytes | None]], read: Callable[[bytes], Row]) -> Iterator[Numbered]:
    for number, line in numbered:
        if line is None:
            yield Numbered(number, RowFault("row", "too-long"))
        elif line.strip():
            try:
                yield Numbered(number, read(line))
            except RowFault as fault:
                yield Numbered(number, fault)


def _csv_row(line: bytes, keys: list[str | None]) -> Row:
    values = _fields(line.decode("utf-8", errors="replace"))
    if len(values) != len(keys):
        raise RowFault("row", "malformed")
    return {key: value for key, value in zip(keys, values, strict=True) if key is not None}


def _fields(line: str) -> list[str]:
    """One line is one row: a line break within quotes would let one stray quote swallow its neighbours."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        raise RowFault("row", "malformed") from None


def _json_row(line: bytes) -> Row:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RowFault("row", "not-utf8") from None
    except (ValueError, RecursionError):
        raise RowFault("row", "malformed") from None
    if not isinstance(row, dict):
        raise RowFault("row", "malformed")
    known = PENALTY_FIELDS if "document_no" in row else RECORD_FIELDS
    if row.keys() - set(known):
        raise RowFault("row", "unknown-field")
    return row

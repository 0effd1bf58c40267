"""A department's file is read line by line, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.columns import PENALTY, RECORD
from app.domain.errors import Refusal
from app.domain.fact import CODES, PENALTY_FIELDS, RECORD_FIELDS, RowFault
from app.domain.intake import Numbered
from app.services.row_files import CSV, LONGEST_LINE, NDJSON, XLSX, read_rows
from tests.support.reading import faults, read

HEADER = ",".join(column.name for column in RECORD).encode() + b"\n"


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    rows = read(HEADER + b"a,b,c,d,e,f,g\r\n\r\n1,2,3,4,5,6,7")
    assert [row.line for row in rows] == [2, 4]
    assert [list(row.row.values()) for row in rows if not isinstance(row.row, RowFault)] == [[*"abcdefg"], [*"1234567"]]


def test_columns_may_stand_in_any_order() -> None:
    (row,) = read("姓名,记录编号,证件号码,发生日期,事项编码\n张,1,2,3,4\n".encode())
    assert row.row == {"name": "张", "source_record_id": "1", "id_number": "2", "event_on": "3", "item": "4"}


def test_a_stray_quote_costs_its_own_line_only() -> None:
    rows = read(HEADER + b'"a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n')
    assert faults(rows) == [(2, "row", "malformed")]
    assert len(rows) == 2


def test_an_endless_line_costs_one_row_and_no_memory() -> None:
    def blocks() -> Iterator[bytes]:
        yield HEADER
        for _ in range(200):
            yield b"x" * LONGEST_LINE
        yield b"\n1,2,3,4,5,6,7\n"

    rows = list(read_rows(blocks(), CSV))
    assert faults(rows) == [(2, "row", "too-long")]
    assert rows[1].line == 3


def test_bytes_that_are_no_utf8_cost_their_row() -> None:
    rows = read(HEADER + "a,b,张,d,e,f,g\n".encode("gbk") + b"1,2,3,4,5,6,7\n")
    assert faults(rows) == [(2, "name", "wrong-encoding")]
    assert faults(read(b'{"name": "\xd5\xc5"}\n{}\n', NDJSON)) == [(1, "row", "wrong-encoding")]


def test_every_key_has_its_column() -> None:
    assert {column.key for column in RECORD} == set(RECORD_FIELDS)
    assert {column.key for column in PENALTY} == set(PENALTY_FIELDS)


@given(st.binary(max_size=400), st.sampled_from([CSV, NDJSON, XLSX]), st.integers(1, 50))
def test_any_bytes_are_rows_or_refused(data: bytes, media_type: str, block: int) -> None:
    found: list[Numbered] | Refusal
    try:
        found = read(data, media_type, block)
    except Refusal as refusal:
        found = refusal
    if isinstance(found, Refusal):
        assert found.code.startswith(("file-", "column-", "unsupported-", "workbook-"))
    else:
        assert {code for *_, code in faults(found)} <= set(CODES)


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_any_bytes_after_a_header_are_rows(lines: list[bytes]) -> None:
    data = HEADER + b"\n".join(lines)
    assert [str(row) for row in read(data, block=3)] == [str(row) for row in read(data, block=1000)]


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(Refusal, match="unsupported-media-type"):
        read(b"{}", "application/json")

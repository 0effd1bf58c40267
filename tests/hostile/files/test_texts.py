"""CSV and NDJSON as they come: every encoding, line end and stray quote that offices know, and some others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.errors import Refusal
from app.services.row_files import CSV, LONGEST_LINE, NDJSON, read_rows
from tests.support.reading import faults, read, said

HEADER = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至"
ROW = "A1,returned_book,张测试,990000199001010012,2026-03-14,,"
FILE = f"{HEADER}\n{ROW}\n"
GIB = 2**30


def refused(data: bytes, media_type: str = CSV) -> str:
    with pytest.raises(Refusal) as refusal:
        read(data, media_type)
    return refusal.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_in_the_encodings_that_offices_write(encoding: str, end: str) -> None:
    (row,) = said(read(FILE.replace("\n", end).encode(encoding)))
    assert (row["source_record_id"], row["name"]) == ("A1", "张测试")


def test_gb18030_may_begin_with_its_own_byte_order_mark() -> None:
    assert said(read(("\ufeff" + FILE).encode("gb18030")))[0]["name"] == "张测试"


@pytest.mark.parametrize("name", ["㐀测试", "𠀀测试", "·吐尔逊", "喆"])
def test_rare_characters_survive_both_encodings(name: str) -> None:
    for encoding in ("utf-8", "gb18030"):
        assert said(read(FILE.replace("张测试", name).encode(encoding)))[0]["name"] == name


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_other_unicode_encodings_are_refused_whole(encoding: str, mark: str) -> None:
    assert refused((mark + FILE).encode(encoding)) in ("file-encoding", "column-unknown")


def test_big5_is_refused_and_never_guessed() -> None:
    big5 = "記錄編號,姓名\nA1,張測試\n".encode("big5")
    assert refused(big5) in ("file-encoding", "column-unknown")


@pytest.mark.parametrize(("header", "row"), [("utf-8", "gb18030"), ("utf-8", "latin-1")])
def test_a_row_in_another_encoding_than_its_header_costs_that_row(header: str, row: str) -> None:
    text = ROW.replace("张测试", "José Ñ") if row == "latin-1" else ROW
    rows = read(f"{HEADER}\n".encode(header) + f"{text}\n".encode(row) + f"{ROW}\n".encode(header))
    assert [(line, code) for line, _, code in faults(rows)] == [(2, "wrong-encoding")]
    assert said(rows)[0]["name"] == "张测试"


def test_a_utf8_row_in_a_gb18030_file_never_reads_as_the_name_it_was() -> None:
    """Its bytes may spell other characters; then the name belongs to nobody of that number, and the row is refused."""
    rows = read(f"{HEADER}\n".encode("gb18030") + f"{ROW}\n".encode())
    assert all(row["name"] != "张测试" for row in said(rows))


@pytest.mark.parametrize("data", [b"\x00", b"\x00" * 100, HEADER.encode() + b"\x00\n", b"\xef\xbb\xbf"])
def test_nothing_but_zeros_or_marks_is_no_file(data: bytes) -> None:
    assert refused(data) in ("column-unknown", "file-empty", "file-encoding")


def test_a_zero_byte_in_a_row_stays_in_its_row() -> None:
    rows = read(f"{HEADER}\nA\x001{ROW[2:]}\n{ROW}\n".encode())
    assert len(rows) == 2
    assert said(rows)[-1]["source_record_id"] == "A1"


def test_a_file_with_the_old_macintosh_line_ends_is_refused_whole() -> None:
    assert refused(FILE.replace("\n", "\r").encode()) == "column-unknown"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (f"{HEADER},姓名", "column-repeated"),
        (f"{HEADER},姓 名", "column-repeated"),
        (HEADER.replace(",", ";"), "column-unknown"),
        (HEADER.replace(",", "\t"), "column-unknown"),
        (f"{HEADER},", "column-unknown"),
        (f'"{HEADER}', "column-unknown"),
        (ROW, "column-unknown"),
    ],
)
def test_a_header_that_is_not_the_published_one_is_refused_whole(header: str, code: str) -> None:
    assert refused(f"{header}\n{ROW}\n".encode()) == code


def test_a_file_without_a_header_has_no_number_repeated_back() -> None:
    with pytest.raises(Refusal) as refusal:
        read(f"{ROW}\n".encode())
    assert refusal.value.params == {"column": "?"}


def test_a_quote_that_is_never_closed_costs_its_own_line() -> None:
    rows = read(f'{HEADER}\n"A0{ROW[2:]}\n{ROW}\nA2,"x"y{ROW[2:]}\n'.encode())
    assert faults(rows) == [(2, "row", "malformed"), (4, "row", "malformed")]
    assert len(said(rows)) == 1


def test_a_line_of_a_gibibyte_costs_one_row() -> None:
    """Generated, never held: the reader keeps no more of it than a line may have."""
    block = b"x" * (LONGEST_LINE * 16)

    def blocks() -> Iterator[bytes]:
        yield f"{HEADER}\n".encode()
        for _ in range(GIB // len(block)):
            yield block
        yield f"\n{ROW}\n".encode()

    rows = list(read_rows(blocks(), CSV))
    assert faults(rows) == [(2, "row", "too-long")]
    assert said(rows)[0]["source_record_id"] == "A1"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("[" * 30_000, "malformed"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "malformed"),
        ('{"quantity": ' + "9" * 20_000 + "}", "malformed"),
        ('{"item": "a", "item": "b"}', "repeated"),
        ('{"item": {"item": 1, "item": 2}}', "repeated"),
        ('{"item": "a"} {"item": "b"}', "malformed"),
        ("null", "malformed"),
        ('"text"', "malformed"),
        ("{'item': 'a'}", "malformed"),
        ('{"item": "a", "score": 900}', "unknown-field"),
    ],
)
def test_a_line_that_is_no_object_of_ours_costs_one_row(line: str, fault: str) -> None:
    rows = read(f"{line}\n{{}}\n".encode(), NDJSON, block=4096)
    assert faults(rows) == [(1, "row", fault)]


@pytest.mark.parametrize("depth", [1, 100, *range(900, 1000, 3)])
def test_a_value_of_any_depth_is_no_value(depth: int) -> None:
    line = '{"item": ' + "[" * depth + "]" * depth + "}"
    ((_, field, code),) = faults(read(f"{line}\n".encode(), NDJSON, block=4096))
    assert (field, code) in {("item", "malformed"), ("row", "malformed")}


@pytest.mark.parametrize("number", ["1e999", "-0", "NaN", "Infinity", "1e-999", str(2**70)])
def test_numbers_that_computers_disagree_about_are_values_and_no_more(number: str) -> None:
    assert len(said(read(f'{{"quantity": {number}}}\n'.encode(), NDJSON))) == 1

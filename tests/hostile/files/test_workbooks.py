"""Excel workbooks as people make them, and as nobody should."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import Refusal
from app.services import workbook_files
from app.services.row_files import XLSX
from app.services.workbook_parts import COLUMNS_MOST, ROWS_MOST
from tests.support.reading import faults, read, said
from tests.support.workbooks import RECORD_HEADER, SHEET, bent, book, part, saved

ID = "990000199001010012"
RELATIONS = "xl/_rels/workbook.xml.rels"
ROW = ("A1", "volunteer_service", "张测试", ID, "2026-03-14", 4, None)


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        read(data, XLSX, block=4096)
    return refusal.value.code


def day_in(value: object, number_format: str | None = None, since_1904: bool = False) -> object:
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904 if since_1904 else workbook.epoch
    workbook.active.append(RECORD_HEADER)
    workbook.active.append([*ROW[:4], value, *ROW[5:]])
    if number_format:
        workbook.active.cell(2, 5).number_format = number_format
    return said(read(saved(workbook), XLSX, block=4096))[0]["event_on"]


def test_a_workbook_says_the_same_as_a_csv() -> None:
    (row,) = said(read(book(ROW), XLSX, block=100))
    assert row == {
        "source_record_id": "A1", "item": "volunteer_service", "name": "张测试", "id_number": ID,
        "event_on": "2026-03-14", "quantity": 4, "expires_on": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        ("2026-03-14", None),
        (date(2026, 3, 14), None),
        (datetime.fromisoformat("2026-03-14"), "yyyy/m/d"),
        (46095, None),
        (46095, "0"),
    ],
)
def test_a_day_is_a_text_a_date_cell_or_a_serial_number(value: object, number_format: str | None) -> None:
    assert day_in(value, number_format) == "2026-03-14"


def test_serial_numbers_are_counted_in_the_workbooks_own_calendar() -> None:
    assert day_in(46095 - 1462, since_1904=True) == "2026-03-14"
    assert day_in(date(2026, 3, 14), since_1904=True) == "2026-03-14"


@pytest.mark.parametrize("value", [20260314, 46095.5, -1, 1e300, datetime.fromisoformat("2026-03-14 15:30"), True])
def test_other_numbers_are_no_days(value: object) -> None:
    assert day_in(value) != "2026-03-14"


def test_an_identity_number_that_became_a_number_stays_one_for_intake_to_refuse() -> None:
    (row,) = said(read(book((*ROW[:3], float(ID), *ROW[4:])), XLSX, block=4096))
    assert isinstance(row["id_number"], float)


def test_lines_are_numbered_as_excel_numbers_them_and_the_header_may_stand_lower() -> None:
    workbook = openpyxl.Workbook()
    for column, (heading, value) in enumerate(zip(RECORD_HEADER, ROW, strict=True), 3):
        workbook.active.cell(4, column, heading)
        workbook.active.cell(7, column, value)
    (row,) = read(saved(workbook), XLSX, block=4096)
    assert row.line == 7
    assert isinstance(row.row, dict)
    assert row.row["id_number"] == ID


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("A2", '="A"&"1"', ("source_record_id", "formula")),
        ("F2", "=1+3", ("quantity", "formula")),
        ("D2", "#N/A", ("id_number", "error-cell")),
        ("H2", "more", ("row", "malformed")),
    ],
)
def test_a_cell_that_nobody_typed_costs_its_row(place: str, value: str, fault: tuple[str, str]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(book(ROW, ("A2", *ROW[1:]))))
    workbook.active[place] = value
    rows = read(saved(workbook), XLSX, block=4096)
    assert faults(rows) == [(2, *fault)]
    assert said(rows)[0]["source_record_id"] == "A2"


def test_merged_cells_cost_the_rows_that_they_cover() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(book(*((f"A{n}", *ROW[1:]) for n in range(4)))))
    workbook.active.merge_cells("C3:C4")
    assert faults(read(saved(workbook), XLSX, block=4096)) == [(3, "name", "merged-cell"), (4, "name", "merged-cell")]


def test_a_row_of_nothing_but_an_error_is_refused_not_passed_over() -> None:
    assert faults(read(book(("#REF!",)), XLSX, block=4096)) == [(2, "source_record_id", "error-cell")]


def test_formats_on_empty_cells_are_no_rows() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(book(ROW)))
    for number in range(3, 300):
        workbook.active.cell(number, 200).number_format = "@"
    assert len(read(saved(workbook), XLSX, block=4096)) == 1


def test_one_visible_sheet_is_read_and_hidden_ones_are_not() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(book(ROW)))
    lists = workbook.create_sheet("lists", 0)
    lists["A1"] = "不读"
    workbook.create_sheet("empty")
    assert refused(saved(workbook)) == "workbook-sheets"
    lists.sheet_state = "veryHidden"
    assert len(said(read(saved(workbook), XLSX, block=4096))) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook-unreadable"),
        (b"PK\x05\x06" + b"\x00" * 18, "workbook-unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000, "workbook-unreadable"),
        ("记录编号,姓名\n".encode(), "workbook-unreadable"),
        (book(ROW)[:-200], "workbook-unreadable"),
        (saved(openpyxl.Workbook()), "file-empty"),
        (book(header=["姓名"]), "column-missing"),
        (book(header=[*RECORD_HEADER, "姓名"]), "column-repeated"),
        (book(header=["填报说明"]), "column-unknown"),
        (bent(book(ROW), {"xl/workbook.xml": None}), "workbook-unreadable"),
        (bent(book(ROW), {SHEET: None}), "workbook-unreadable"),
        (bent(book(ROW), {SHEET: b"<worksheet>"}), "workbook-unreadable"),
        (bent(book(ROW), {SHEET: b"\xff\xfe\x00"}), "workbook-unreadable"),
    ],
)
def test_what_is_no_workbook_of_ours_is_refused_whole(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_workbook_with_a_part_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        double = bent(book(ROW), {}, [(SHEET, part(book(ROW)))])
    assert refused(double) == "workbook-unreadable"


def test_no_document_type_and_so_no_entity_that_unfolds() -> None:
    laughs = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + part(book(ROW)).split(b"?>")[-1]
    assert refused(bent(book(ROW), {SHEET: laughs})) == "workbook-unreadable"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = bent(book(ROW), {SHEET: part(book(ROW)) + b" " * 400 * 2**20})
    assert len(bomb) < 2**20
    monkeypatch.setattr(workbook_files, "_store", lambda *parts: next(iter(parts[-1])))
    assert refused(bomb) == "workbook-too-large"


def test_a_zip_that_lies_about_its_sizes_is_unpacked_no_further_than_it_says() -> None:
    honest = bent(book(ROW), {SHEET: part(book(ROW)) + b" " * 5_000_000})
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = archive.getinfo(SHEET).file_size
    lying = honest.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refused(lying) == "workbook-unreadable"


def test_two_cells_at_opposite_corners_take_no_memory() -> None:
    corners = f'<row r="{ROWS_MOST}"><c r="XFD{ROWS_MOST}"><v>1</v></c></row></sheetData>'.encode()
    tracemalloc.start()
    assert refused(bent(book(ROW), {SHEET: part(book(ROW)).replace(b"</sheetData>", corners)})) == "workbook-too-large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="9999999"><c r="A9999999"><v>1</v></c></row>',
        b'<row r="-5"><c><v>1</v></c></row>',
        b"<row><c>" + b"</c><c>" * (COLUMNS_MOST + 1) + b"<v>1</v></c></row>",
        b'</sheetData><mergeCells><mergeCell ref="A1:A9999999"/></mergeCells><sheetData>',
        b'<row r="200000"><c r="Z200000"><v>1</v></c></row>',
    ],
)
def test_a_sheet_without_measure_is_refused(cells: bytes) -> None:
    sheet = part(book(ROW)).replace(b"</sheetData>", cells + b"</sheetData>")
    assert refused(bent(book(ROW), {SHEET: sheet})) == "workbook-too-large"


@pytest.mark.parametrize("place", [b"a1", b"A", b"1", b"", b"AAAA1", b"A99999999", "Ａ1".encode(), b"A1:B2"])
def test_a_cell_without_a_place_is_refused(place: bytes) -> None:
    sheet = part(book(ROW)).replace(b"</sheetData>", b'<row><c r="' + place + b'"><v>1</v></c></row></sheetData>')
    assert refused(bent(book(ROW), {SHEET: sheet})) == "workbook-unreadable"


def sharing(texts: list[str], *cells: bytes) -> bytes:
    """A workbook whose cells below the first row name texts of a common list, as Excel itself writes them."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    listed = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    row = b"<row>" + b"".join(b'<c t="s"><v>' + cell + b"</v></c>" for cell in cells) + b"</row>"
    sheet = part(book(ROW)).replace(b"</sheetData>", row + b"</sheetData>")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = b'<Relationship Id="rIdT" Type="' + kind + b'" Target="sharedStrings.xml"/></Relationships>'
    relations = part(book(ROW), RELATIONS).replace(b"</Relationships>", relation)
    return bent(book(ROW), {SHEET: sheet, RELATIONS: relations}, [("xl/sharedStrings.xml", listed.encode())])


def test_texts_that_cells_share_are_read() -> None:
    rows = said(read(sharing(["A7", "returned_book"], b"0", b"1", b"0"), XLSX, block=4096))
    assert [rows[1][key] for key in ("source_record_id", "item", "name")] == ["A7", "returned_book", "A7"]


@pytest.mark.parametrize("number", [b"9", b"-1", b"x", b"", b"9" * 40])
def test_a_shared_text_that_there_is_not_is_refused_or_empty(number: bytes) -> None:
    with suppress(Refusal):
        assert len(read(sharing(["A7"], number), XLSX, block=4096)) <= 2


def test_one_long_text_in_very_many_cells_is_refused() -> None:
    """30 kB in 7 × 20,000 cells would be 4 GB in memory and is 40 kB on the wire."""
    rows = b"<row>" + b'<c t="s"><v>0</v></c>' * 7 + b"</row>"
    sheet = part(book(ROW)).replace(b"</sheetData>", rows * 20_000 + b"</sheetData>")
    shown = bent(sharing(["x" * 30_000]), {SHEET: sheet})
    assert len(shown) < 2**18
    assert refused(shown) == "workbook-too-large"


def test_a_workbook_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read(book(ROW), XLSX, block=4096)
    assert list(tmp_path.iterdir()) == []

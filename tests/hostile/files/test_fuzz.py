"""Any bytes at all: rows, faults with a known code, or a refusal of the whole; never anything else."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Refusal
from app.domain.fact import CODES, PENALTY_FIELDS, RECORD_FIELDS, Fact, RowFault
from app.domain.intake import Intake, Numbered
from app.domain.pack import catalogue_of
from app.packs import load_packs
from app.services.row_files import CSV, NDJSON, XLSX
from app.web.file_errors import FILE_PROBLEMS
from tests.support.reading import read
from tests.support.workbooks import PENALTY_HEADER, RECORD_HEADER, SHEET, bent, book, part

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
INTAKE = Intake(catalogue_of(load_packs()), "social_work", date(2026, 6, 15))
FIELDS = {*RECORD_FIELDS, *PENALTY_FIELDS, "row"}
ID = "990000199001010012"
GOOD = ("A1", "volunteer_service", "张测试", ID, "2026-03-14", 4, None)
WORKBOOK = book(GOOD, ("A2", "returned_book", "=1+1", ID, date(2026, 3, 14), None, None))
SHEET_XML = part(WORKBOOK)
PARTS = [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]

LINE = st.text(max_size=80) | st.lists(st.text(max_size=12), min_size=7, max_size=7).map(",".join)
PATCH = st.tuples(st.integers(0, 2**20), st.binary(max_size=12), st.integers(0, 12))
TAGS = st.sampled_from(
    ['<c r="B2">', "<c>", '<c t="s">', '<c t="e">', '<c t="b">', '<c t="d">', '<c s="1">', "</c>", "<v>", "</v>", "<f>",
     "</f>", "<is><t>", "</t></is>", "<row>", '<row r="3">', "</row>", "0", "1e309", "-5", "9" * 400, "张", "&amp;",
     "\x07", '<mergeCell ref="A1:C9"/>', '<dimension ref="A1:XFD1048576"/>']
)  # fmt: skip


def judged(data: bytes, media_type: str, block: int = 4096) -> int:
    """How many rows there were; every one a fact or a fault that we can name."""
    rows: list[Numbered] = []
    refused = "unsupported-media-type"
    try:
        rows = read(data, media_type, block)
    except Refusal as refusal:
        refused = refusal.code
    assert refused in {*FILE_PROBLEMS, "unsupported-media-type"}
    for numbered in rows:
        fault = numbered.row
        if not isinstance(fault, RowFault):
            try:
                assert isinstance(INTAKE.fact(fault), Fact)
                continue
            except RowFault as found:
                fault = found
        assert (fault.code in CODES, fault.field in FIELDS) == (True, True)
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    return len(rows)


def patched(data: bytes, patches: list[tuple[int, bytes, int]]) -> bytes:
    for place, new, over in patches:
        at = place % (len(data) + 1)
        data = data[:at] + new + data[at + over :]
    return data


@UNHURRIED
@given(st.binary(max_size=300), st.sampled_from([CSV, NDJSON, XLSX]), st.integers(1, 60))
def test_any_bytes(data: bytes, media_type: str, block: int) -> None:
    judged(data, media_type, block)


@UNHURRIED
@given(
    st.sampled_from([RECORD_HEADER, PENALTY_HEADER]),
    st.lists(LINE | st.binary(max_size=40), max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
def test_any_lines_below_a_header(header: list[str], lines: list[str | bytes], encoding: str) -> None:
    body = [line if isinstance(line, bytes) else line.encode(encoding, "replace") for line in lines]
    judged(b"\n".join([",".join(header).encode(encoding), *body]), CSV)


@UNHURRIED
@given(st.lists(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.none() | st.text() | st.integers() | st.floats())))
def test_any_objects(rows: list[dict[str, object]]) -> None:
    judged("\n".join(map(json.dumps, rows)).encode(), NDJSON)


@UNHURRIED
@given(st.lists(PATCH, min_size=1, max_size=4))
def test_a_workbook_with_bytes_changed(patches: list[tuple[int, bytes, int]]) -> None:
    judged(patched(WORKBOOK, patches), XLSX)


@UNHURRIED
@given(
    st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]),
    st.lists(PATCH, max_size=3),
)
def test_a_workbook_with_a_part_changed(name: str, patches: list[tuple[int, bytes, int]]) -> None:
    judged(bent(WORKBOOK, {name: patched(part(WORKBOOK, name), patches)}), XLSX)


@UNHURRIED
@given(st.lists(TAGS, max_size=25))
def test_a_sheet_of_any_cells(tags: list[str]) -> None:
    inside = "".join(tags).encode()
    judged(bent(WORKBOOK, {SHEET: SHEET_XML.replace(b"</sheetData>", inside + b"</sheetData>")}), XLSX)


CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.text(st.characters(blacklist_categories=("Cs", "Cc", "Co", "Cn")), max_size=12)
)


@settings(UNHURRIED, max_examples=30)
@given(st.lists(st.lists(CELLS, min_size=7, max_size=8), max_size=5))
def test_any_cells_that_excel_can_hold(rows: list[list[object]]) -> None:
    judged(book(*rows), XLSX)

"""Workbooks whose parts are not what their names say: nothing is opened that was not looked through."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.domain.errors import Refusal
from app.services import workbook_files, workbook_parts
from app.services.row_files import XLSX
from app.services.workbook_files import harmless
from tests.conftest import ROOT
from tests.support.reading import read, said
from tests.support.workbooks import SHEET, bent, book, part

ID = "990000199001010012"
ROW = ("A1", "volunteer_service", "张测试", ID, "2026-03-14", 4, None)
GOOD = part(book(ROW))
CORNER = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
CORNERS = GOOD.replace(b"</sheetData>", CORNER)
"""A cell in the first row and one in the last column of the last: a grid of 550 GB to whoever opens it."""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CHILD = """
import pathlib, sys
from app.domain.errors import Refusal
from app.services.row_files import XLSX, read_rows
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        print(path.name, len(list(read_rows([path.read_bytes()], XLSX))))
    except Refusal as refusal:
        print(path.name, refusal.code)
"""


def relation(number: int, target: str, kind: str = "worksheet", mode: str = "") -> str:
    return f'<Relationship Id="r{number}" Type="{TYPES}/{kind}" Target="{target}"{mode}/>'


def package(names: list[str], relations: list[str], **parts: bytes) -> bytes:
    """A workbook of sheets with these names, the n-th of which is relation rn; `parts` lie in xl/worksheets."""
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1))
    told = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{''.join(relations)}</Relationships>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in told.items():
            archive.writestr(name, text)
        for stem, data in parts.items():
            archive.writestr(f"xl/worksheets/{stem}.xml", data)
    return file.getvalue()


TWO = [relation(1, "worksheets/one.xml"), relation(2, "worksheets/two.xml")]
HOSTILE = {
    "a sheet called like shared texts": (
        package(["A"], [relation(1, "worksheets/sharedstrings9.xml")], sharedstrings9=CORNERS),
        "workbook-too-large",
    ),
    "and one of its name that is harmless": (
        package(
            ["A", "A"],
            [relation(1, "worksheets/sharedstrings9.xml"), relation(2, "worksheets/two.xml")],
            sharedstrings9=CORNERS,
            two=GOOD,
        ),
        "workbook-unreadable",
    ),
    "names that differ by case": (package(["a", "A"], TWO, one=CORNERS, two=GOOD), "workbook-unreadable"),
    "two sheets in one part": (
        package(["A", "B"], [relation(1, "worksheets/one.xml"), relation(2, "/xl/worksheets/./one.xml")], one=GOOD),
        "workbook-unreadable",
    ),
    "a relation twice": (package(["A"], [*TWO[:1], relation(1, "worksheets/two.xml")], one=GOOD, two=CORNERS),
                         "workbook-unreadable"),
    "a sheet outside the file": (
        package(["A"], [relation(1, "worksheets/one.xml", mode=' TargetMode="External"')], one=GOOD),
        "workbook-unreadable",
    ),
    "a sheet that is not there": (package(["A"], TWO, two=GOOD), "workbook-unreadable"),
    "a sheet that is the list of sheets": (package(["A"], [relation(1, "workbook.xml")]), "workbook-unreadable"),
    "a sheet that is also the shared texts": (
        package(["A"], [*TWO[:1], relation(9, "worksheets/one.xml", "sharedStrings")], one=CORNERS),
        "workbook-unreadable",
    ),
    "shared texts twice": (
        package(["A"], [*TWO[:1], *[relation(n, "worksheets/two.xml", "sharedStrings") for n in (8, 9)]], one=GOOD),
        "workbook-unreadable",
    ),
    "another encoding, in which the cells are a comment": (
        package(["A"], TWO, one=b'<?xml version="1.0" encoding="cp037"?>' + GOOD),
        "workbook-unreadable",
    ),
    "a visible sheet besides": (package(["A", "B"], TWO, one=GOOD, two=CORNERS), "workbook-too-large"),
    "parts of which nobody speaks": (package(["A"], TWO[:1], one=GOOD, two=CORNERS, sharedstrings=CORNERS), "1"),
}  # fmt: skip


def test_the_process_outlives_every_one_of_them(tmp_path: Path) -> None:
    """In a process of its own: what calamine cannot allocate ends the process, and no except clause hears of it."""
    for name, (data, _) in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr[-500:]
    assert set(child.stdout.splitlines()) == {f"{name} {code}" for name, (_, code) in HOSTILE.items()}


def test_calamine_opens_nothing_but_what_was_looked_through() -> None:
    extra = [
        "vbaProject.bin",
        "externalLinks/externalLink1.xml",
        "pivotCache/pivotCacheDefinition1.xml",
        "tables/t.xml",
    ]
    with harmless([bent(book(ROW), {}, [(f"xl/{name}", CORNERS) for name in extra])]) as safe:
        names = zipfile.ZipFile(safe.copy).namelist()
    assert set(names) == {"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet0.xml"}


def test_what_is_not_read_costs_nothing_and_stands_in_nobodys_way() -> None:
    """A picture may be of any size and kind of packing; what is read must keep to its ratio by itself."""
    picture = [("xl/media/zeros.xml", b"\x00" * 20 * 2**20)]
    assert len(said(read(bent(book(ROW), {}, picture), XLSX, block=4096))) == 1


def sharing(texts: str) -> bytes:
    relations = [*TWO[:1], relation(9, "worksheets/texts.xml", "sharedStrings")]
    return package(["A"], relations, one=GOOD, texts=f'<sst xmlns="{MAIN}">{texts}</sst>'.encode())


@pytest.mark.parametrize(
    ("limit", "most", "texts"),
    [("CELLS_MOST", 50, "<si/>" * 51), ("TEXT_MOST", 500, "<si><t>" + "x" * 501 + "</t></si>")],
)
def test_shared_texts_are_limited_though_no_cell_shows_them(
    limit: str, most: int, texts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(said(read(sharing(texts), XLSX, block=4096))) == 1
    monkeypatch.setattr(workbook_parts, limit, most)
    with pytest.raises(Refusal, match="workbook-too-large"):
        read(sharing(texts), XLSX, block=4096)


def test_a_bomb_cannot_hide_behind_a_large_part_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_files, "RATIO_MOST", 20)
    noise = bytes(range(256)) * 4096
    bomb = bent(book(ROW), {SHEET: GOOD + b" " * 3 * 2**20}, [("docProps/noise.bin", noise)])
    with pytest.raises(Refusal, match="workbook-too-large"):
        read(bomb, XLSX, block=4096)

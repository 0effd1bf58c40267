"""docs/department-files.md says what the code does: its items, columns, reasons and limits."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from app.domain.columns import NEITHER_READ_NOR_KEPT, PENALTY, RECORD
from app.domain.fact import CODES
from app.domain.pack import Kind, catalogue_of
from app.packs import load_packs
from app.services import ingestion, workbook_files, workbook_parts
from app.services.row_files import LONGEST_LINE, MEDIA_TYPES
from app.web.file_errors import FILE_PROBLEMS
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "department-files.md").read_text(encoding="utf-8")
ITEMS = catalogue_of(load_packs())


def rows_of(table: str) -> list[list[str]]:
    """The cells of a table, by what its first heading is."""
    after = PAGE.split(f"| {table} |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in after.splitlines()[2:]]


def test_it_lists_the_catalogue() -> None:
    told = {row[0].strip("`"): row[1:] for row in rows_of("item code")}
    assert set(told) == {code for code, item in ITEMS.items() if item.kind is Kind.POSITIVE}
    for code, (name, source, quantity, months) in told.items():
        item = ITEMS[code]
        assert (name, source, months) == (item.name.zh, f"`{item.sources[0]}`", str(item.retention_months))
        assert quantity.startswith("–") == (item.min_quantity is None)


@pytest.mark.parametrize("column", [*RECORD, *PENALTY], ids=lambda column: f"{column.name}-{column.key}")
def test_it_names_every_column_and_key(column) -> None:
    assert re.search(rf"\| `{column.name}` \| `{column.key}` \|", PAGE)


def test_it_names_what_is_neither_read_nor_kept() -> None:
    assert [name for name in NEITHER_READ_NOR_KEPT if f"`{name}`" not in PAGE] == []


def test_it_explains_every_reason_and_every_refusal_of_a_whole_file() -> None:
    told = set(chain.from_iterable(re.findall(r"`([a-z0-9-]+)`", row[0]) for row in rows_of("code")))
    assert told == set(CODES)
    assert [code for code in FILE_PROBLEMS if f"`{code}`" not in PAGE] == []


def test_its_limits_are_the_codes() -> None:
    mebi = 2**20
    limits = (
        f"{LONGEST_LINE:,} bytes", f"{ingestion.CHUNK:,} rows", f"{ingestion.AT_ONCE} people",
        f"{workbook_files.FILE_MOST // mebi} MiB", f"{workbook_files.UNPACKED_MOST // mebi} MiB unpacked",
        f"{workbook_parts.PARTS_MOST:,} parts", f"{workbook_parts.ROWS_MOST:,} rows",
        f"{workbook_parts.COLUMNS_MOST} columns", f"{workbook_parts.CELLS_MOST // 10**6} million cells",
        f"{workbook_parts.TEXT_MOST // mebi} Mi characters",
    )  # fmt: skip
    assert [limit for limit in limits if limit not in PAGE] == []
    assert [kind for kind in MEDIA_TYPES.values() if f"`{kind}`" not in PAGE] == []

"""A file is filed in the memory of a chunk, however long it is: all the way from its bytes into the database."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from functools import partial

import pytest

from app.department.upload import Handing, take_file
from app.domain.access import Actor, ActorKind
from app.services import ingestion
from app.services.row_files import CSV, NDJSON
from app.web.kit import Kit
from tests.support.members import a_row, days_ago
from tests.support.people import id_number

LIBRARY = Actor(ActorKind.DEPARTMENT, "library", "图书馆")
HEADER = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至\n"
CHUNK = 250


def lines(kit: Kit, media_type: str, rows: int) -> Iterator[bytes]:
    """Rows about nobody, some of them refused, made one by one."""
    day = days_ago(kit)
    if media_type == CSV:
        yield HEADER.encode()
    for number in range(rows):
        said = a_row(f"N{number}", "returned_book" if number % 9 else "no_such_item", day, serial=900)
        if media_type == CSV:
            yield f"{said['source_record_id']},{said['item']},张测试,{id_number(900)},{day},,\n".encode()
        else:
            yield (str(said).replace("'", '"') + "\n").encode()


def peak(kit: Kit, media_type: str, rows: int) -> int:
    """The most bytes that Python held at once while so many rows were filed; what it had let go of is collected."""
    gc.collect()
    gc.freeze()
    tracemalloc.start()
    try:
        handing = Handing(LIBRARY, media_type, f"{rows:064x}", heard=lambda rows: gc.collect())
        assert take_file(kit, handing, lines(kit, media_type, rows)).report.rows == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.unfreeze()


@pytest.mark.parametrize("media_type", [CSV, NDJSON])
def test_twelve_times_the_rows_take_no_more_memory(kit: Kit, media_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "chunks", partial(ingestion.chunks, size=CHUNK))
    peak(kit, media_type, CHUNK)
    few, many = peak(kit, media_type, 2 * CHUNK), peak(kit, media_type, 24 * CHUNK)
    assert many < 1.25 * few, f"{few:,} bytes for 2 chunks, {many:,} for 24"

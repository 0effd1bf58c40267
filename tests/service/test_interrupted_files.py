"""A file whose filing was killed goes on where it was: its report is that of an unbroken run, whenever that was."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from app.cli.ingesting import ingest_file
from app.department.upload import Handing, Upload, take_file
from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.services import ingestion
from app.services.row_files import CSV
from app.store.access_log import AccessLogRow
from app.store.base import Base
from app.store.batches import Batch, BatchPerson
from app.store.records import RecordEvent, RecordRow, RecordSource
from app.web.kit import EXTENSION, Kit
from tests.conftest import ROOT, Clock
from tests.support.members import days_ago, make_member
from tests.support.people import id_number

HEADER = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至"
LIBRARY = Actor(ActorKind.DEPARTMENT, "library", "library")
PEOPLE = range(1, 5)
COUNTS = ("status", "rows", "accepted", "corrected", "duplicates", "refused", "not_stored")


class KilledError(Exception):
    """The process was killed here."""


@pytest.fixture
def kit(real_app: Flask) -> Kit:
    kit: Kit = real_app.extensions[EXTENSION]
    with kit.sessions() as session:
        for serial in PEOPLE:
            make_member(session, kit, serial=serial)
    return kit


def lines(kit: Kit, prefix: str, rows: int) -> list[str]:
    """Rows of every fate: taken, doubled, corrected, about somebody else, refused by the reader, refused by filing."""
    day, later = days_ago(kit), days_ago(kit, 20)
    found = []
    for number in range(rows):
        serial = 1 + number % len(PEOPLE)
        row = f"{prefix}{number},returned_book,张测试,{id_number(serial)},{day},,"
        fates = {
            3: f"{prefix}{number - 1},returned_book,张测试,{id_number(1 + (number - 1) % len(PEOPLE))},{later},,",
            5: row.replace(str(day), "2026-02-30"),
            6: row.replace("张测试", "王五"),
            7: row.replace(id_number(serial), id_number(900)),
            8: f"{row}\n{row}",
            9: f"{row}\n\nthree,values,only",
        }
        found.append(fates.get(number % 11, row))
    return [HEADER, *found]


def hand_in(kit: Kit, text: str, key: str) -> Upload:
    return take_file(kit, Handing(LIBRARY, CSV, key), iter([text.encode()]))


def outcome(kit: Kit, batch_id: str) -> tuple[object, ...]:
    """The whole of a report: the counts, and every refused row."""
    with kit.sessions() as session:
        report = ingestion.report(session, LIBRARY.id, batch_id)
        refused = ingestion.refusals(session, LIBRARY.id, batch_id, after=None, limit=10_000)
        return (
            *[getattr(report, name) for name in COUNTS],
            *[(one.line, one.field, one.code) for one in refused],
        )


def count(kit: Kit, table: type[Base]) -> int:
    with kit.sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@contextmanager
def killed_at(kit: Kit, commit: int, moment: str) -> Iterator[list[int]]:
    """Die just before or just after the process's n-th commit; tells which commits there were."""
    seen: list[int] = []

    def die(_session: Session) -> None:
        seen.append(len(seen) + 1)
        if len(seen) == commit:
            raise KilledError

    event.listen(kit.sessions, moment, die)
    try:
        with suppress(KilledError):
            yield seen
    finally:
        event.remove(kit.sessions, moment, die)


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_kill_at_any_moment_leaves_no_trace_in_the_report(
    kit: Kit, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "chunks", partial(ingestion.chunks, size=8))
    unbroken = outcome(kit, hand_in(kit, "\n".join(lines(kit, "A", 33)), "aa" * 32).report.id)
    tables = (RecordRow, RecordEvent, RecordSource)
    each = [count(kit, table) for table in tables]
    for commit in itertools.count(1):
        text, key = "\n".join(lines(kit, f"K{commit}-", 33)), f"{commit:064x}"
        with killed_at(kit, commit, moment) as happened:
            hand_in(kit, text, key)
        assert outcome(kit, hand_in(kit, text, key).report.id) == unbroken, f"commit {commit} of {len(happened)}"
        assert [count(kit, table) for table in tables] == [(commit + 1) * one for one in each]
        if len(happened) < commit:
            break
    assert commit > 7, "the file has several chunks"


def test_an_interrupted_file_says_so_and_how_far_it_is(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "chunks", partial(ingestion.chunks, size=8))
    text = "\n".join(lines(kit, "I", 33))
    with killed_at(kit, 4, "before_commit"):
        hand_in(kit, text, "bb" * 32)
    with kit.sessions() as session:
        (batch,) = ingestion.reports(session, LIBRARY.id, before=None, limit=5)
    assert batch.status == "interrupted"
    assert 0 < batch.rows < 33
    assert batch.progressed_at is not None
    assert hand_in(kit, text, "bb" * 32).report.status == "complete"


def test_a_file_in_progress_is_seen_to_grow_and_its_key_is_in_use(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "chunks", partial(ingestion.chunks, size=8))
    text, seen = "\n".join(lines(kit, "P", 33)), []

    def blocks() -> Iterator[bytes]:
        for line in text.splitlines(keepends=True):
            yield line.encode()
            with kit.sessions() as session:
                seen.extend((one.status, one.rows) for one in ingestion.reports(session, None, before=None, limit=1))

    take_file(kit, Handing(LIBRARY, CSV, "cc" * 32), blocks())
    assert {status for status, _ in seen} == {"processing"}
    assert [rows for _, rows in dict.fromkeys(seen)] == [0, 8, 16, 24, 32]

    def again() -> Iterator[bytes]:
        yield f"{HEADER}\n".encode()
        with pytest.raises(Refusal, match="idempotency-key-in-use"):
            hand_in(kit, text, "dd" * 32)

    take_file(kit, Handing(LIBRARY, CSV, "dd" * 32), again())


def test_who_sends_slowly_keeps_no_connection_of_the_pool_and_no_transaction(kit: Kit) -> None:
    waiting = text("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'")

    def blocks() -> Iterator[bytes]:
        for row in lines(kit, "S", 3):
            assert kit.engine.pool.checkedout() == 0
            with kit.sessions() as session:
                assert session.scalar(waiting) == 0
            yield f"{row}\n".encode()

    assert take_file(kit, Handing(LIBRARY, CSV, "12" * 32), blocks()).report.rows == 3


def test_a_department_sends_so_many_files_at_once_and_no_more(kit: Kit) -> None:
    """Nor does it keep others from theirs."""

    def sending(left: int) -> Iterator[bytes]:
        yield f"{HEADER}\n".encode()
        if left:
            take_file(kit, Handing(LIBRARY, CSV, f"{left}a" * 32), sending(left - 1))
        else:
            with pytest.raises(Refusal, match="uploads-at-once"):
                hand_in(kit, HEADER, "34" * 32)
            other = Actor(ActorKind.DEPARTMENT, "transport", "transport")
            assert take_file(kit, Handing(other, CSV, "56" * 32), [HEADER.encode()]).report.status == "complete"

    take_file(kit, Handing(LIBRARY, CSV, "78" * 32), sending(ingestion.UPLOADS_AT_ONCE - 1))
    assert hand_in(kit, HEADER, "34" * 32).report.status == "complete", "their places are free again"


def test_another_file_under_the_key_of_an_interrupted_one_is_refused(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "chunks", partial(ingestion.chunks, size=8))
    rows = lines(kit, "O", 33)
    with killed_at(kit, 5, "before_commit"):
        hand_in(kit, "\n".join(rows), "ee" * 32)
    stored = count(kit, RecordRow)
    shorter, changed = rows[:4], [rows[0], rows[1].replace("O0", "O00"), *rows[2:]]
    for other in (shorter, changed, [rows[0], *rows[2:]]):
        with pytest.raises(Refusal, match="idempotency-key-reused"):
            hand_in(kit, "\n".join(other), "ee" * 32)
    assert count(kit, RecordRow) == stored
    longer = [*rows, "three,more,values"]
    assert hand_in(kit, "\n".join(longer), "ee" * 32).report.status == "complete", "what was filed is its beginning"


def test_the_day_on_which_a_file_came_judges_all_of_it(kit: Kit, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "chunks", partial(ingestion.chunks, size=8))
    tomorrow = days_ago(kit, -1)
    rows = [HEADER, *(f"D{n},returned_book,张测试,{id_number(1)},{tomorrow},," for n in range(12))]
    with killed_at(kit, 3, "before_commit"):
        hand_in(kit, "\n".join(rows), "ff" * 32)
    clock.advance(days=3)
    assert hand_in(kit, "\n".join(rows), "ff" * 32).report.refused == 12


def test_kill_9_of_the_command_loses_nothing_and_doubles_nothing(kit: Kit, tmp_path: Path) -> None:
    text = "\n".join(lines(kit, "A", 4_500))
    file = tmp_path / "library.csv"
    file.write_text(text)
    for rows in (0, 2_000):
        _kill_when(kit, file, rows)
    finished = subprocess.run(_command(file), env=_environment(kit), capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    unbroken = hand_in(kit, text.replace("\nA", "\nB"), "99" * 32).report
    with kit.sessions() as session:
        batch = session.scalars(select(Batch).order_by(Batch.id)).first()
        looks = session.scalar(select(func.count()).where(AccessLogRow.ref == batch.id)) if batch else 0
        people = session.scalar(select(func.count()).where(BatchPerson.batch_id == batch.id)) if batch else 0
    assert batch is not None
    assert [getattr(batch, name) for name in COUNTS] == [getattr(unbroken, name) for name in COUNTS]
    assert outcome(kit, batch.id) == outcome(kit, unbroken.id)
    assert count(kit, Batch) == 2, "one of the command, one to compare"
    assert looks == people == len(PEOPLE)
    again = ingest_file(kit, LIBRARY, file)
    assert (again.accepted, again.rows) == (0, batch.rows), "the same file once more is a new batch of known facts"


def _command(file: Path) -> list[str]:
    return [sys.executable, "-m", "app.cli", "ingest", "library", str(file)]


def _environment(kit: Kit) -> dict[str, str]:
    url = kit.engine.url.render_as_string(hide_password=False)
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}


def _kill_when(kit: Kit, file: Path, rows: int) -> None:
    """Start the command and kill it as soon as its batch has so many rows."""
    with subprocess.Popen(_command(file), env=_environment(kit), stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while _filed(kit) < rows or not count(kit, Batch):
            assert process.poll() is None, "it was over before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    _until_the_database_noticed(kit)


def _filed(kit: Kit) -> int:
    with kit.sessions() as session:
        return session.scalar(select(func.max(Batch.rows))) or 0


def _until_the_database_noticed(kit: Kit) -> None:
    """PostgreSQL ends a dead process's transactions, and lets go of its locks, when it next looks at the line."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with kit.sessions() as session:
            if ingestion.reports(session, None, before=None, limit=1)[0].status == "interrupted":
                return
        time.sleep(0.02)
    raise AssertionError("the killed command's locks are still held")

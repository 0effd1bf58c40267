"""Departments' files into a running demo: rows a second, memory, and how soon an increment is in a score.

Start a demo in a folder of its own (`XINYI_VAR_DIR=… xinyi demo --citizens 200 --fresh`), then with that folder

    python -m bench.intake [--rows 200000] [--share 4] [--increments 10]

`share` is how many rows in a hundred are about members, as in a province; the others are counted and thrown away. An
increment is a file of one row, pushed through the API while a file of `rows` is being filed; the time runs until the
person's score is of that push.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import click
import openpyxl

from app.cli.callers import Caller
from app.cli.demo_data.people import Person, people
from app.cli.demo_facts import demo_facts
from app.config import load
from app.domain.columns import RECORD
from app.domain.intake import Row

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
WORKBOOK_ROWS = 200_000
CITIZENS = 200
WHO = "hz-high"


@click.command()
@click.option("--rows", default=200_000, show_default=True)
@click.option("--share", default=4, show_default=True)
@click.option("--increments", default=10, show_default=True)
def main(rows: int, share: int, increments: int) -> None:
    """File `rows` in each kind of file, then push increments meanwhile."""
    click.echo(f"{os.cpu_count()} cores, {rows:,} rows, {share} % about members")
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("csv", "ndjson", "xlsx"):
            count = min(rows, WORKBOOK_ROWS) if kind == "xlsx" else rows
            file = written(Path(folder), kind, made(kind, count, share))
            seconds, memory = measured(file)
            click.echo(f"{kind}: {count / seconds:,.0f} rows/s, {memory / 1024:,.0f} MB at most")
        tenth = written(Path(folder), "csv", made("tenth", rows // 10, share))
        click.echo(f"csv, a tenth of the rows: {measured(tenth)[1] / 1024:,.0f} MB at most")
        large = written(Path(folder), "csv", made("meanwhile", rows, share))
        waits = pushed(large, increments)
    click.echo(f"an increment in its score: {median(waits):.2f} s, at most {max(waits):.2f} s, of {len(waits)}")


def made(prefix: str, rows: int, share: int) -> Iterator[Row]:
    """Rows of the library, every so many about a member of the demo."""
    members = [person for person in islice(people(1, CITIZENS), CITIZENS) if person.member]
    run, day = f"{prefix}-{time.time():.0f}", str(date.today() - timedelta(days=30))  # noqa: DTZ011 - any day does
    for number in range(rows):
        about = members[number % len(members)] if number % 100 < share else None
        who = (about.name, about.id_number) if about else ("无此人", nobody(number))
        values = (f"{run}-{number}", "returned_book", *who, day, "", "")
        yield {column.key: value for column, value in zip(RECORD, values, strict=True)}


def nobody(number: int) -> str:
    """An identity number of someone who is not born yet."""
    body = f"9900002099{1 + number // 28_000 % 12:02d}{1 + number // 1_000 % 28:02d}{number % 1_000:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def written(folder: Path, kind: str, rows: Iterator[Row]) -> Path:
    """A file of `rows`."""
    path, header = folder / f"rows.{kind}", [column.name for column in RECORD]
    if kind == "xlsx":
        workbook = openpyxl.Workbook(write_only=True)
        sheet = workbook.create_sheet()
        for line in (header, *(list(row.values()) for row in rows)):
            sheet.append(line)
        workbook.save(path)
        return path
    with path.open("w", encoding="utf-8", newline="") as file:
        if kind == "ndjson":
            filled = ({key: value for key, value in row.items() if value} for row in rows)
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in filled)
        else:
            csv.writer(file).writerows((header, *(row.values() for row in rows)))
    return path


def measured(file: Path) -> tuple[float, int]:
    """Seconds of `xinyi ingest`, and the most memory that it held, in KiB."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "app.cli", "ingest", "library", str(file)])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(status)
    return time.perf_counter() - began, usage.ru_maxrss


def pushed(large: Path, increments: int) -> list[float]:
    """Seconds from each push to the score that knows it, while `large` is being filed."""
    person = next(person for person in people(1, CITIZENS) if person.login == WHO)
    facts, sessions = demo_facts(), Path(load().var_dir) / "demo" / "bench-sessions"
    office, citizen = Caller(facts, "blood_center", sessions), Caller(facts, WHO, sessions)
    citizen.request("GET", "/citizen/v1/score")
    waits = []
    with subprocess.Popen([sys.executable, "-m", "app.cli", "ingest", "library", str(large)]) as process:
        time.sleep(5)
        for number in range(increments):
            if process.poll() is not None:
                raise SystemExit("the large file was over before the increments were: more --rows")
            waits.append(push(office, citizen, person, number))
    return waits


def push(office: Caller, citizen: Caller, person: Person, number: int) -> float:
    """One increment; its seconds."""
    began, day = time.perf_counter(), datetime.now().astimezone() - timedelta(days=40 + number)
    since = str(citizen.request("GET", "/citizen/v1/score").json()["computed_at"])
    row: dict[str, Any] = {"source_record_id": f"bench-{time.time_ns()}", "item": "blood_donation", "name": person.name}
    row |= {"id_number": person.id_number, "event_on": f"{day:%Y-%m-%d}"}
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": row["source_record_id"]}
    answer = office.request("POST", "/department/v1/batches", data=json.dumps(row).encode(), headers=headers)
    if answer.json().get("accepted") != 1:
        raise SystemExit(answer.text)
    while citizen.request("GET", "/citizen/v1/score").json()["computed_at"] == since:
        time.sleep(0.05)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

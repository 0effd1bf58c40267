"""`xinyi ingest`: a department's file from disk, through the same door as `POST /department/v1/batches`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.place import workplace
from app.config import SettingsError
from app.department.upload import Handing, take_file
from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.services import ingestion, scoring
from app.services.ingestion import Report
from app.services.row_files import MEDIA_TYPES
from app.web.kit import Kit

BLOCK = 1 << 16
SHOWN = 20


def _nobody(_: int) -> None:
    """Hears nothing."""


def ingest_file(
    kit: Kit,
    department: Actor,
    path: Path,
    said: Callable[[int], object] = _nobody,
    read: Callable[[int], object] = _nobody,
) -> Report:
    """File what `path` says, chunk by chunk, each committed by itself; a file that was interrupted goes on.

    `said` hears how many rows are filed, `read` how many bytes are read. Raises Refusal where the file as a whole
    cannot be read; a bad row only refuses itself.
    """
    kind = MEDIA_TYPES.get(path.suffix.lower(), path.suffix)
    key = kit.pii.keyed_hash(f"file:{department.id}:{_sha256(path)}")
    handing = Handing(department, kind, key, filename=path.name[:120], keep_key=False, heard=said)
    return take_file(kit, handing, _blocks(path, read)).report


def score_due(kit: Kit, said: Callable[[int], object] = _nobody) -> None:
    """Score every member whose records changed; `said` hears how many are done."""
    while True:
        with kit.sessions.begin() as session:
            done = scoring.refresh_due(session, kit.packs, kit.clock())
        if not done:
            return
        said(done)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _blocks(path: Path, read: Callable[[int], object]) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
            read(len(block))


@click.command()
@click.argument("department")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def ingest(department: str, file: Path) -> None:
    """File the records of DEPARTMENT (its code) in FILE (.csv, .xlsx or .ndjson), and print the report.

    A file whose filing was interrupted goes on where it was when the command is run again.
    """
    with workplace() as kit:
        actor = Actor(ActorKind.DEPARTMENT, department, department)
        try:
            report = _with_progress(kit, actor, file)
        except Refusal as refused:
            raise SettingsError(f"{file}: {refused.code} {refused.params or ''}") from refused
        score_due(kit)
        with kit.sessions() as session:
            refusals = ingestion.refusals(session, department, report.id, after=None, limit=SHOWN)
    click.echo(summary(report))
    for refusal in refusals:
        click.echo(f"  line {refusal.line}: {refusal.field} {refusal.code}")


def _with_progress(kit: Kit, actor: Actor, file: Path) -> Report:
    """The file's report; meanwhile a bar of the bytes read and the number of rows filed, on a terminal only."""
    rows_so_far = TextColumn("{task.fields[rows]:,} rows")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), rows_so_far, TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(file.name, total=file.stat().st_size, rows=0)

        def said(rows: int) -> None:
            bar.update(task, rows=bar.tasks[task].fields["rows"] + rows)

        return ingest_file(kit, actor, file, said, lambda read: bar.advance(task, read))


def summary(report: Report) -> str:
    """A report in one line; what did not happen is left out."""
    counts = {
        "accepted": report.accepted,
        "corrected": report.corrected,
        "known": report.duplicates,
        "refused": report.refused,
        "of people who have not opted in": report.not_stored,
    }
    told = [f"{count} {what}" for what, count in counts.items() if count]
    return f"{report.filename}: {report.rows} rows, {', '.join(told) or 'nothing to do'}"

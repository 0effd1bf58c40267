"""`xinyi ingest`: a department's file from disk, through the same door as `POST /department/v1/batches`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from app.cli.place import workplace
from app.config import SettingsError
from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.intake import Intake
from app.domain.pack import catalogue_of
from app.services import ingestion, scoring
from app.services.filing import Desk
from app.services.ingestion import Report
from app.services.row_files import CSV, NDJSON, read_rows
from app.web.kit import Kit

MEDIA_TYPES = {".csv": CSV, ".ndjson": NDJSON}
BLOCK = 1 << 16
SHOWN = 20


def ingest_file(kit: Kit, department: Actor, path: Path, said: Callable[[int], object] = lambda rows: None) -> Report:
    """File what `path` says, chunk by chunk, each committed by itself; `said` hears how many rows are done.

    Raises Refusal where the file as a whole cannot be read; a bad row only refuses itself.
    """
    desk = Desk(kit.packs, kit.pii, department, kit.clock())
    intake = Intake(catalogue_of(kit.packs), department.id, day_of(desk.now))
    digest = hashlib.sha256()
    rows = read_rows(_blocks(path, digest.update), MEDIA_TYPES.get(path.suffix, path.suffix))
    with kit.sessions.begin() as session:
        batch, _ = ingestion.begin(session, department.id, now=desk.now, filename=path.name)
    for chunk in ingestion.chunks(rows, intake):
        with kit.sessions.begin() as session:
            ingestion.take(session, desk, batch.id, chunk)
        said(len(chunk))
    with kit.sessions.begin() as session:
        return ingestion.finish(session, batch.id, sha256=digest.hexdigest(), now=kit.clock())


def score_due(kit: Kit, said: Callable[[int], object] = lambda members: None) -> None:
    """Score every member whose records changed; `said` hears how many are done."""
    while True:
        with kit.sessions.begin() as session:
            done = scoring.refresh_due(session, kit.packs, kit.clock())
        if not done:
            return
        said(done)


def _blocks(path: Path, seen: Callable[[bytes], object]) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            seen(block)
            yield block


@click.command()
@click.argument("department")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def ingest(department: str, file: Path) -> None:
    """File the records of DEPARTMENT (its code) in FILE (.csv or .ndjson), and print the report."""
    with workplace() as kit:
        actor = Actor(ActorKind.DEPARTMENT, department, department)
        try:
            report = ingest_file(kit, actor, file)
        except Refusal as refused:
            raise SettingsError(f"{file}: {refused.code} {refused.params or ''}") from refused
        score_due(kit)
        with kit.sessions() as session:
            refusals = ingestion.refusals(session, department, report.id, after=None, limit=SHOWN)
    click.echo(summary(report))
    for refusal in refusals:
        click.echo(f"  line {refusal.line}: {refusal.field} {refusal.code}")


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

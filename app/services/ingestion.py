"""A department's file: chunk by chunk into the records, and a report of what became of its rows.

The edge commits each chunk by itself, so that a large file neither holds members' locks for long nor is lost half-way:

    batch = ingestion.begin(session, …)
    for chunk in ingestion.chunks(read_rows(…), intake):
        ingestion.take(session, desk, batch.id, chunk)      # one transaction each
    ingestion.finish(session, batch.id, …)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.fact import Fact, RowFault
from app.domain.intake import Intake
from app.services.filing import Desk, Outcome, file_facts
from app.services.row_files import Numbered
from app.store import access_log, batches, idempotency
from app.store.batches import Batch, BatchRefusal

CHUNK = 2_000
"""Rows to a transaction."""

_COUNTED = {
    Outcome.ACCEPTED: "accepted",
    Outcome.CORRECTED: "corrected",
    Outcome.DUPLICATE: "duplicates",
    Outcome.REFUSED: "refused",
    Outcome.NOT_STORED: "not_stored",
}


@dataclass(slots=True)
class Chunk:
    """Some rows of a file: facts with different numbers, by line, and the faults of the others."""

    facts: dict[int, Fact] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.facts) + len(self.faults)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file's rows. `not_stored`: about people who have not opted in."""

    id: str
    status: str
    filename: str | None
    received_at: datetime
    finished_at: datetime | None
    rows: int
    accepted: int
    corrected: int
    duplicates: int
    refused: int
    not_stored: int


def hold(session: Session, request_key: str) -> bool:
    """Hold a request's key until this transaction ends; False where another process is at it."""
    return idempotency.lock(session, request_key)


def begin(
    session: Session, source: str, *, now: datetime, request_key: str | None = None, filename: str | None = None
) -> tuple[Report, str | None]:
    """The batch of this request, new or begun before, and the SHA-256 of its file once it is complete."""
    batch = batches.open_batch(session, source, now=now, request_key=request_key, filename=filename)
    if batch.status != "complete":
        batches.restart(session, batch.id)
    return _report(batch), batch.sha256


def chunks(rows: Iterable[Numbered], intake: Intake, size: int = CHUNK) -> Iterator[Chunk]:
    """The rows in portions of at most `size`; a number that comes again begins a new one."""
    chunk = Chunk()
    for numbered in rows:
        read = _read(numbered, intake)
        if len(chunk) >= size or (isinstance(read, Fact) and read.source_record_id in chunk.numbers):
            yield chunk
            chunk = Chunk()
        if isinstance(read, Fact):
            chunk.facts[numbered.line] = read
            chunk.numbers.add(read.source_record_id)
        else:
            chunk.faults.append((numbered.line, read.field, read.code))
    if len(chunk):
        yield chunk


def _read(numbered: Numbered, intake: Intake) -> Fact | RowFault:
    if isinstance(numbered.row, RowFault):
        return numbered.row
    try:
        return intake.fact(numbered.row)
    except RowFault as fault:
        return fault


def take(session: Session, desk: Desk, batch_id: str, chunk: Chunk) -> None:
    """File a chunk, count it, and show the batch once to each member whom it is about."""
    filed = file_facts(session, replace(desk, batch_id=batch_id), list(chunk.facts.values()))
    refusals = [
        (line, result.field, result.code)
        for line, result in zip(chunk.facts, filed, strict=True)
        if result.outcome is Outcome.REFUSED
    ]
    counts = Counter(_COUNTED[result.outcome] for result in filed)
    counts["refused"] += len(chunk.faults)
    counts["rows"] = len(chunk)
    batches.count(session, batch_id, counts)
    batches.refuse(session, batch_id, chunk.faults + refusals)
    _show(session, desk, batch_id, {result.citizen_id for result in filed if result.citizen_id})


def _show(session: Session, desk: Desk, batch_id: str, citizen_ids: set[str]) -> None:
    new = batches.add_people(session, batch_id, citizen_ids)
    access_log.append_many(
        session, new, now=desk.now, actor=desk.actor, action="ingested", purpose="records", ref=batch_id
    )


def finish(session: Session, batch_id: str, *, sha256: str, now: datetime) -> Report:
    """Close the batch; its report."""
    return _report(batches.finish(session, batch_id, sha256=sha256, now=now))


def report(session: Session, source: str, batch_id: str) -> Report:
    """The report of a department's own batch; raises Refusal `not-found`."""
    batch = batches.get(session, source, batch_id)
    if batch is None:
        raise Refusal("not-found")
    return _report(batch)


def refusals(session: Session, source: str, batch_id: str, *, after: int | None, limit: int) -> list[BatchRefusal]:
    """Refused rows of a department's own batch, in the file's order; raises Refusal `not-found`."""
    report(session, source, batch_id)
    return list(batches.refusals(session, batch_id, after=after, limit=limit))


def _report(batch: Batch) -> Report:
    return Report(
        id=batch.id,
        status=batch.status,
        filename=batch.filename,
        received_at=batch.received_at,
        finished_at=batch.finished_at,
        rows=batch.rows,
        accepted=batch.accepted,
        corrected=batch.corrected,
        duplicates=batch.duplicates,
        refused=batch.refused,
        not_stored=batch.not_stored,
    )

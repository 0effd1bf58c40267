"""A department's file: chunk by chunk into the records, and a report of what became of its rows.

The edge commits each chunk by itself, so that a large file neither holds members' locks for long nor is lost half-way:

    batch = ingestion.begin(session, …)
    trail = ingestion.resumed(rows, batch, pii)
    for chunk in ingestion.chunks(rows, intake, trail):
        ingestion.take(session, desk, batch.id, chunk)      # one transaction each
    ingestion.finish(session, batch.id, …)

A chunk's transaction also notes how far the file is filed and a hash of the rows so far. So a file that is sent again
after a kill goes on behind the last chunk, and the report is that of an unbroken run.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.fact import Fact, RowFault
from app.domain.intake import Intake, Numbered
from app.services import scoring
from app.services.filing import Desk, Filed, Outcome, file_facts, hold_people
from app.store import access_log, batches, enrolments, idempotency, oauth, outbox
from app.store.apart import locks
from app.store.batches import Batch, BatchRefusal
from app.store.pii import PiiBox

CHUNK = 2_000
"""Rows to a transaction."""
AT_ONCE = 200
"""Members of a chunk who are scored in its own transaction; more of them are left to the worker, who is woken.

So an increment is in its people's scores when it is filed, however many wait to be scored for a large file.
"""

UPLOADS_AT_ONCE = 4
"""Files of one department that are taken in at the same time; each has a connection to the database."""

STATES = ("processing", "interrupted", "complete")
"""Of a file. An interrupted one waits for being sent again; nobody works at it."""

_COUNTED = {
    Outcome.ACCEPTED: "accepted",
    Outcome.CORRECTED: "corrected",
    Outcome.DUPLICATE: "duplicates",
    Outcome.REFUSED: "not_stored",
    Outcome.NOT_STORED: "not_stored",
}


class Trail:
    """How far a file is read: the last line, and a hash of all rows so far, useless to one who lacks our secret."""

    def __init__(self, pii: PiiBox) -> None:
        self.line = 0
        self._pii = pii
        self._hash = hashlib.sha256()

    def add(self, numbered: Numbered) -> None:
        """One more row was read."""
        self.line = numbered.line
        row = numbered.row
        said = (row.field, row.code) if isinstance(row, RowFault) else row
        self._hash.update(repr((numbered.line, said)).encode())

    def digest(self) -> str:
        """The hash, in hex."""
        return self._pii.keyed_hash(f"rows:{self._hash.hexdigest()}")


@dataclass(slots=True)
class Chunk:
    """Some rows of a file: facts, by line, and the faults of the others; where it ends.

    `waves` are filed one after the other: what comes again under one number comes in a later one.
    """

    waves: list[dict[int, Fact]] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    line: int = 0
    digest: str = ""

    def add(self, line: int, read: Fact | RowFault) -> None:
        """One more row."""
        self.rows += 1
        if isinstance(read, RowFault):
            self.faults.append((line, read.field, read.code))
            return
        wave = self.seen[read.source_record_id]
        self.seen[read.source_record_id] += 1
        if wave == len(self.waves):
            self.waves.append({})
        self.waves[wave][line] = read


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file's rows so far. `not_stored`: about people who have not opted in, or for an `UNTOLD` reason.

    `status` is one of `STATES`. How the rows in order divide is for the office, never for who sent them.
    """

    id: str
    source: str
    status: str
    filename: str | None
    received_at: datetime
    progressed_at: datetime | None
    finished_at: datetime | None
    rows: int
    accepted: int
    corrected: int
    duplicates: int
    refused: int
    not_stored: int


@dataclass(frozen=True, slots=True)
class Begun:
    """How far a batch is: `sha256` is its file's once that is complete; until then rows up to `line` are filed."""

    id: str
    received_at: datetime
    rows: int
    line: int
    trail: str | None
    sha256: str | None


@contextmanager
def alone(engine: Engine, source: str, request_key: str) -> Iterator[None]:
    """Hold a request's key and one of its department's `UPLOADS_AT_ONCE` places, in no transaction.

    Raises Refusal `idempotency-key-in-use` or `uploads-at-once`.
    """
    places = (hashlib.sha256(f"uploads:{source}:{place}".encode()).hexdigest() for place in range(UPLOADS_AT_ONCE))
    with locks(engine) as lock:
        if not lock(idempotency.number_of(request_key)):
            raise Refusal("idempotency-key-in-use")
        if not any(lock(idempotency.number_of(place)) for place in places):
            raise Refusal("uploads-at-once", limit=UPLOADS_AT_ONCE)
        yield


def begin(session: Session, source: str, *, now: datetime, request_key: str, filename: str | None = None) -> Begun:
    """The batch of this request, new or begun before."""
    batch = batches.open_batch(session, source, now=now, request_key=request_key, filename=filename)
    return Begun(batch.id, batch.received_at, batch.rows, batch.line, batch.trail, batch.sha256)


def resumed(rows: Iterator[Numbered], batch: Begun, pii: PiiBox) -> Trail:
    """Pass by the rows that are filed already; raises Refusal `idempotency-key-reused` where they are others."""
    trail = Trail(pii)
    while trail.line < batch.line and (numbered := next(rows, None)) is not None:
        trail.add(numbered)
    if batch.line and (trail.line, trail.digest()) != (batch.line, batch.trail):
        raise Refusal("idempotency-key-reused")
    return trail


def chunks(rows: Iterable[Numbered], intake: Intake, trail: Trail, size: int = CHUNK) -> Iterator[Chunk]:
    """The rows in portions of at most `size`."""
    rows = iter(rows)
    while True:
        chunk = Chunk()
        for numbered in islice(rows, size):
            chunk.add(numbered.line, _read(numbered, intake))
            trail.add(numbered)
        if not chunk.rows:
            return
        chunk.line, chunk.digest = trail.line, trail.digest()
        yield chunk


def _read(numbered: Numbered, intake: Intake) -> Fact | RowFault:
    if isinstance(numbered.row, RowFault):
        return numbered.row
    try:
        return intake.fact(numbered.row)
    except RowFault as fault:
        return fault


def take(session: Session, desk: Desk, batch_id: str, chunk: Chunk) -> None:
    """File a chunk, count it, note how far the file is, and show the batch once to each member whom it is about."""
    desk = replace(desk, batch_id=batch_id)
    by_line = _filed(session, desk, chunk)
    filed = by_line.values()
    refusals = [(line, one.field, one.code) for line, one in by_line.items() if one.told]
    counts = Counter("refused" if result.told else _COUNTED[result.outcome] for result in filed)
    counts["refused"] += len(chunk.faults)
    counts["rows"] = chunk.rows
    batches.count(session, batch_id, counts, line=chunk.line, trail=chunk.digest, now=desk.now)
    batches.refuse(session, batch_id, chunk.faults + refusals)
    _show(session, desk, batch_id, {result.citizen_id for result in filed if result.citizen_id})
    _score(session, desk, filed)


def _filed(session: Session, desk: Desk, chunk: Chunk) -> dict[int, Filed]:
    if len(chunk.waves) > 1:
        hold_people(session, desk, [fact for wave in chunk.waves for fact in wave.values()])
    found: dict[int, Filed] = {}
    for wave in chunk.waves:
        found.update(zip(wave, file_facts(session, desk, list(wave.values())), strict=True))
    return found


def _show(session: Session, desk: Desk, batch_id: str, citizen_ids: set[str]) -> None:
    new = batches.add_people(session, batch_id, citizen_ids)
    access_log.append_many(
        session, new, now=desk.now, actor=desk.actor, action="ingested", purpose="records", ref=batch_id
    )


def _score(session: Session, desk: Desk, filed: Collection[Filed]) -> None:
    stored = (Outcome.ACCEPTED, Outcome.CORRECTED)
    changed = {result.citizen_id for result in filed if result.outcome in stored and result.citizen_id}
    if len(changed) > AT_ONCE:
        outbox.wake(session)
    elif ready := enrolments.pulled_among(session, changed):
        scoring.refresh_many(session, desk.packs, ready, now=desk.now, reason="records")


def finish(session: Session, batch_id: str, *, sha256: str, now: datetime, keep_key: bool = True) -> Report:
    """Close the batch; its report. Without its key the same request is a new one from now on."""
    return _report(batches.finish(session, batch_id, sha256=sha256, now=now, keep_key=keep_key), set())


def report(session: Session, source: str | None, batch_id: str) -> Report:
    """The report of a department's own batch, or of any; raises Refusal `not-found`."""
    batch = batches.get(session, source, batch_id)
    if batch is None:
        raise Refusal("not-found")
    return _report(batch, idempotency.held(session))


def reports(session: Session, source: str | None, *, before: str | None, limit: int) -> list[Report]:
    """The batches of a department, or of all of them, newest first, older than the id `before`."""
    found = batches.listed(session, source, before=before, limit=limit)
    held = idempotency.held(session)
    return [_report(batch, held) for batch in found]


def department_names(session: Session) -> dict[str, str]:
    """The departments that are registered, by the code under which they send."""
    return oauth.department_names(session)


def reasons(session: Session, batch_id: str) -> list[tuple[str, str, int]]:
    """Why rows of a batch were refused: field, code and how many, the most frequent first."""
    return list(batches.reasons(session, batch_id))


def refusals(session: Session, source: str, batch_id: str, *, after: int | None, limit: int) -> list[BatchRefusal]:
    """Refused rows of a department's own batch, in the file's order; raises Refusal `not-found`."""
    report(session, source, batch_id)
    return list(batches.refusals(session, batch_id, after=after, limit=limit))


def _report(batch: Batch, held: Collection[int]) -> Report:
    at_work = batch.request_key is not None and idempotency.number_of(batch.request_key) in held
    return Report(
        id=batch.id,
        source=batch.source,
        status="interrupted" if batch.status == "processing" and not at_work else batch.status,
        filename=batch.filename,
        received_at=batch.received_at,
        progressed_at=batch.progressed_at,
        finished_at=batch.finished_at,
        rows=batch.rows,
        accepted=batch.accepted,
        corrected=batch.corrected,
        duplicates=batch.duplicates,
        refused=batch.refused,
        not_stored=batch.not_stored,
    )

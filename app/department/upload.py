"""Taking in a department's file, for the API and the command line: the loop that commits chunk by chunk.

A killed upload loses nothing: what was committed stays, and sending the file again goes on behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.domain.access import Actor
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.intake import Intake, Numbered
from app.domain.pack import catalogue_of
from app.services import ingestion
from app.services.filing import Desk
from app.services.ingestion import Begun, Report
from app.services.row_files import read_rows
from app.web.kit import Kit


@dataclass(frozen=True, slots=True)
class Upload:
    """The report of a file; `replayed` where the same request had been answered before."""

    report: Report
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Handing:
    """Who hands in a file and what it is: its kind, its name for the report, and the key of the request.

    `request_key` (hex) is a hash of client and idempotency key: the same request with the same file is answered with
    the same report, for as long as it is kept: without `keep_key` that is until the file is complete. `heard` is told
    how many rows were filed by each chunk.
    """

    actor: Actor
    media_type: str
    request_key: str
    filename: str | None = None
    keep_key: bool = True
    heard: Callable[[int], object] = lambda rows: None


class Hashed:
    """Blocks of bytes and the SHA-256 of those that have passed."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._sha256 = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self._sha256.update(block)
            yield block

    def digest(self) -> str:
        """Of all blocks; those that nobody has read yet are read now."""
        for _ in self:
            pass
        return self._sha256.hexdigest()


def take_file(kit: Kit, handing: Handing, blocks: Iterable[bytes]) -> Upload:
    """File a department's rows; changed members are scored, or due to be.

    Raises Refusal as `read_rows` does, `idempotency-key-reused`, `idempotency-key-in-use` or `uploads-at-once`.
    """
    with ingestion.alone(kit.engine, handing.actor.id, handing.request_key):
        return _take(kit, handing, Hashed(blocks))


def _take(kit: Kit, handing: Handing, blocks: Hashed) -> Upload:
    rows = iter(read_rows(blocks, handing.media_type))
    with kit.sessions.begin() as session:
        batch = ingestion.begin(
            session, handing.actor.id, now=kit.clock(), request_key=handing.request_key, filename=handing.filename
        )
    if batch.sha256 is not None:
        if blocks.digest() != batch.sha256:
            raise Refusal("idempotency-key-reused")
        with kit.sessions() as session:
            return Upload(ingestion.report(session, handing.actor.id, batch.id), replayed=True)
    _file(kit, handing, batch, rows)
    with kit.sessions.begin() as session:
        sha256, now = blocks.digest(), kit.clock()
        return Upload(ingestion.finish(session, batch.id, sha256=sha256, now=now, keep_key=handing.keep_key))


def _file(kit: Kit, handing: Handing, batch: Begun, rows: Iterator[Numbered]) -> None:
    """The rows that are not filed yet, judged by the day on which the file first came."""
    trail = ingestion.resumed(rows, batch, kit.pii)
    handing.heard(batch.rows)
    intake = Intake(catalogue_of(kit.packs), handing.actor.id, day_of(batch.received_at))
    for chunk in ingestion.chunks(rows, intake, trail):
        with kit.sessions.begin() as session:
            ingestion.take(session, Desk(kit.packs, kit.pii, handing.actor, kit.clock()), batch.id, chunk)
        handing.heard(chunk.rows)

"""Taking in a department's file, for the API and the command line: the loop that commits chunk by chunk.

A killed upload loses nothing: what was committed stays, and sending the file again stores the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.access import Actor
from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.intake import Intake
from app.domain.pack import catalogue_of
from app.services import ingestion
from app.services.filing import Desk
from app.services.ingestion import Report
from app.services.row_files import read_rows
from app.web.kit import Kit


@dataclass(frozen=True, slots=True)
class Upload:
    """The report of a file; `replayed` where the same request had been answered before."""

    report: Report
    replayed: bool = False


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


def take_file(
    kit: Kit,
    actor: Actor,
    blocks: Iterable[bytes],
    *,
    media_type: str,
    filename: str | None = None,
    request_key: str | None = None,
) -> Upload:
    """File a department's rows; changed members are due to be scored again.

    `request_key` is a hash (hex) of client and idempotency key: the same request with the same file is answered with
    the same report. Raises Refusal as `read_rows` does, and `idempotency-key-reused` or `idempotency-key-in-use`.
    """
    with kit.sessions.begin() as holder:
        if request_key is not None and not ingestion.hold(holder, request_key):
            raise Refusal("idempotency-key-in-use")
        return _take(kit, actor, Hashed(blocks), media_type, filename, request_key)


def _take(
    kit: Kit, actor: Actor, blocks: Hashed, media_type: str, filename: str | None, request_key: str | None
) -> Upload:
    rows = read_rows(blocks, media_type)
    with kit.sessions.begin() as session:
        begun, sha256 = ingestion.begin(session, actor.id, now=kit.clock(), request_key=request_key, filename=filename)
    if sha256 is not None:
        if blocks.digest() != sha256:
            raise Refusal("idempotency-key-reused")
        return Upload(begun, replayed=True)
    intake = Intake(catalogue_of(kit.packs), actor.id, day_of(kit.clock()))
    for chunk in ingestion.chunks(rows, intake):
        with kit.sessions.begin() as session:
            ingestion.take(session, Desk(kit.packs, kit.pii, actor, kit.clock()), begun.id, chunk)
    with kit.sessions.begin() as session:
        return Upload(ingestion.finish(session, begun.id, sha256=blocks.digest(), now=kit.clock()))

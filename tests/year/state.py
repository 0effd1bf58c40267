"""The whole state of the city, told without anything that is drawn at random: two runs must tell the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.services import access
from app.store.access_log import AccessLogRow
from app.store.batches import Batch
from app.store.deletion_proofs import DeletionProof
from app.store.events import CitizenEvent
from app.store.records import RecordEvent, RecordRow
from app.store.remedies import DisputeRow, RepairRow
from app.store.scores import Score, ScoreSnapshot
from tests.year.town import Town

RECORD = (
    "item", "source", "source_record_id", "event_on", "effective_on", "expires_on", "ended_on", "quantity", "details",
    "fingerprint", "status", "version", "received_at",
)  # fmt: skip
EVENT = ("version", "kind", "status", "actor_kind", "actor_name", "at", "reason", "document")
SCORE = ("pack", "pack_version", "score", "grade", "as_of", "computed_at")
REMEDY = ("source_record_id", "status", "asked_at", "due_on", "escalated_at", "answered_at", "reason", "document")
LOOK = ("number", "at", "actor_kind", "actor_name", "action", "purpose", "fields", "outcome")
BATCH = ("source", "received_at", "status", "rows", "accepted", "corrected", "duplicates", "refused", "not_stored")


def told(town: Town) -> dict[str, Any]:
    """Everything, by serial and by the departments' own numbers."""
    whose = {citizen_id: serial for serial, citizen_id in town.ids.items()}
    with town.kit.sessions() as session:
        rows = {row.id: row for row in session.scalars(select(RecordRow))}
        numbers = {row.id: _name(row, rows) for row in rows.values()}

        def of(table: Any, columns: tuple[str, ...], name: Callable[[Any], Any] = lambda _: None) -> list[Any]:
            found = session.scalars(select(table)).all()
            return sorted(_plain([whose.get(row.citizen_id), name(row), _values(row, columns)]) for row in found)

        return {
            "records": of(RecordRow, RECORD, lambda row: numbers[row.id]),
            "events": of(RecordEvent, EVENT, lambda row: numbers[row.record_id]),
            "scores": of(Score, SCORE),
            "snapshots": of(ScoreSnapshot, (*SCORE, "cause")),
            "disputes": of(DisputeRow, (*REMEDY, "ground")),
            "repairs": of(RepairRow, REMEDY),
            "looks": of(AccessLogRow, LOOK),
            "inbox": of(CitizenEvent, ("kind", "at")),
            "deletions": of(DeletionProof, ("rule", "deleted_on")),
            "batches": sorted(_plain(_values(row, BATCH)) for row in session.scalars(select(Batch))),
            "proofs": _proofs(session, town),
            "tally": dict(sorted(town.tally.items())),
        }


def scored(town: Town) -> list[Any]:
    """Every present score, and how many past ones there are."""
    with town.kit.sessions() as session:
        scores = session.execute(select(Score.citizen_id, Score.score, Score.digest).order_by(Score.citizen_id)).all()
        return [*map(tuple, scores), session.scalar(select(func.count()).select_from(ScoreSnapshot))]


def digest(state: dict[str, Any]) -> str:
    """SHA-256 of a state, in hex."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def _proofs(session: Session, town: Town) -> dict[int, list[Any]]:
    """What is proven of each: that the chain of looks is whole, and over how many."""
    verdicts = {serial: access.verify(session, town.ids[serial]) for serial in sorted(town.ids)}
    return {serial: [said.whole, said.rows, said.erased] for serial, said in verdicts.items()}


def _name(row: RecordRow, rows: dict[str, RecordRow]) -> str:
    """A record by its department's number, and how many it corrects, one after the other."""
    corrects, before = 0, rows.get(row.supersedes or "")
    while before is not None:
        corrects, before = corrects + 1, rows.get(before.supersedes or "")
    return f"{row.source_record_id}+{corrects}"


def _values(row: Any, columns: tuple[str, ...]) -> list[Any]:
    return [getattr(row, column) for column in columns]


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)

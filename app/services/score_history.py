"""The past of a score: each day on which it changed, what moved it, and the calculation again (guardrail 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.pack import Grade, Pack
from app.domain.packs import Packs
from app.domain.record import Record, Status
from app.domain.score import Explanation, digest, explain
from app.domain.score_change import RULES, Move, Place, change
from app.services.white_box import Explained, explained
from app.store import enrolments, records, scores
from app.store.records import RecordEvent, RecordRow
from app.store.scores import ScoreSnapshot

BY_THEMSELVES = ("aged", "took-effect", "expired", "over-five-years", RULES)
"""What moves a record's points without an event of its own."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a record: its `kind`, or `correction` where what was received corrects another record."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """One term that moved, and what happened to its record meanwhile; `units` None: it cannot be said exactly.

    `because` is left out where the events say why. `row` is absent for a cut or the base.
    """

    place: Place
    units: int | None
    because: str | None = None
    row: RecordRow | None = None
    events: tuple[Happened, ...] = ()
    dimension: str | None = None
    indicator: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A past score: its band, the pack where we still have it, and what moved it since the one before.

    `proven`: it was calculated again from the records as they were, and so was the one before; then the moves add up to
    the change exactly (of the first score: to the score). `change` is None for the first.
    """

    snapshot: ScoreSnapshot
    pack: Pack | None
    grade: Grade | None
    change: int | None
    proven: bool
    moved: tuple[Moved, ...]


def history(session: Session, packs: Packs, citizen_id: str, *, before: str | None, limit: int) -> list[Past]:
    """The days on which the score changed, newest first, with what moved it; raises Refusal `not-enrolled`."""
    if enrolments.get(session, citizen_id) is None:
        raise Refusal("not-enrolled", allowed_actions=["enrol"])
    found = scores.history(session, citizen_id, before=before, limit=limit + 1)
    return _archive(session, packs, citizen_id).pasts(found)[:limit]


def past(session: Session, packs: Packs, citizen_id: str, snapshot_id: str) -> tuple[Past, Explained | None]:
    """A past score, and its calculation from the records as they were, which its digest proves.

    None where that cannot be shown: the pack's version is no longer here, or a record in it was deleted. Raises Refusal
    `not-found`.
    """
    snapshot = scores.snapshot(session, citizen_id, snapshot_id)
    if snapshot is None:
        raise Refusal("not-found")
    archive = _archive(session, packs, citizen_id)
    found = archive.pasts([snapshot, *scores.history(session, citizen_id, before=snapshot_id, limit=1)])[0]
    if found.pack is None or archive.again(snapshot) is None:
        return found, None
    rows = list(archive.rows.values())
    return found, explained(found.pack, rows, archive.then(snapshot), snapshot.as_of)


@dataclass
class _Archive:
    """All that is kept of a person's records, and the calculations that were made again from it."""

    packs: Packs
    rows: Mapping[str, RecordRow]
    events: Sequence[RecordEvent]
    known: dict[str, Explanation | None] = field(default_factory=dict)

    def pasts(self, snapshots: Sequence[ScoreSnapshot]) -> list[Past]:
        """Each of these, which follow each other newest first, with what moved since the next."""
        pairs = pairwise([*snapshots, None])
        return [self._past(snapshot, before) for snapshot, before in pairs if snapshot is not None]

    def pack(self, snapshot: ScoreSnapshot) -> Pack | None:
        """The very version of the pack that made it, or None."""
        return self.packs.version(snapshot.pack, snapshot.pack_version)

    def then(self, snapshot: ScoreSnapshot) -> list[Record]:
        """The records in the versions that stood after its last event, as far as they are still here."""
        last = {event.record_id: event for event in self.events if event.number <= snapshot.last_event}
        return [
            replace(self.rows[record_id].domain(), status=Status(event.status), version=event.version)
            for record_id, event in last.items()
            if record_id in self.rows
        ]

    def again(self, snapshot: ScoreSnapshot) -> Explanation | None:
        """The same calculation, or None where its pack or one of its records is gone."""
        if snapshot.id not in self.known:
            self.known[snapshot.id] = self._calculated(snapshot)
        return self.known[snapshot.id]

    def _calculated(self, snapshot: ScoreSnapshot) -> Explanation | None:
        pack, then = self.pack(snapshot), self.then(snapshot)
        if pack is None or digest(then) != snapshot.digest:
            return None
        made = explain(pack, then, snapshot.as_of)
        return made if made.score == snapshot.score else None

    def _past(self, snapshot: ScoreSnapshot, before: ScoreSnapshot | None) -> Past:
        pack = self.pack(snapshot)
        exact = self._moves(snapshot, before)
        happened = self._happened(snapshot, before)
        return Past(
            snapshot=snapshot,
            pack=pack,
            grade=next((grade for grade in pack.grades if grade.code == snapshot.grade), None) if pack else None,
            change=snapshot.score - before.score if before else None,
            proven=exact is not None,
            moved=tuple(self._unexact(happened) if exact is None else self._exact(exact, happened)),
        )

    def _moves(self, snapshot: ScoreSnapshot, before: ScoreSnapshot | None) -> list[Move] | None:
        pack, explanation = self.pack(snapshot), self.again(before) if before else None
        if pack is None or self.again(snapshot) is None or (before and explanation is None):
            return None
        return change(explanation, self.pack(before) if before else None, pack, self.then(snapshot), snapshot.as_of)

    def _happened(self, snapshot: ScoreSnapshot, before: ScoreSnapshot | None) -> dict[str, tuple[Happened, ...]]:
        """What happened since the score before, by record."""
        since, found = before.last_event if before else 0, dict[str, tuple[Happened, ...]]()
        for event in self.events:
            if since < event.number <= snapshot.last_event:
                found[event.record_id] = (*found.get(event.record_id, ()), self._told(event))
        return found

    def _told(self, event: RecordEvent) -> Happened:
        row = self.rows.get(event.record_id)
        corrects = event.kind == "received" and row is not None and row.supersedes is not None
        return Happened("correction" if corrects else event.kind, event.at)

    def _unexact(self, happened: Mapping[str, tuple[Happened, ...]]) -> list[Moved]:
        return [Moved(Place.RECORD, None, None, self.rows.get(each), events) for each, events in happened.items()]

    def _exact(self, moves: Iterable[Move], happened: Mapping[str, tuple[Happened, ...]]) -> list[Moved]:
        left = dict(happened)
        found = []
        for move in moves:
            events = left.pop(move.record_id, ()) if move.record_id and move.because != RULES else ()
            because = move.because if not events or move.because in BY_THEMSELVES else None
            row = self.rows.get(move.record_id) if move.record_id else None
            found.append(Moved(move.place, move.units, because, row, events, move.dimension, move.indicator))
        unmoved = [Moved(Place.RECORD, 0, None, self.rows.get(each), events) for each, events in left.items()]
        return [*(each for each in found if each.row), *unmoved, *(each for each in found if not each.row)]


def _archive(session: Session, packs: Packs, citizen_id: str) -> _Archive:
    rows = {row.id: row for row in records.of_citizen(session, citizen_id)}
    return _Archive(packs, rows, records.every_event(session, citizen_id))

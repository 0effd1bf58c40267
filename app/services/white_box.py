"""The white box for its owner: the score, every item behind it, its past, and what would change it (guardrail 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.calendar import add_months, day_of
from app.domain.errors import FieldError, Refusal
from app.domain.pack import Grade, Pack, pack_of_city
from app.domain.record import Record
from app.domain.score import Explanation, changes_on, digest, explain, next_steps, what_if
from app.services import scoring
from app.store import citizens, enrolments, records, scores
from app.store.records import RecordRow
from app.store.scores import Score, ScoreSnapshot

FARTHEST_MONTHS = 60
"""How far ahead a simulation may look."""
WITHOUT_NUMBER = "without-number"


@dataclass(frozen=True, slots=True)
class Today:
    """A member's score today; `score` is None while the departments are asked, `change` that since a month ago."""

    pack: Pack
    as_of: date
    score: Score | None
    change: int | None


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation with the records that it read, by id, and the first day on which time alone may change it.

    `next_steps`: for each record that counts, the day on which age next weakens it and the percent left then.
    `note`: a code of why there can be no records, `without-number` for a login that tells us no identity number.
    """

    pack: Pack
    explanation: Explanation
    records: Mapping[str, RecordRow]
    next_change_on: date | None
    next_steps: Mapping[str, tuple[date, int]]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A past score and its band, where its pack still has it."""

    snapshot: ScoreSnapshot
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Supposed:
    """Facts of one item that a simulation adds: `count` of them, each on `event_on` (None: on its day)."""

    item: str
    count: int
    event_on: date | None = None


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulation beside the score of today."""

    today: Explanation
    explained: Explained


def today(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Today:
    """The score as of today; raises Refusal `not-enrolled` or `city-without-score`."""
    pack = _pack(session, packs, citizen_id, now)
    score = scores.current(session, citizen_id)
    then = scores.on_day(session, citizen_id, add_months(day_of(now), -1))
    comparable = score is not None and then is not None and then.pack == score.pack
    return Today(pack, day_of(now), score, score.score - then.score if score and then and comparable else None)


def explanation(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Explained:
    """Every item behind the score of today; raises Refusal as `today` does, and `score-pending` before there is one."""
    pack = _pack(session, packs, citizen_id, now)
    if scores.current(session, citizen_id) is None:
        raise Refusal("score-pending")
    rows = records.of_citizen(session, citizen_id)
    note = WITHOUT_NUMBER if citizens.without_number(session, citizen_id) else None
    return replace(_explained(pack, rows, [row.domain() for row in rows], day_of(now)), note=note)


def simulate(
    session: Session,
    packs: Mapping[str, Pack],
    citizen_id: str,
    now: datetime,
    *,
    add: Sequence[Supposed] = (),
    remove: Sequence[str] = (),
    on: date | None = None,
) -> Simulated:
    """What the score would be with these facts more and these records less, as of `on`. Nothing is stored.

    Raises Refusal `validation` for an item, record or day that there is not, else as `explanation` does.
    """
    mine = explanation(session, packs, citizen_id, now)
    day = _day_ahead(on, day_of(now))
    hoped = [_supposed(mine.pack, index, fact, day) for index, fact in enumerate(add)]
    for index, record_id in enumerate(remove):
        if record_id not in mine.records:
            raise _wrong(f"/remove/{index}", "not-found", "No record of yours has this id.")
    rows = list(mine.records.values())
    supposed = what_if((row.domain() for row in rows), add=[record for more in hoped for record in more], remove=remove)
    return Simulated(mine.explanation, _explained(mine.pack, rows, supposed, day))


def history(
    session: Session, packs: Mapping[str, Pack], citizen_id: str, *, before: str | None, limit: int
) -> list[Past]:
    """The days on which the score changed, newest first; raises Refusal `not-enrolled`."""
    if enrolments.get(session, citizen_id) is None:
        raise Refusal("not-enrolled", allowed_actions=["enrol"])
    return [
        Past(snapshot, _grade_of(packs.get(snapshot.pack), snapshot.grade))
        for snapshot in scores.history(session, citizen_id, before=before, limit=limit)
    ]


def _grade_of(pack: Pack | None, code: str) -> Grade | None:
    return next((grade for grade in pack.grades if grade.code == code), None) if pack else None


def past(
    session: Session, packs: Mapping[str, Pack], citizen_id: str, snapshot_id: str
) -> tuple[Past, Explained | None]:
    """A past score, and its calculation from the records as they were, which its digest proves.

    None where that cannot be shown: the pack's version is no longer here, or a record in it was deleted. Raises Refusal
    `not-found`.
    """
    snapshot = scores.snapshot(session, citizen_id, snapshot_id)
    if snapshot is None:
        raise Refusal("not-found")
    pack = packs.get(snapshot.pack)
    then = records.as_they_were(session, citizen_id, snapshot.last_event)
    found = Past(snapshot, _grade_of(pack, snapshot.grade))
    if pack is None or pack.version != snapshot.pack_version or digest(then) != snapshot.digest:
        return found, None
    return found, _explained(pack, records.of_citizen(session, citizen_id), then, snapshot.as_of)


def _pack(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Pack:
    """The member's pack, once a score that a day made stale has been renewed."""
    enrolment = enrolments.get(session, citizen_id)
    if enrolment is None:
        raise Refusal("not-enrolled", allowed_actions=["enrol"])
    if enrolments.is_due(enrolment.due_on, day_of(now)):
        scoring.refresh(session, packs, citizen_id, now=now, reason="due")
    citizen = citizens.get(session, citizen_id)
    pack = pack_of_city(packs, citizen.city) if citizen else None
    if pack is None:
        raise Refusal("city-without-score")
    return pack


def _explained(pack: Pack, rows: Sequence[RecordRow], read: Sequence[Record], day: date) -> Explained:
    return Explained(
        pack=pack,
        explanation=explain(pack, read, day),
        records={row.id: row for row in rows},
        next_change_on=changes_on(pack, read, day),
        next_steps=next_steps(pack, read, day),
    )


def _day_ahead(on: date | None, today: date) -> date:
    if on is None:
        return today
    if not today <= on <= add_months(today, FARTHEST_MONTHS):
        raise _wrong("/on", "date-out-of-range", "A day from today to five years ahead.")
    return on


def _supposed(pack: Pack, index: int, fact: Supposed, day: date) -> list[Record]:
    item = pack.item(fact.item)
    if item is None:
        raise _wrong(f"/add/{index}/item", "item-unknown", "Your city's catalogue has no such item.")
    event_on = fact.event_on or day
    if event_on > day or add_months(event_on, item.retention_months) <= day:
        raise _wrong(f"/add/{index}/event_on", "date-out-of-range", "A day on which it would still count.")
    expires_on = add_months(event_on, item.retention_months)
    return [
        Record(f"supposed_{index}_{number}", item.code, event_on, event_on, expires_on) for number in range(fact.count)
    ]


def _wrong(pointer: str, code: str, detail: str) -> Refusal:
    return Refusal("validation", errors=[FieldError(pointer, code, detail)])

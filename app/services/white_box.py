"""The white box for its owner: the score of today, every item behind it, and what would change it (guardrail 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.calendar import add_months, day_of
from app.domain.errors import FieldError, Refusal
from app.domain.pack import Pack, pack_of_city
from app.domain.record import Record, Status
from app.domain.score import Explanation, changes_on, explain, next_steps, what_if
from app.domain.score_change import Move, moves
from app.services import scoring, standing
from app.services.standing import is_stale
from app.store import citizens, enrolments, records, scores
from app.store.records import RecordRow
from app.store.scores import Score

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
class Supposed:
    """Facts of one item that a simulation adds: `count` of them, each on `event_on` (None: on its day)."""

    item: str
    count: int
    event_on: date | None = None


OUTCOMES: Mapping[str, Status] = {
    "upheld": Status.ACTIVE,
    "corrected": Status.CORRECTED,
    "withdrawn": Status.WITHDRAWN,
    "repaired": Status.REPAIRED,
    "disputed": Status.DISPUTED,
}
"""What a simulation may suppose to become of a record that is active or disputed, by the outcome's code."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulation beside the score of today, and what moves between them: its units add up to the difference."""

    today: Explanation
    explained: Explained
    moves: Sequence[Move]


def today(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Today:
    """The score as of today; raises Refusal `not-enrolled` or `city-without-score`."""
    pack = _pack(session, packs, citizen_id, now)
    score = standing.score_of(session, packs, citizen_id, now)
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
    return replace(explained(pack, rows, [row.domain() for row in rows], day_of(now)), note=note)


def simulate(
    session: Session,
    packs: Mapping[str, Pack],
    citizen_id: str,
    now: datetime,
    *,
    add: Sequence[Supposed] = (),
    remove: Sequence[str] = (),
    settle: Sequence[tuple[str, str]] = (),
    on: date | None = None,
) -> Simulated:
    """What the score would be with these facts more, these records less or settled so, as of `on`. Nothing is stored.

    `settle`: (record id, one of OUTCOMES), as when a dispute ends. Raises Refusal `validation` for an item, record or
    day that there is not and for a record that is settled already, else as `explanation` does.
    """
    mine = explanation(session, packs, citizen_id, now)
    day = _day_ahead(on, day_of(now))
    hoped = [_supposed(mine.pack, index, fact, day) for index, fact in enumerate(add)]
    for index, record_id in enumerate(remove):
        if record_id not in mine.records:
            raise _wrong(f"/remove/{index}", "not-found", "No record of yours has this id.")
    for index, (record_id, _) in enumerate(settle):
        _check_open(mine.records.get(record_id), index)
    rows = list(mine.records.values())
    added = [record for more in hoped for record in more]
    ends = {record_id: OUTCOMES[outcome] for record_id, outcome in settle}
    supposed = what_if((row.domain() for row in rows), add=added, remove=remove, settle=ends)
    then = explained(mine.pack, rows, supposed, day)
    return Simulated(mine.explanation, then, moves(mine.explanation, then.explanation))


def _check_open(row: RecordRow | None, index: int) -> None:
    if row is None:
        raise _wrong(f"/settle/{index}/record_id", "not-found", "No record of yours has this id.")
    if row.status not in (Status.ACTIVE, Status.DISPUTED):
        raise _wrong(f"/settle/{index}/record_id", "record-closed", "This record is settled already.")


def _pack(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Pack:
    """The member's pack, once a score that a day made stale has been renewed."""
    enrolment = enrolments.get(session, citizen_id)
    if enrolment is None:
        raise Refusal("not-enrolled", allowed_actions=["enrol"])
    score = scores.current(session, citizen_id)
    if score and is_stale(packs, score, enrolment.due_on, day_of(now)):
        scoring.refresh(session, packs, citizen_id, now=now, reason="due", wait=False)
    citizen = citizens.get(session, citizen_id)
    pack = pack_of_city(packs, citizen.city) if citizen else None
    if pack is None:
        raise Refusal("city-without-score")
    return pack


def explained(pack: Pack, rows: Sequence[RecordRow], read: Sequence[Record], day: date) -> Explained:
    """The explanation of the score of `read` as of a day, with the rows that hold them."""
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

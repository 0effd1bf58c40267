"""Runs over a whole city, as each person in them sees them, and the proof that nobody changed them (guardrail 13).

A person's own chain says which runs include them: a look `runs.joined` with `city:number`, from that run on, and
`runs.left`, up to that one. It is written before a run reads them, so what a person is shown is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM
from app.domain.calendar import day_of
from app.store import access_log, enrolments, population, runs
from app.store.runs import ScoreRun, Stay

JOINED, LEFT = "runs.joined", "runs.left"
ACTIONS = (JOINED, LEFT)
FIELDS = ("records",)
PURPOSE = "due"


def settle(session: Session, city: str, citizen_ids: list[str], now: datetime) -> int:
    """Let the next run of `city` include those of these members who live there now, and no others; how many changed.

    The one who runs holds the lock of all runs, so no run takes place between the number that is written and it.
    """
    last = runs.last_number(session)
    people = [person for person in population.hold_homes(session, citizen_ids) if person[1] != person[2]]
    moved = {citizen_id: before for citizen_id, _, before in people if before is not None}
    here = [citizen_id for citizen_id, home, _ in people if home == city]
    for before in sorted(set(moved.values())):
        _tell(session, [one for one in moved if moved[one] == before], now, LEFT, f"{before}:{last}")
    _tell(session, here, now, JOINED, f"{city}:{last + 1}")
    population.include(session, sorted(set(moved) - set(here)), None)
    population.include(session, here, city)
    enrolments.mark_due(session, moved, day_of(now))
    return len(set(moved) | set(here))


def _tell(session: Session, people: list[str], now: datetime, action: str, ref: str) -> None:
    access_log.append_many(
        session, people, now=now, actor=SYSTEM, action=action, purpose=PURPOSE, fields=FIELDS, ref=ref
    )


def listed(
    session: Session, citizen_id: str, *, before: int | None = None, limit: int | None = None
) -> Sequence[ScoreRun]:
    """The runs that a person was in, newest first, older than the number `before`."""
    return runs.of_stays(session, stays_of(session, citizen_id), before=before, limit=limit)


def stays_of(session: Session, citizen_id: str) -> list[Stay]:
    """Which runs include a person, by the looks of their own chain that say so, in order."""
    found: list[Stay] = []
    for look in access_log.with_actions(session, citizen_id, ACTIONS):
        city, _, number = str(look.ref).rpartition(":")
        if look.action == JOINED:
            found.append(Stay(city, int(number), None))
        elif found:
            found[-1] = Stay(found[-1].city, found[-1].first, int(number))
    return found


def anchored(session: Session) -> tuple[int, bytes]:
    """Where the chain of runs ends now, its length and last link: what an anchor keeps."""
    return runs.head(session)


def is_anchored(session: Session, length: int, link: bytes) -> bool:
    """Whether the chain still runs through the link that an anchor kept outside knows of."""
    return runs.link_at(session, length) == link


def fault(session: Session) -> int | None:
    """The number of the first run that was changed, dropped or slipped in; None where the chain is whole."""
    previous, number = runs.GENESIS, 0
    for number, row in enumerate(runs.every(session), 1):
        if row.number != number or row.link != runs.chain(previous, number, runs.said(row)):
            return number
        previous = row.link
    return None if runs.head(session) == (number, previous) else number + 1

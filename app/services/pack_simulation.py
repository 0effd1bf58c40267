"""Simulating a new version of a pack on the members of its city, before it may be published (guardrail 15).

Each member is scored by the plain definition under both versions, as of one day. Sex and age band, for the cohorts,
are read from the identity number in memory and forgotten at once; nothing is kept but figures of 20 people or more
(app/domain/simulation.py). Whoever was read sees the run in the access log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM, Actor
from app.domain.cohorts import audit_cohorts
from app.domain.pack import LegalClass, Pack, pack_of_city
from app.domain.record import Record
from app.domain.score import Explanation, explain
from app.domain.simulation import Measured, Simulation, measure
from app.store import access_log, citizens, enrolments, records
from app.store.base import new_id
from app.store.pii import PiiBox

MOST = 20_000
"""The most members that one simulation reads; of more, a sample drawn by the keyed order of the text's digest."""
PAGE = 500


def simulate(
    session: Session,
    packs: Mapping[str, Pack],
    new: Pack,
    as_of: date,
    *,
    pii: PiiBox,
    now: datetime,
    sha256: str = "",
    actor: Actor = SYSTEM,
    most: int = MOST,
) -> Simulation:
    """What `new` would do to its city's members as of a day, beside the version among `packs` that is in force.

    `sha256` names the text of `new`; `actor` is who the members read of in the access log. Stores no score.
    """
    old = packs.get(new.code) or pack_of_city(packs, new.city)
    members = enrolments.count_in_city(session, new.city)
    sample = enrolments.sample_of_city(session, new.city, seed=_seed(sha256), limit=most)
    people = [one for page in _pages(sample) for one in _measured(session, pii, old, new, page, as_of)]
    _log(session, sample, actor, now)
    return measure(old, new, people, members=members, as_of=as_of, sha256=sha256)


def _log(session: Session, read: Sequence[str], actor: Actor, now: datetime) -> None:
    """One run, in the chain of each whose data was read, in an order that never deadlocks; last, as it holds them."""
    run = new_id("run")
    for page in _pages(read):
        access_log.append_many(
            session,
            enrolments.held_together(session, page),
            now=now,
            actor=actor,
            action="simulated",
            purpose="pack-simulation",
            fields=("records", "cohorts"),
            ref=run,
        )


def _seed(sha256: str) -> int:
    """A number for the order of the sample: the same text draws the same people."""
    return int.from_bytes(hashlib.sha256(sha256.encode()).digest()[:7], "big")


def _pages(people: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(people), PAGE):
        yield people[start : start + PAGE]


def _measured(
    session: Session, pii: PiiBox, old: Pack | None, new: Pack, page: Sequence[str], as_of: date
) -> Iterator[Measured]:
    read = records.of_citizens(session, page)
    numbers = citizens.id_numbers(session, pii, page)
    for citizen_id in page:
        cohorts = audit_cohorts(numbers.get(citizen_id, ""), as_of)
        yield _one(old, new, read[citizen_id], cohorts, as_of)


def _one(old: Pack | None, new: Pack, read: Sequence[Record], cohorts: Mapping[str, str], as_of: date) -> Measured:
    after = explain(new, read, as_of)
    before = explain(old, read, as_of) if old else after
    units, serious = _counted(after, new)
    return Measured(
        before=before.score,
        after=after.score,
        cohorts=cohorts,
        good=any(each > 0 for each in units),
        adverse=any(each < 0 for each in units),
        serious=serious,
    )


def _counted(explanation: Explanation, pack: Pack) -> tuple[list[int], bool]:
    """What each record that counts is worth, and whether a serious one is among them."""
    serious = {item.code for item in pack.items() if item.legal_class is LegalClass.SERIOUS}
    parts = [part for dimension in explanation.dimensions for part in dimension.indicators]
    pieces = [piece for part in parts for piece in part.contributions if piece.units]
    return [piece.units for piece in pieces], any(piece.item in serious for piece in pieces)

"""Reading a city's members for a simulation: a sample, page by page, and one run in the access log of each.

Sex and age band, for the cohorts, are read from the identity number in memory and forgotten at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.cohorts import audit_cohorts
from app.domain.record import Record
from app.store import access_log, citizens, enrolments, records
from app.store.base import new_id
from app.store.pii import PiiBox

MOST = 20_000
"""The most members that one simulation reads; of more, a sample drawn by the keyed order of the text's digest."""
PAGE = 500


def sample(session: Session, city: str, sha256: str, most: int) -> Sequence[str]:
    """Up to `most` members of a city, in order of their ids; the same text draws the same people."""
    seed = int.from_bytes(hashlib.sha256(sha256.encode()).digest()[:7], "big")
    return enrolments.sample_of_city(session, city, seed=seed, limit=most)


def read(
    session: Session, pii: PiiBox, people: Sequence[str], as_of: date
) -> Iterator[tuple[Sequence[Record], Mapping[str, str]]]:
    """The records and the audit cohorts of each."""
    for page in _pages(people):
        kept = records.of_citizens(session, page)
        numbers = citizens.id_numbers(session, pii, page)
        for citizen_id in page:
            yield kept[citizen_id], audit_cohorts(numbers.get(citizen_id, ""), as_of)


def log(session: Session, people: Sequence[str], actor: Actor, purpose: str, now: datetime) -> None:
    """One run, in the chain of each whose data was read, in an order that never deadlocks; last, as it holds them."""
    run = new_id("run")
    for page in _pages(sorted(people)):
        access_log.append_many(
            session,
            enrolments.held_together(session, page),
            now=now,
            actor=actor,
            action="simulated",
            purpose=purpose,
            fields=("records", "cohorts"),
            ref=run,
        )


def _pages(people: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(people), PAGE):
        yield people[start : start + PAGE]

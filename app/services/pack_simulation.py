"""Simulating a new version of a pack on the members of its city, before it may be published (guardrail 15).

Each member is scored by the plain definition under both versions, as of one day. Nothing is kept but figures of 20
people or more (app/domain/simulation.py). Whoever was read sees the run in the access log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM, Actor
from app.domain.pack import LegalClass, Pack, pack_of_city
from app.domain.record import Record
from app.domain.score import Explanation, explain
from app.domain.simulation import Measured, Simulation, measure
from app.services import simulating
from app.services.simulating import MOST
from app.store import enrolments
from app.store.pii import PiiBox


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
    sample = simulating.sample(session, new.city, sha256, most)
    read = simulating.read(session, pii, sample, as_of)
    people = [_one(old, new, kept, cohorts, as_of) for kept, cohorts in read]
    simulating.log(session, sample, actor, "pack-simulation", now)
    return measure(old, new, people, members=members, as_of=as_of, sha256=sha256)


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

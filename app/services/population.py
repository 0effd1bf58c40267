"""The switch of a population run: everyone's new score at once, or nobody's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.pack import Pack
from app.store import population, runs
from app.store.population import Written
from app.store.runs import Done


@dataclass(frozen=True, slots=True)
class Run:
    """One run over the members of a city: `members` were read."""

    id: str
    pack: Pack
    as_of: date
    members: int
    started_at: datetime


def switch(session: Session, run: Run, changed: Iterable[bytes], now: datetime) -> Written:
    """Store what changed (CSV, `app.population.changed`), with the run's row; readers see all of it or nothing.

    Whoever changed, left or moved since they were read keeps what they have and stays due.
    """
    pack = run.pack
    population.take_in(session, changed)
    values = {"pack": pack.code, "version": pack.version, "as_of": run.as_of, "now": now}
    written = population.switch(session, pack.city, values)
    done = Done(
        id=run.id,
        city=pack.city,
        pack=pack.code,
        pack_version=pack.version,
        as_of=run.as_of,
        members=run.members,
        changed=written.history,
        started_at=run.started_at,
        finished_at=now,
    )
    runs.append(session, done)
    return written

"""The app's first screen in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import add_months, day_of
from app.domain.errors import Refusal
from app.domain.pack import Pack
from app.domain.scenario import Registry
from app.services import events, orders, scenarios, standing
from app.services.scenarios import OpenScenario
from app.store import citizens, enrolments, scores

ORDERS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's score in whole points of `pack`; `change` is since a month ago, None without a score then."""

    score: int
    grade: str
    pack: str
    as_of: date
    change: int | None


@dataclass(frozen=True, slots=True)
class Home:
    """What the first screen shows; a member without `standing` has a score that is still being calculated."""

    city: str
    member: bool
    standing: Standing | None
    scenarios: list[OpenScenario]
    orders: list[dict[str, Any]]
    unread_events: int


def home(session: Session, registry: Registry, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Home:
    """The first screen of a citizen at `now`; raises Refusal `not-found` for an id that is nobody's."""
    person = citizens.get(session, citizen_id)
    if person is None:
        raise Refusal("not-found")
    return Home(
        city=person.city,
        member=enrolments.get(session, citizen_id) is not None,
        standing=_standing(session, packs, citizen_id, now),
        scenarios=scenarios.open_to(session, registry, packs, citizen_id, now),
        orders=orders.open_for_citizen(session, citizen_id, now, ORDERS_SHOWN),
        unread_events=events.unread(session, citizen_id),
    )


def _standing(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Standing | None:
    current = standing.score_of(session, packs, citizen_id, now)
    if current is None:
        return None
    before = scores.on_day(session, citizen_id, add_months(day_of(now), -1))
    return Standing(
        score=current.score,
        grade=current.grade,
        pack=current.pack,
        as_of=current.as_of,
        change=current.score - before.score if before else None,
    )

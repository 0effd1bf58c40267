"""A member's score as of today, for all who act on it: never the one of yesterday (guardrail 7).

Where a day has passed, a record or the city's rules changed, and the worker has not come round yet, it is calculated on
the spot and not stored: whoever asks holds other locks already, and the worker stores the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.pack import Pack
from app.services import scoring
from app.store import enrolments, scores
from app.store.facts import Standing, facts_of
from app.store.scores import Score


def is_stale(packs: Mapping[str, Pack], score: Score, due_on: date | None, day: date) -> bool:
    """Whether a stored score is not that of `day`: its day came, or its city's rules have changed since."""
    pack = packs.get(score.pack)
    return enrolments.is_due(due_on, day) or pack is None or pack.version != score.pack_version


def score_of(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Score | None:
    """The member's score of this day; None where there is none yet."""
    score, enrolment = scores.current(session, citizen_id), enrolments.get(session, citizen_id)
    if score is None or enrolment is None or not is_stale(packs, score, enrolment.due_on, day_of(now)):
        return score
    return scoring.calculated(session, packs, citizen_id, now)


def of(session: Session, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Standing:
    """What rules may know of a citizen at this moment; raises NoResultFound for an id that is nobody's."""
    return today(session, packs, citizen_id, facts_of(session, packs, citizen_id, now), now)


def today(
    session: Session, packs: Mapping[str, Pack], citizen_id: str, standing: Standing, now: datetime
) -> Standing:
    """The standing that was read, with the score of this day."""
    if standing.score is None or not enrolments.is_due(standing.due_on, standing.as_of):
        return standing
    score = scoring.calculated(session, packs, citizen_id, now)
    return replace(standing, score=score.score, digest=score.digest) if score else standing

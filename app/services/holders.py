"""All that could stand on someone's card, from what we hold of them today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import card
from app.domain.calendar import day_of
from app.domain.card import Grade, Holder
from app.domain.errors import Refusal
from app.services import avatars, entities, report_links
from app.store import cards, citizens, records, scores
from app.store.pii import PiiBox
from app.store.records import RecordRow

SERVICE = ("volunteer_service", "community_service")
BLOOD = "blood_donation"
HONOURS = ("bravery", "honour")
"""The items of the catalogue behind each badge; none of them is adverse."""


def of(session: Session, pii: PiiBox, citizen_id: str, now: datetime) -> Holder:
    """The holder at `now`; raises Refusal `login-needed` for one who left and has not logged in since."""
    person = citizens.vouched(session, pii, citizen_id)
    if person is None:
        raise Refusal("login-needed")
    own, score = cards.own(session, citizen_id), scores.current(session, citizen_id)
    nickname = own.sealed_nickname if own else None
    today = day_of(now)
    counting = [row for row in records.of_citizen(session, citizen_id) if row.domain().counts_on(today)]
    items = {row.item for row in counting}
    return Holder(
        full_name=person.name,
        nickname=pii.decrypt(nickname, context=cards.context(citizen_id)) if nickname else None,
        assurance_level=person.assurance_level,
        city=person.city,
        grade=Grade(score.pack, score.grade) if score else None,
        score=score.score if score else None,
        volunteer_stars=card.stars(_hours(counting)),
        blood_donor=BLOOD in items,
        honours=tuple(code for code in HONOURS if code in items),
        roles=entities.roles_of(session, citizen_id),
        report=report_links.live_link(session, pii, citizen_id, now),
        avatar=avatars.of(session, pii, citizen_id),
    )


def _hours(rows: Sequence[RecordRow]) -> int:
    return sum(row.quantity or 0 for row in rows if row.item in SERVICE)

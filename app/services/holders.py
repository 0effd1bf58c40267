"""All that could stand on someone's card, from what we hold of them today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.card import Holder
from app.domain.errors import Refusal
from app.domain.pack import Pack
from app.store import cards, citizens
from app.store.pii import PiiBox


def of(session: Session, pii: PiiBox, packs: Mapping[str, Pack], citizen_id: str, now: datetime) -> Holder:
    """The holder at `now`; raises Refusal `login-needed` for one who left and has not logged in since."""
    person = citizens.real_name(session, pii, citizen_id)
    if person is None:
        raise Refusal("login-needed")
    own = cards.own(session, citizen_id)
    return Holder(
        full_name=person.name,
        nickname=own.nickname if own else None,
        assurance_level=person.assurance_level,
        city=person.city,
    )

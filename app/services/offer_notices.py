"""The offers that are announced for a citizen's city and not in force yet: the notice, from when, what changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.offer import Offer
from app.domain.offer_changes import changed_fields
from app.domain.scenario import Registry
from app.domain.wording import Words
from app.services.offer_versions import kept
from app.store import citizens
from app.store import offers as store


@dataclass(frozen=True, slots=True)
class ComingOffer:
    """A version that is in force from `effective_on` on; `present` is the one of today, None for a first one.

    `changed` names the fields that differ.
    """

    offer: Offer
    present: Offer | None
    effective_on: date
    notice: Words
    changed: tuple[str, ...]


def coming(session: Session, registry: Registry, citizen_id: str, now: datetime) -> list[ComingOffer]:
    """The announced versions that touch the citizen's city, the next one first; opted in or not does not matter."""
    citizen = citizens.get(session, citizen_id)
    found = []
    for row in store.announced(session, citizen.city, day_of(now)) if citizen else ():
        offer = kept(row)
        if offer and row.effective_on and row.notice_zh and row.notice_en:
            present = registry.offer(row.code) if row.code in registry else None
            changed = changed_fields(present, offer) if present else ()
            found.append(ComingOffer(offer, present, row.effective_on, Words(row.notice_zh, row.notice_en), changed))
    return found

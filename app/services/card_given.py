"""The cards that someone gave: to whom, until when, what they show; renewed, or withdrawn so that they show nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import card
from app.domain.card import Face, Ticks
from app.domain.card_term import Term, end_of
from app.domain.errors import Refusal
from app.services import card_holder, cards
from app.store import citizens
from app.store import held_cards as store
from app.store.held_cards import HeldCard
from app.store.pii import PiiBox


@dataclass(frozen=True, slots=True)
class Given:
    """A card that someone gave and that is held. `face` and `ticks` None: it was withdrawn, and shows nothing."""

    id: str
    known_as: str
    ticks: Ticks | None
    face: Face | None
    given_at: datetime
    expires_at: datetime
    source: str
    updated_at: datetime | None
    withdrawn_at: datetime | None


def listed(
    session: Session, pii: PiiBox, citizen_id: str, now: datetime, *, before: str | None, limit: int
) -> list[Given]:
    """The cards that someone gave and that are held, newest first, older than the id `before`."""
    rows = store.given_listed(session, citizen_id, now, before=before, limit=limit)
    return [_given(session, pii, row) for row in rows]


def one(session: Session, pii: PiiBox, citizen_id: str, card_id: str, now: datetime) -> Given:
    """One card that someone gave; raises Refusal `not-found`."""
    row = store.given(session, citizen_id, card_id, now)
    if row is None:
        raise Refusal("not-found")
    return _given(session, pii, row)


def renew(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    card_id: str,
    *,
    ticks: Ticks | None,
    term: Term | None,
    now: datetime,
) -> Given:
    """Let a card show today's facts. `ticks` None: what was ticked for this receiver; `term` None: as long as before.

    Raises Refusal `not-found`, `card-withdrawn`, and what `card.face` raises.
    """
    row = _met(session, citizen_id, card_id, now)
    before = _ticks(pii, row)
    if before is None:
        raise Refusal("card-withdrawn")
    ticks, face = cards.show(session, pii, citizen_id, ticks or before, now)
    card_holder.write(session, pii, row, ticks, face)
    row.updated_at = now
    row.expires_at = end_of(term, now) if term else row.expires_at
    session.flush()
    return _given(session, pii, row)


def withdraw(session: Session, citizen_id: str, card_id: str, now: datetime) -> None:
    """Let a card go dead: its holder is told that it is no longer shown, and nothing else. Twice is once.

    Raises Refusal `not-found`.
    """
    row = _met(session, citizen_id, card_id, now)
    if row.withdrawn_at is None:
        store.withdraw(session, row, now)


def withdraw_avatar(session: Session, pii: PiiBox, citizen_id: str) -> None:
    """Take someone's picture off every card that they gave: their agreement to it is over (PIPL 15, 29, 47)."""
    citizens.hold(session, citizen_id)
    for row in store.given_and_shown(session, citizen_id):
        face, ticks = card_holder.face_of(pii, row), _ticks(pii, row)
        if face and ticks and face.avatar:
            bare = replace(ticks, fields=ticks.fields - {"avatar"})
            card_holder.write(session, pii, row, bare, replace(face, avatar=None))
    session.flush()


def remove(session: Session, citizen_id: str, card_id: str, now: datetime) -> None:
    """Take a card back so that neither side holds the other's; raises Refusal `not-found`."""
    row = _met(session, citizen_id, card_id, now)
    store.remove_between(session, row.citizen_id, row.given_by)


def _met(session: Session, citizen_id: str, card_id: str, now: datetime) -> HeldCard:
    """A card that someone gave, once the two have met; raises Refusal `not-found`."""
    if found := store.given(session, citizen_id, card_id, now):
        store.meet(session, citizen_id, found.citizen_id)
        found = store.given(session, citizen_id, card_id, now)
    if found is None:
        raise Refusal("not-found")
    return found


def _ticks(pii: PiiBox, row: HeldCard) -> Ticks | None:
    """What was ticked for a card; of one from before that was kept, what it shows; None once it was withdrawn."""
    if row.sealed_ticks:
        return cards.from_data(json.loads(pii.decrypt(row.sealed_ticks, context=f"held_cards_ticks:{row.id}")))
    face = card_holder.face_of(pii, row)
    return Ticks(face.name_kind, frozenset(card.field_names(face)) - {"display_name"}) if face else None


def _given(session: Session, pii: PiiBox, row: HeldCard) -> Given:
    return Given(
        id=row.id,
        known_as=card_holder.holder_of(session, pii, row).name,
        ticks=_ticks(pii, row),
        face=card_holder.face_of(pii, row),
        given_at=row.received_at,
        expires_at=row.expires_at,
        source=row.source,
        updated_at=row.updated_at,
        withdrawn_at=row.withdrawn_at,
    )

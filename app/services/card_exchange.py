"""Exchanging cards (扫码交换) and the cards held (名片夹).

A held card can be looked at, and removed by either side for both; nothing passes it on, for a giver gives from their
own facts only. Every look at it is in the access log of the person that it shows. No score reads any of this.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import card
from app.domain.access import Actor, ActorKind
from app.domain.card import Face, NameKind, Ticks
from app.domain.errors import Refusal
from app.services import cards, codes, holders
from app.store import access_log, events
from app.store import cards as store
from app.store.base import new_id
from app.store.cards import HeldCard
from app.store.pii import PiiBox


@dataclass(frozen=True, slots=True)
class Held:
    """A card that someone holds, as it was when it was given."""

    id: str
    face: Face
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Exchanged:
    """An exchange as the one who redeemed the code sees it: what they got and what they gave."""

    received: Held
    given: Face


@dataclass(frozen=True, slots=True)
class _Side:
    citizen_id: str
    card_id: str
    """The id of the card that this side receives."""
    face: Face
    """What this side gives."""


def exchange(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    *,
    code: str,
    ticks: Ticks | None,
    now: datetime,
) -> Exchanged:
    """Redeem someone's exchange code and give one's own card (ticks None: its own ticks): both hold the other's.

    Cards that these two held of each other before are replaced. Raises Refusal `code-not-valid`, `card-with-oneself`.
    """
    shown = codes.redeem(session, code, "exchange", now)
    if shown.citizen_id == citizen_id:
        raise Refusal("card-with-oneself", field="/code")
    ticks = ticks or cards.ticks_of(session, citizen_id)
    mine = _side(session, pii, citizen_id, ticks, now)
    theirs = _side(session, pii, shown.citizen_id, cards.from_data(shown.ticks), now)
    store.remove_between(session, mine.citizen_id, theirs.citizen_id)
    store.add(session, _rows(pii, mine, theirs, now))
    for side, other in sorted(((mine, theirs), (theirs, mine)), key=lambda pair: pair[0].citizen_id):
        _log(session, side.citizen_id, _known(other.face, side.card_id), "card.exchanged", side.face, now)
    events.tell(session, theirs.citizen_id, "card.received", {"card_id": theirs.card_id}, now)
    return Exchanged(Held(mine.card_id, theirs.face, now), mine.face)


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> list[str]:
    """The ids of cards that someone holds, newest first, older than the id `before`; `view` shows them."""
    return list(store.listed(session, citizen_id, before=before, limit=limit))


def view(session: Session, pii: PiiBox, citizen_id: str, card_ids: Sequence[str], now: datetime) -> list[Held]:
    """Those of `card_ids` that someone holds, in that order, each look logged."""
    found = [store.find(session, citizen_id, card_id) for card_id in card_ids]
    pairs = [(row, store.counterpart(session, row)) for row in found if row]
    shown = [(row, _open(pii, row), other) for row, other in pairs if other]
    # In one order for everyone: two people who look at each other's cards at once must not wait for each other.
    for row, face, other in sorted(shown, key=lambda entry: entry[0].given_by):
        _log(session, row.given_by, _known(_open(pii, other), other.id), "card.viewed", face, now)
    return [Held(row.id, face, row.received_at) for row, face, _ in shown]


def remove(session: Session, citizen_id: str, card_id: str) -> None:
    """Take a card away with its counterpart, so that neither side holds the other's; raises Refusal `not-found`."""
    row = store.find(session, citizen_id, card_id)
    if row is None:
        raise Refusal("not-found")
    store.remove_exchange(session, row.exchange_id)


def _side(session: Session, pii: PiiBox, citizen_id: str, ticks: Ticks, now: datetime) -> _Side:
    face = card.face(holders.of(session, pii, citizen_id, now), ticks)
    return _Side(citizen_id, new_id("hcd"), face)


def _rows(pii: PiiBox, mine: _Side, theirs: _Side, now: datetime) -> list[HeldCard]:
    exchange_id = new_id("xch")
    return [
        HeldCard(
            citizen_id=receiver.citizen_id,
            id=receiver.card_id,
            exchange_id=exchange_id,
            given_by=giver.citizen_id,
            sealed_face=pii.encrypt(json.dumps(card.as_json(giver.face)), context=f"held_cards:{receiver.card_id}"),
            received_at=now,
        )
        for receiver, giver in ((mine, theirs), (theirs, mine))
    ]


def _open(pii: PiiBox, row: HeldCard) -> Face:
    return card.from_json(json.loads(pii.decrypt(row.sealed_face, context=f"held_cards:{row.id}")))


def _known(face: Face, card_id: str) -> Actor:
    """A person as the other side knows them: by their card, a full name masked, for the log is not sealed."""
    name = card.mask(face.name) if face.name_kind is NameKind.FULL else face.name
    return Actor(ActorKind.CITIZEN, card_id, name)


def _log(session: Session, citizen_id: str, actor: Actor, action: str, face: Face, now: datetime) -> None:
    access_log.append(
        session,
        citizen_id,
        now=now,
        actor=actor,
        action=action,
        purpose="card.exchange",
        fields=card.field_names(face),
        ref=actor.id,
    )

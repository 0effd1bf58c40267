"""The holder (名片夹): cards that others gave, each a sealed copy of a moment, for as long as its giver says.

Nothing passes a card on, for a giver gives from their own facts only. Every look at one is in the access log of the
person that it shows. No score reads any of this.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import card
from app.domain.access import Actor, ActorKind
from app.domain.card import Face, NameKind, Ticks
from app.domain.card_term import Term, end_of
from app.domain.errors import Refusal
from app.services import cards
from app.store import access_log, citizens, events
from app.store import held_cards as store
from app.store.base import new_id
from app.store.held_cards import HeldCard
from app.store.pii import PiiBox

SOURCES = ("exchange", "shake")
"""How a card came: both gave theirs, or one handed theirs out."""

SEARCHED = 500
"""How many cards a search looks through at most, the newest."""

MATCHES = 50
"""How many cards a search shows at most."""

BATCH = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A card that someone holds, as it was when it was given or last renewed; `face` None: it is no longer shown."""

    id: str
    face: Face | None
    received_at: datetime
    expires_at: datetime
    source: str
    updated_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """A card on its way: what `giver` ticked, what it shows, how the giver knows the receiver, and until when."""

    giver: str
    receiver: str
    ticks: Ticks
    face: Face
    known_as: str
    source: str
    expires_at: datetime


def give(
    session: Session,
    pii: PiiBox,
    *,
    giver: str,
    receiver: str,
    ticks: Ticks,
    known_as: str,
    source: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> Held:
    """Hand a card out one way, instead of the one of this giver that the receiver held; one receiver a transaction.

    `known_as`: how the giver knows the receiver. `expires_at`: in twelve months unless it is said.
    Raises Refusal `card-with-oneself`, `not-found` for a receiver who left, and what `cards` raises for the giver.
    """
    if giver == receiver:
        raise Refusal("card-with-oneself")
    store.meet(session, giver, receiver)
    if citizens.vouched(session, pii, receiver) is None:
        raise Refusal("not-found")
    ticks, face = cards.show(session, pii, giver, ticks, now)
    until = expires_at or end_of(Term.YEAR, now)
    given = keep(session, pii, Gift(giver, receiver, ticks, face, known_as, source, until), now)
    look(session, giver, Actor(ActorKind.CITIZEN, given.id, known_as), "card.given", source, face, now)
    events.tell(session, receiver, "card.handed", {"card_id": given.id}, now)
    return given


def keep(session: Session, pii: PiiBox, gift: Gift, now: datetime) -> Held:
    """Put a gift into its receiver's holder; the two have met (`held_cards.meet`)."""
    card_id = new_id("hcd")
    row = HeldCard(
        citizen_id=gift.receiver,
        id=card_id,
        given_by=gift.giver,
        source=gift.source,
        sealed_known_as=pii.encrypt(gift.known_as, context=f"held_cards_known_as:{card_id}"),
        received_at=now,
        expires_at=gift.expires_at,
    )
    write(session, pii, row, gift.ticks, gift.face)
    store.put(session, row)
    return _held(pii, row)


def write(session: Session, pii: PiiBox, row: HeldCard, ticks: Ticks, face: Face) -> None:
    """Let a card show `face` from now on, and its giver go by that name in what they hold of its holder too."""
    row.sealed_face = pii.encrypt(json.dumps(card.as_json(face)), context=f"held_cards:{row.id}")
    row.sealed_ticks = pii.encrypt(json.dumps(cards.as_data(ticks)), context=f"held_cards_ticks:{row.id}")
    row.shown_entity = face.role.entity if face.role else None
    if back := store.between(session, row.given_by, row.citizen_id):
        back.sealed_known_as = pii.encrypt(known(face), context=f"held_cards_known_as:{back.id}")


def listed(session: Session, citizen_id: str, now: datetime, *, before: str | None, limit: int) -> list[str]:
    """The ids of cards that someone holds, newest first, older than the id `before`; `view` shows them."""
    return list(store.listed(session, citizen_id, now, before=before, limit=limit))


def view(session: Session, pii: PiiBox, citizen_id: str, card_ids: Collection[str], now: datetime) -> list[Held]:
    """Those of `card_ids` that someone holds, newest first, each look logged."""
    # Nobody whose card is being looked at leaves meanwhile: a look would be written at one of whom nothing is kept.
    citizens.stay(session, store.givers(session, citizen_id, card_ids))
    rows = store.held(session, citizen_id, card_ids, now)
    shown = [(row, face) for row in rows if (face := face_of(pii, row))]
    # In one order for everyone: two people who look at each other's cards at once must not wait for each other.
    for row, face in sorted(shown, key=lambda pair: pair[0].given_by):
        look(session, row.given_by, holder_of(session, pii, row), "card.viewed", row.source, face, now)
    return [_held(pii, row) for row in rows]


def matches(
    session: Session, pii: PiiBox, citizen_id: str, *,
    text: str | None = None, field: str | None = None, source: str | None = None, now: datetime,
) -> list[Held]:  # fmt: skip
    """The cards in one's own holder whose name, role or note has `text`, that show `field`, that came by `source`.

    Looks through the newest `SEARCHED`; what it shows, up to `MATCHES`, is logged as looks.
    """
    ids = store.listed(session, citizen_id, now, before=None, limit=SEARCHED)
    rows = [row for row in store.held(session, citizen_id, ids, now) if source in (None, row.source)]
    found = [row.id for row in rows if _matches(pii, row, text, field)]
    return view(session, pii, citizen_id, found[:MATCHES], now)


def note(session: Session, pii: PiiBox, citizen_id: str, card_id: str, text: str | None, now: datetime) -> None:
    """Write one's own note on a card that one holds, or take it away; raises Refusal `not-found`, `card-withdrawn`."""
    row = _met(session, citizen_id, card_id, now)
    if row.withdrawn_at:
        raise Refusal("card-withdrawn")
    row.sealed_note = pii.encrypt(text, context=f"held_cards_note:{card_id}") if text else None


def remove(session: Session, citizen_id: str, card_id: str, now: datetime) -> None:
    """Take a card away so that neither side holds the other's; raises Refusal `not-found`."""
    row = _met(session, citizen_id, card_id, now)
    store.remove_between(session, row.citizen_id, row.given_by)


def withdraw_showing_role(session: Session, citizen_id: str, entity_id: str, now: datetime) -> int:
    """Let every card go dead on which `citizen_id` shows their role in this entity; how many there were.

    To be called when the role is gone and in the same transaction: an exchange that runs has ended before, and one
    that begins waits and reads the roles anew.
    """
    citizens.hold(session, citizen_id)
    return store.withdraw_showing(session, citizen_id, entity_id, now)


def expire(session: Session, now: datetime) -> int:
    """Delete cards whose term is over, up to a batch; how many there were."""
    return store.expire(session, now, BATCH)


def known(face: Face) -> str:
    """A person as the other side knows them: the name on their card, a full one masked, for logs are not sealed."""
    return card.mask(face.name) if face.name_kind is NameKind.FULL else face.name


def holder_of(session: Session, pii: PiiBox, row: HeldCard) -> Actor:
    """The holder of a card as its giver knows them, by the card that the giver holds of them, if any."""
    back = store.between(session, row.given_by, row.citizen_id)
    name = known_as(pii, row) or (known(face) if back and (face := face_of(pii, back)) else "")
    return Actor(ActorKind.CITIZEN, back.id if back else row.id, name)


def known_as(pii: PiiBox, row: HeldCard) -> str | None:
    """How the giver knows the holder of a card; None where it was given before that was kept."""
    sealed = row.sealed_known_as
    return pii.decrypt(sealed, context=f"held_cards_known_as:{row.id}") if sealed else None


def face_of(pii: PiiBox, row: HeldCard) -> Face | None:
    """What a card shows; None once it was withdrawn."""
    if row.sealed_face is None:
        return None
    return card.from_json(json.loads(pii.decrypt(row.sealed_face, context=f"held_cards:{row.id}")))


def look(session: Session, citizen_id: str, actor: Actor, action: str, source: str, face: Face, now: datetime) -> None:
    """Log that `actor` saw this face of a person."""
    access_log.append(
        session,
        citizen_id,
        now=now,
        actor=actor,
        action=action,
        purpose=f"card.{source}",
        fields=card.field_names(face),
        ref=actor.id,
    )


def _met(session: Session, citizen_id: str, card_id: str, now: datetime) -> HeldCard:
    """A card that someone holds, once the two have met; raises Refusal `not-found`."""
    for giver in store.givers(session, citizen_id, [card_id]):
        store.meet(session, citizen_id, giver)
    rows: Sequence[HeldCard] = store.held(session, citizen_id, [card_id], now)
    if not rows:
        raise Refusal("not-found")
    return rows[0]


def _held(pii: PiiBox, row: HeldCard) -> Held:
    face, sealed = face_of(pii, row), row.sealed_note
    text = pii.decrypt(sealed, context=f"held_cards_note:{row.id}") if sealed else None
    return Held(row.id, face, row.received_at, row.expires_at, row.source, row.updated_at, text)


def _matches(pii: PiiBox, row: HeldCard, text: str | None, field: str | None) -> bool:
    entry = _held(pii, row)
    if entry.face is None or (field and field not in card.field_names(entry.face)):
        return False
    role = entry.face.role
    words = (entry.face.name, entry.note, *((role.name, role.uscc) if role else ()))
    return text is None or any(text.casefold() in word.casefold() for word in words if word)

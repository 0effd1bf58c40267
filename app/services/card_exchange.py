"""Exchanging cards (扫码交换): one shows a code of sixty seconds, another redeems it; each holds the other's card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.card import Face, Ticks
from app.domain.card_term import Term, end_of
from app.domain.errors import Refusal
from app.services import card_holder, cards, codes
from app.services.card_holder import Gift, Held
from app.store import events, held_cards
from app.store.pii import PiiBox

SOURCE = "exchange"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """An exchange as the one who redeemed the code sees it: what they got and what they gave, until when."""

    received: Held
    given: Face
    given_until: datetime


@dataclass(frozen=True, slots=True)
class _Side:
    """What one side gives, and until when."""

    citizen_id: str
    ticks: Ticks
    face: Face
    until: datetime


def exchange(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    *,
    code: str,
    ticks: Ticks | None,
    term: Term = Term.YEAR,
    now: datetime,
) -> Exchanged:
    """Redeem someone's exchange code and give one's own card (ticks None: its own ticks): both hold the other's.

    Cards that these two held of each other before are replaced. Raises Refusal `code-not-valid`, `card-with-oneself`.
    """
    owner = codes.owner(session, code, SOURCE, now)
    if owner == citizen_id:
        raise Refusal("card-with-oneself", field="/code")
    held_cards.meet(session, owner, citizen_id)
    shown = codes.redeem(session, code, SOURCE, now).ticks
    mine = _side(session, pii, citizen_id, ticks, term, now)
    theirs = _shown(session, pii, owner, cards.from_data(shown), Term(shown.get("term", Term.YEAR)), now)
    received, given = _hand(session, pii, theirs, mine, now), _hand(session, pii, mine, theirs, now)
    for side, other, held in sorted(((mine, theirs, received), (theirs, mine, given)), key=_person):
        actor = Actor(ActorKind.CITIZEN, held.id, card_holder.known(other.face))
        card_holder.look(session, side.citizen_id, actor, "card.exchanged", SOURCE, side.face, now)
    events.tell(session, owner, "card.received", {"card_id": given.id}, now)
    return Exchanged(received, mine.face, mine.until)


def _side(session: Session, pii: PiiBox, citizen_id: str, ticks: Ticks | None, term: Term, now: datetime) -> _Side:
    return _Side(citizen_id, *cards.show(session, pii, citizen_id, ticks, now), end_of(term, now))


def _shown(session: Session, pii: PiiBox, citizen_id: str, ticks: Ticks, term: Term, now: datetime) -> _Side:
    """The side of the one who showed the code: what they cannot give any more is none of the other's business."""
    try:
        return _side(session, pii, citizen_id, ticks, term, now)
    except Refusal:
        raise Refusal("code-not-valid", field="/code") from None


def _hand(session: Session, pii: PiiBox, giver: _Side, receiver: _Side, now: datetime) -> Held:
    known_as = card_holder.known(receiver.face)
    parts = giver.citizen_id, receiver.citizen_id, giver.ticks, giver.face, known_as, SOURCE, giver.until
    return card_holder.keep(session, pii, Gift(*parts), now)


def _person(entry: tuple[_Side, _Side, Held]) -> str:
    return entry[0].citizen_id

"""A person's own name card: what it shows unless they say otherwise, its preview, its codes and its offline form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain import card
from app.domain.access import SELF
from app.domain.card import Face, Holder, NameKind, Ticks
from app.domain.card_term import Term
from app.services import card_tokens, codes, holders
from app.store import access_log, citizens
from app.store import cards as store
from app.store.outbox import Message
from app.store.pii import PiiBox

SEAL_NICKNAME = "card.seal-nickname"
"""Topic of the outbox: nicknames from before they were sealed, one message each (migration 0003)."""


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A person's choices, and in `face` exactly what the other side would see; `warnings` are codes.

    `holder`: all that there is to choose from.
    """

    nickname: str | None
    ticks: Ticks
    face: Face
    warnings: tuple[str, ...]
    holder: Holder


@dataclass(frozen=True, slots=True)
class Offline:
    """A signed card: its text for a QR code, what it shows and for what, and when it dies."""

    text: str
    face: Face
    purpose: str
    expires_at: datetime
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A fresh code and when it dies; of an exchange, `face` is what it will show."""

    code: str
    expires_at: datetime
    face: Face | None = None
    warnings: tuple[str, ...] = ()


def own(session: Session, pii: PiiBox, citizen_id: str, now: datetime) -> OwnCard:
    """The person's card; raises Refusal `login-needed` for one who left and has not logged in since."""
    holder = holders.of(session, pii, citizen_id, now)
    ticks = ticks_of(session, citizen_id)
    return OwnCard(holder.nickname, ticks, card.face(holder, ticks), card.warnings(ticks), holder)


def save(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    *,
    nickname: str | None,
    ticks: Ticks,
    now: datetime,
) -> OwnCard:
    """Replace the person's choices. Holds the person, so that no choice outlives them.

    Raises Refusal `nickname-missing` where a nickname is to show and is none, `entity-not-yours` or `entity-unsaid`.
    """
    citizens.hold(session, citizen_id)
    ticks = card.settled(holders.of(session, pii, citizen_id, now), ticks)
    sealed = pii.encrypt(nickname, context=store.context(citizen_id)) if nickname else None
    store.save(session, citizen_id, sealed_nickname=sealed, ticks=ticks, now=now)
    return own(session, pii, citizen_id, now)


def seal_nickname(session: Session, pii: PiiBox, message: Message) -> None:
    """Seal a nickname from before; twice is once."""
    citizen_id = message.citizen_id or ""
    store.seal_nickname(session, citizen_id, pii.encrypt(message.data["nickname"], context=store.context(citizen_id)))


def ticks_of(session: Session, citizen_id: str) -> Ticks:
    """What the person shows unless they say otherwise."""
    row = store.own(session, citizen_id)
    return store.ticks(row) if row else Ticks()


def show(session: Session, pii: PiiBox, citizen_id: str, ticks: Ticks | None, now: datetime) -> tuple[Ticks, Face]:
    """What the other side would see of a person, and the ticks, settled, that say so (None: those of the card).

    Raises Refusal `nickname-missing`, `entity-not-yours`, `entity-unsaid` or `login-needed`.
    """
    holder = holders.of(session, pii, citizen_id, now)
    ticks = card.settled(holder, ticks) if ticks else ticks_of(session, citizen_id)
    return ticks, card.face(holder, ticks)


def make_code(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    *,
    purpose: str,
    ticks: Ticks | None,
    term: Term = Term.YEAR,
    now: datetime,
) -> MadeCode:
    """A code for `check`, or for `exchange` with what it will give (None: the card's own ticks), and for how long."""
    if purpose == "check":
        return MadeCode(*codes.make(session, citizen_id, purpose, {}, now))
    ticks, face = show(session, pii, citizen_id, ticks, now)
    gives = as_data(ticks) | {"term": str(term)}
    return MadeCode(*codes.make(session, citizen_id, purpose, gives, now), face, card.warnings(ticks))


def offline(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    *,
    purpose: str,
    ticks: Ticks | None,
    lifetime: timedelta,
    key: Mapping[str, Any],
    now: datetime,
) -> Offline:
    """A card that verifies without a network. `key`: a private JWK; `ticks` None: those of the card that fit.

    Its person does not leave meanwhile, so that no look outlives them. Raises Refusal `card-field-not-for-purpose` or
    `card-too-large`, naming the field.
    """
    citizens.stay(session, {citizen_id})
    ticks = ticks or _only(ticks_of(session, citizen_id), purpose)
    card.check_purpose(ticks, purpose)
    ticks, face = show(session, pii, citizen_id, ticks, now)
    text = card_tokens.sign(face, purpose, key=key, now=now, lifetime=lifetime)
    access_log.append(
        session,
        citizen_id,
        now=now,
        actor=SELF,
        action="card.issued",
        purpose=f"card.{purpose}",
        fields=card.field_names(face),
    )
    return Offline(text, face, purpose, now + lifetime, card.warnings(ticks))


def as_data(ticks: Ticks) -> dict[str, Any]:
    """Ticks as JSON: what a code carries."""
    data: dict[str, Any] = {"name": str(ticks.name), "fields": card.in_order(ticks.fields)}
    if ticks.honours is not None:
        data["honours"] = sorted(ticks.honours)
    return data | ({"entity": ticks.entity} if ticks.entity else {})


def from_data(data: Mapping[str, Any]) -> Ticks:
    """The ticks that `as_data` wrote."""
    honours = frozenset(data["honours"]) if "honours" in data else None
    return Ticks(NameKind(data["name"]), frozenset(data["fields"]), honours, data.get("entity"))


def _only(ticks: Ticks, purpose: str) -> Ticks:
    return replace(ticks, fields=ticks.fields & card.PURPOSES[purpose])

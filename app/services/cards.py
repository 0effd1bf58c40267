"""A person's own name card: what it shows unless they say otherwise, its preview, its codes and its offline form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain import card
from app.domain.access import SELF
from app.domain.card import Face, NameKind, Ticks
from app.services import card_tokens, codes, holders
from app.store import access_log
from app.store import cards as store
from app.store.outbox import Message
from app.store.pii import PiiBox

SEAL_NICKNAME = "card.seal-nickname"
"""Topic of the outbox: nicknames from before they were sealed, one message each (migration 0003)."""


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A person's choices, and in `face` exactly what the other side would see; `warnings` are codes."""

    nickname: str | None
    ticks: Ticks
    face: Face
    warnings: tuple[str, ...]


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
    return OwnCard(holder.nickname, ticks, card.face(holder, ticks), card.warnings(ticks))


def save(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    *,
    nickname: str | None,
    ticks: Ticks,
    now: datetime,
) -> OwnCard:
    """Replace the person's choices; raises Refusal `nickname-missing` where a nickname is to show and is none."""
    sealed = pii.encrypt(nickname, context=store.context(citizen_id)) if nickname else None
    store.save(session, citizen_id, sealed_nickname=sealed, name_kind=ticks.name, fields=_in_order(ticks), now=now)
    return own(session, pii, citizen_id, now)


def seal_nickname(session: Session, pii: PiiBox, message: Message) -> None:
    """Seal a nickname from before; twice is once."""
    citizen_id = message.citizen_id or ""
    store.seal_nickname(session, citizen_id, pii.encrypt(message.data["nickname"], context=store.context(citizen_id)))


def ticks_of(session: Session, citizen_id: str) -> Ticks:
    """What the person shows unless they say otherwise."""
    row = store.own(session, citizen_id)
    return Ticks(NameKind(row.name_kind), frozenset(row.fields)) if row else Ticks()


def make_code(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    *,
    purpose: str,
    ticks: Ticks | None,
    now: datetime,
) -> MadeCode:
    """A code for `check`, or for `exchange` with what it will give (None: the card's own ticks)."""
    if purpose == "check":
        return MadeCode(*codes.make(session, citizen_id, purpose, {}, now))
    ticks = ticks or ticks_of(session, citizen_id)
    face = card.face(holders.of(session, pii, citizen_id, now), ticks)
    return MadeCode(*codes.make(session, citizen_id, purpose, as_data(ticks), now), face, card.warnings(ticks))


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

    Raises Refusal `card-field-not-for-purpose` or `card-too-large`, naming the field.
    """
    ticks = ticks or _only(ticks_of(session, citizen_id), purpose)
    card.check_purpose(ticks, purpose)
    face = card.face(holders.of(session, pii, citizen_id, now), ticks)
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
    """Ticks as a code carries them."""
    return {"name": str(ticks.name), "fields": _in_order(ticks)}


def from_data(data: Mapping[str, Any]) -> Ticks:
    """The ticks that `as_data` wrote."""
    return Ticks(NameKind(data["name"]), frozenset(data["fields"]))


def _only(ticks: Ticks, purpose: str) -> Ticks:
    return Ticks(ticks.name, ticks.fields & card.PURPOSES[purpose])


def _in_order(ticks: Ticks) -> list[str]:
    return [field for field in card.FIELDS if field in ticks.fields]

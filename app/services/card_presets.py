"""Presets of a person's own: ticks that they keep under a name, sealed for it may say whom they meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.card import Ticks
from app.domain.card_presets import OWN_MOST
from app.domain.errors import Refusal
from app.services import cards
from app.store import cards as store
from app.store import citizens
from app.store.base import new_id
from app.store.cards import CardPreset
from app.store.pii import PiiBox


@dataclass(frozen=True, slots=True)
class OwnPreset:
    """A preset that a person made."""

    id: str
    name: str
    ticks: Ticks


def listed(session: Session, pii: PiiBox, citizen_id: str) -> list[OwnPreset]:
    """The person's own presets, oldest first."""
    rows = store.presets(session, citizen_id)
    return [OwnPreset(row.id, pii.decrypt(row.sealed_name, context=_context(row.id)), _ticks(row)) for row in rows]


def add(session: Session, pii: PiiBox, citizen_id: str, name: str, ticks: Ticks, now: datetime) -> OwnPreset:
    """Keep `ticks`; raises Refusal `presets-full`, or what `cards.show` raises of ticks that cannot show."""
    citizens.hold(session, citizen_id)
    ticks, _ = cards.show(session, pii, citizen_id, ticks, now)
    if len(store.presets(session, citizen_id)) >= OWN_MOST:
        raise Refusal("presets-full", limit=OWN_MOST)
    preset = OwnPreset(new_id("cps"), name, ticks)
    sealed = pii.encrypt(name, context=_context(preset.id))
    row = CardPreset(
        citizen_id=citizen_id, id=preset.id, sealed_name=sealed, ticks=cards.as_data(ticks), saved_at=now
    )  # fmt: skip
    store.add_preset(session, row)
    return preset


def remove(session: Session, citizen_id: str, preset_id: str) -> None:
    """Delete a preset of the person's own; raises Refusal `not-found`."""
    if not store.delete_preset(session, citizen_id, preset_id):
        raise Refusal("not-found")


def _ticks(row: CardPreset) -> Ticks:
    return cards.from_data(row.ticks)


def _context(preset_id: str) -> str:
    return f"card_presets:{preset_id}"
